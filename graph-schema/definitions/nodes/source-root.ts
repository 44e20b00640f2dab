import { defineNode } from '../../domain/definition.ts';

/** A folder that was ingested: only a later complete run of the same root retires what is gone from it. */
export const SourceRoot = defineNode({
  name: 'SourceRoot',
  plural: 'sourceRoots',
  family: 'knowledge',
  describe: 'A folder or collection from which sources come.',
  properties: {
    name: {
      kind: 'string',
      describe: 'Name of the root, unique for its client and vertical.',
      immutable: true,
      max: 500,
    },
    vertical: { kind: 'string', describe: 'The field it relates to.', immutable: true, optional: true },
    state: {
      kind: 'enum',
      describe: 'Whether its last run was complete.',
      values: ['running', 'complete', 'interrupted'],
    },
    completedAt: { kind: 'instant', describe: 'When a run was complete last.', optional: true },
  },
  edges: {},
});
