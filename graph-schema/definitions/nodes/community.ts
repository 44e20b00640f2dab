import { defineNode } from '../../domain/definition.ts';

/** Computed per scope from that scope's nodes and relationships alone, and replaced as a whole by the next run. */
export const Community = defineNode({
  name: 'Community',
  plural: 'communities',
  family: 'knowledge',
  describe: 'Entities and knowledge of one scope that hang together more than with the rest.',
  properties: {
    title: { kind: 'string', describe: 'Its best connected members.', max: 500 },
    size: { kind: 'int', describe: 'How many members it has.', min: 1 },
    modularity: { kind: 'float', describe: 'Modularity of the partition it belongs to, -0.5 to 1.' },
  },
  edges: {
    entities: {
      type: 'HAS_MEMBER',
      to: 'Entity',
      many: true,
      inverse: { field: 'communities', many: true },
      describe: 'Entities in it.',
    },
    knowledge: {
      type: 'HAS_MEMBER',
      to: 'Knowledge',
      many: true,
      inverse: { field: 'communities', many: true },
      describe: 'Knowledge in it.',
    },
  },
});
