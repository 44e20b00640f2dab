import { defineNode } from '../../domain/definition.ts';

export const Entity = defineNode({
  name: 'Entity',
  plural: 'entities',
  family: 'knowledge',
  describe: 'A person, organisation, place, product, amount or term that passages speak of.',
  searchable: ['name', 'aliases'],
  properties: {
    name: { kind: 'string', describe: 'Its usual name.', max: 300 },
    kind: {
      kind: 'enum',
      describe: 'What it is.',
      values: ['person', 'organisation', 'place', 'product', 'date', 'money', 'email', 'phone', 'url', 'term'],
    },
    aliases: { kind: 'strings', describe: 'Other names for it.' },
    confidence: {
      kind: 'float',
      describe: 'How sure it is that this is one, 0 to 1.',
      optional: true,
      min: 0,
      max: 1,
    },
  },
  edges: {},
});
