import { defineNode } from '../../domain/definition.ts';

export const GraphMeta = defineNode({
  name: 'GraphMeta',
  plural: 'graphMetas',
  family: 'system',
  internal: true,
  describe: 'The one node that says what this graph is.',
  properties: {
    storeId: { kind: 'string', describe: 'Identity of this graph; a restore keeps it.', immutable: true },
    schemaVersion: { kind: 'int', describe: 'Number of the last migration.', min: 0 },
    generation: { kind: 'int', describe: 'Counts restores: indexes of an older generation are rebuilt.', min: 0 },
  },
  edges: {},
});
