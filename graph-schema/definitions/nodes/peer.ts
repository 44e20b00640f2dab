import { defineNode } from '../../domain/definition.ts';

export const Peer = defineNode({
  name: 'Peer',
  plural: 'peers',
  family: 'sharing',
  describe: 'Another cell that this one exchanges vertical knowledge with.',
  properties: {
    name: { kind: 'string', describe: 'What it is called here.' },
    publicKey: { kind: 'string', describe: 'Key that its bundles are signed with.', max: 2_000 },
    trust: { kind: 'float', describe: 'How far its knowledge is trusted, 0 to 1.', min: 0, max: 1 },
  },
  edges: {},
});
