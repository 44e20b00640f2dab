import { defineNode } from '../../domain/definition.ts';

export const Person = defineNode({
  name: 'Person',
  plural: 'people',
  family: 'actors',
  describe: 'Someone who asks, approves, curates or operates.',
  properties: {
    name: { kind: 'string', describe: 'Name as shown to others.' },
    email: { kind: 'string', describe: 'Address for mail.', optional: true },
    role: {
      kind: 'enum',
      describe: 'The most that a token of this person may be given.',
      values: ['viewer', 'reviewer', 'curator', 'operator', 'admin'],
    },
  },
  edges: {
    tenant: {
      type: 'PART_OF',
      to: 'Tenant',
      many: false,
      inverse: { field: 'people', many: true },
      describe: 'The client that the person works for; none for people of the studio.',
    },
  },
});
