import { defineNode } from '../../domain/definition.ts';

export const AgentTemplate = defineNode({
  name: 'AgentTemplate',
  plural: 'agentTemplates',
  family: 'actors',
  describe: 'A reusable agent as its YAML defines it, not yet bound to a client.',
  properties: {
    name: { kind: 'string', describe: 'Short name.', immutable: true, pattern: /^[a-z0-9][a-z0-9-]{0,62}$/ },
    role: { kind: 'string', describe: 'What it is, with {client} where the client goes.', max: 500 },
    description: { kind: 'text', describe: 'What it is for.', optional: true },
    ramp: { kind: 'strings', describe: 'Levels of autonomy in the order in which they are earned.' },
    knowledge: { kind: 'strings', describe: 'Paths of knowledge, with {client_id} where the client goes.' },
    limits: { kind: 'json', describe: 'Limits of the tasks of its agents.', optional: true },
    status: {
      kind: 'enum',
      describe: 'Whether a definition stands behind it.',
      values: ['active', 'retired'],
      optional: true,
    },
    hash: { kind: 'string', describe: 'Hash of what the definition means.' },
  },
  edges: {
    skills: {
      type: 'HAS_SKILL',
      to: 'Skill',
      many: true,
      inverse: { field: 'templates', many: true },
      describe: 'What agents made from it can do.',
      properties: {
        level: {
          kind: 'enum',
          describe: 'Where its agents begin with this skill.',
          values: ['supervised', 'sampling', 'autonomous'],
          optional: true,
        },
      },
    },
    vertical: {
      type: 'PART_OF',
      to: 'Vertical',
      many: false,
      inverse: { field: 'agentTemplates', many: true },
      describe: 'The field it belongs to.',
    },
  },
});
