import { defineNode } from '../../domain/definition.ts';

export const Bundle = defineNode({
  name: 'Bundle',
  plural: 'bundles',
  family: 'sharing',
  describe: 'Anonymised vertical knowledge, signed, on its way between cells.',
  properties: {
    direction: { kind: 'enum', describe: 'Whether it left or came in.', values: ['exported', 'imported'] },
    contentHash: { kind: 'string', describe: 'SHA-256 of the bundle, hex.' },
    state: { kind: 'enum', describe: 'Where it stands.', values: ['quarantined', 'accepted', 'withdrawn'] },
  },
  edges: {
    peer: {
      type: 'EXCHANGED_WITH',
      to: 'Peer',
      many: false,
      inverse: { field: 'bundles', many: true },
      describe: 'The other cell.',
    },
  },
});
