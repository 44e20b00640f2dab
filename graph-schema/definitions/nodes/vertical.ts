import { defineNode } from '../../domain/definition.ts';

export const Vertical = defineNode({
  name: 'Vertical',
  plural: 'verticals',
  family: 'actors',
  describe: 'A business field with its own agents, skills and knowledge.',
  properties: {
    name: {
      kind: 'string',
      describe: 'Short name, as in its scope.',
      immutable: true,
      pattern: /^[a-z0-9][a-z0-9-]{0,62}$/,
    },
    title: { kind: 'string', describe: 'Name as people write it.' },
    description: { kind: 'text', describe: 'What belongs to it.', optional: true },
  },
  edges: {},
});
