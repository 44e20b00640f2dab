import { defineNode } from '../../domain/definition.ts';

export const Source = defineNode({
  name: 'Source',
  plural: 'sources',
  family: 'knowledge',
  describe: 'A file or document that was taken in.',
  published: true,
  properties: {
    name: { kind: 'string', describe: 'Path within its root, or the name of the file.', max: 1_000 },
    title: { kind: 'string', describe: 'Title that the document gives itself.', optional: true, max: 1_000 },
    format: { kind: 'enum', describe: 'What it is.', values: ['markdown', 'html', 'pdf', 'csv', 'text'] },
    contentHash: { kind: 'string', describe: 'SHA-256 of its bytes, hex.' },
    bytes: { kind: 'int', describe: 'Size in bytes.', min: 0 },
    language: { kind: 'string', describe: 'BCP 47, or unknown.', max: 35 },
    state: {
      kind: 'enum',
      describe: 'Retired sources keep their history; of erased ones only this tombstone is left.',
      values: ['pending', 'active', 'retired', 'erased', 'failed'],
    },
    revision: { kind: 'int', describe: 'Counts the contents seen under this name, from 1.', min: 1 },
    chunkCount: { kind: 'int', describe: 'Passages of the present content.', min: 0 },
    errorCode: { kind: 'string', describe: 'Why it could not be read.', optional: true },
    errorMessage: { kind: 'string', describe: 'Why it could not be read, for people.', optional: true, max: 4_000 },
    ingestedAt: { kind: 'instant', describe: 'When its content was taken in.', optional: true },
    retiredAt: { kind: 'instant', describe: 'When it was found gone.', optional: true },
    erasedAt: { kind: 'instant', describe: 'When it was erased.', optional: true },
    erasedBy: { kind: 'string', describe: 'Who erased it.', optional: true },
  },
  edges: {
    root: {
      type: 'PART_OF',
      to: 'SourceRoot',
      many: false,
      inverse: { field: 'sources', many: true },
      describe: 'Where it comes from.',
    },
    vertical: {
      type: 'RELATES_TO',
      to: 'Vertical',
      many: false,
      inverse: { field: 'sources', many: true },
      describe: 'The field that it matters for.',
    },
  },
});
