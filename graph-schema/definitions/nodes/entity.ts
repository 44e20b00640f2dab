import { defineNode } from '../../domain/definition.ts';

export const Entity = defineNode({
  name: 'Entity',
  plural: 'entities',
  family: 'knowledge',
  describe: 'A person, organisation, place, product, amount or term that passages speak of.',
  searchable: ['name'],
  properties: {
    name: { kind: 'string', describe: 'Its usual name.', max: 300 },
    kind: {
      kind: 'enum',
      describe: 'What it is.',
      values: ['person', 'organisation', 'place', 'product', 'date', 'money', 'email', 'phone', 'url', 'term'],
    },
    aliases: { kind: 'strings', describe: 'Other names for it.' },
  },
  edges: {},
});
