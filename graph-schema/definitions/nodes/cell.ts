import { defineNode } from '../../domain/definition.ts';

export const Cell = defineNode({
  name: 'Cell',
  plural: 'cells',
  family: 'actors',
  describe: 'One isolated deployment of Kaze: this graph and everything in it.',
  properties: {
    name: { kind: 'string', describe: 'Name of the cell.', pattern: /^[a-z0-9][a-z0-9-]{0,62}$/ },
    kazeVersion: { kind: 'string', describe: 'Version of Kaze that opened the graph last.' },
  },
  edges: {},
});
