import { defineNode } from '../../domain/definition.ts';

export const Tool = defineNode({
  name: 'Tool',
  plural: 'tools',
  family: 'capability',
  describe: 'Something outside an agent that a skill may call, with permission.',
  properties: {
    name: {
      kind: 'string',
      describe: 'Name as definitions write it.',
      immutable: true,
      pattern: /^[a-z0-9][a-z0-9_-]{0,62}$/,
    },
    description: { kind: 'text', describe: 'What it gives.', optional: true },
    available: { kind: 'boolean', describe: 'Whether the cell can call it now.' },
  },
  edges: {},
});
