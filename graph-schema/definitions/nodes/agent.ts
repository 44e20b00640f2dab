import { defineNode } from '../../domain/definition.ts';

export const Agent = defineNode({
  name: 'Agent',
  plural: 'agents',
  family: 'actors',
  describe: 'A template bound to a client: a role, skills with a level each, and knowledge.',
  published: true,
  properties: {
    name: {
      kind: 'string',
      describe: 'Short name, unique for its client.',
      immutable: true,
      pattern: /^[a-z0-9][a-z0-9-]{0,62}$/,
    },
    role: { kind: 'string', describe: 'What it is, with the client filled in.', max: 500 },
    description: { kind: 'text', describe: 'What it is for.', optional: true },
    state: { kind: 'enum', describe: 'Whether it takes tasks.', values: ['active', 'paused'] },
    ramp: { kind: 'strings', describe: 'Levels of autonomy in the order in which they are earned.' },
    knowledge: { kind: 'strings', describe: 'Paths of the knowledge it reads, resolved for its client.' },
    limits: { kind: 'json', describe: 'Limits of its tasks, as its definition sets them.', optional: true },
    pausedReason: { kind: 'string', describe: 'Why it takes no tasks.', optional: true, max: 1_000 },
    restarts: { kind: 'int', describe: 'How often its supervisor started it again.', min: 0 },
  },
  edges: {
    skills: {
      type: 'HAS_SKILL',
      to: 'Skill',
      many: true,
      inverse: { field: 'agents', many: true },
      describe: 'What it can do, and how far it is trusted with it.',
      properties: {
        level: {
          kind: 'enum',
          describe: 'How far it is trusted with this skill.',
          values: ['supervised', 'sampling', 'autonomous'],
          optional: true,
        },
      },
    },
    pinned: {
      type: 'PINNED_TO',
      to: 'SkillVersion',
      many: true,
      inverse: { field: 'pinnedBy', many: true },
      describe: 'Versions that it runs whatever the present ones are, at most one a skill.',
    },
    template: {
      type: 'INSTANCE_OF',
      to: 'AgentTemplate',
      many: false,
      inverse: { field: 'agents', many: true },
      describe: 'What it was made from.',
    },
    tenant: {
      type: 'PART_OF',
      to: 'Tenant',
      many: false,
      inverse: { field: 'agents', many: true },
      describe: 'The client that it works for.',
    },
  },
});
