import { defineNode } from '../../domain/definition.ts';

export const Consent = defineNode({
  name: 'Consent',
  plural: 'consents',
  family: 'sharing',
  describe: 'What a client allows to leave its cell, per kind of node; nothing without one.',
  properties: {
    nodeKind: { kind: 'string', describe: 'Kind of knowledge that it is given for.' },
    granted: { kind: 'boolean', describe: 'Whether sharing is allowed.' },
    grantedBy: { kind: 'string', describe: 'Id of who gave or withdrew it.' },
  },
  edges: {
    tenant: {
      type: 'PART_OF',
      to: 'Tenant',
      many: false,
      inverse: { field: 'consents', many: true },
      describe: 'Whose consent it is.',
    },
  },
});
