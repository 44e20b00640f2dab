import { defineNode } from '../../domain/definition.ts';

export const Skill = defineNode({
  name: 'Skill',
  plural: 'skills',
  family: 'capability',
  describe: 'The reusable unit of what agents can do.',
  revisioned: true,
  searchable: ['description'],
  properties: {
    name: { kind: 'string', describe: 'Short name.', immutable: true, pattern: /^[a-z0-9][a-z0-9-]{0,62}$/ },
    description: { kind: 'text', describe: 'What it does.' },
    status: {
      kind: 'enum',
      describe: 'Whether tasks can run it: a declared skill has neither a handler nor a prompt yet.',
      values: ['implemented', 'declared', 'retired'],
    },
    pinned: {
      kind: 'int',
      describe: 'Number of the version that it is kept at; newer ones are there and not used.',
      optional: true,
      min: 1,
    },
  },
  edges: {
    current: {
      type: 'CURRENT_VERSION',
      to: 'SkillVersion',
      many: false,
      inverse: { field: 'currentOf', many: false },
      describe: 'The version that new tasks run.',
    },
    vertical: {
      type: 'PART_OF',
      to: 'Vertical',
      many: false,
      inverse: { field: 'skills', many: true },
      describe: 'The field it belongs to.',
    },
  },
});
