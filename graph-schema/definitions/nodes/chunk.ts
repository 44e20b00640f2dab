import { defineNode } from '../../domain/definition.ts';

/** One of four keys under which nearly equal passages meet (locality-sensitive hashing). */
const band = {
  kind: 'string',
  describe: 'Key under which nearly equal passages meet.',
  optional: true,
  internal: true,
  indexed: true,
  max: 16,
} as const;
const bands = { band0: band, band1: band, band2: band, band3: band } as const;

export const Chunk = defineNode({
  name: 'Chunk',
  plural: 'chunks',
  family: 'knowledge',
  describe: 'A passage of a source: the unit that is searched and cited.',
  searchable: ['headings', 'text'],
  properties: {
    text: { kind: 'text', describe: 'The passage.', max: 50_000 },
    position: { kind: 'int', describe: 'Place within the source, from 0.', min: 0 },
    headings: { kind: 'strings', describe: 'Headings above it, outermost first.' },
    startOffset: { kind: 'int', describe: 'First character in the decoded text.', min: 0 },
    endOffset: { kind: 'int', describe: 'One past its last character in the decoded text.', min: 0 },
    page: { kind: 'int', describe: 'Page, where the format has pages.', optional: true, min: 1 },
    line: { kind: 'int', describe: 'Line, where the format has lines.', optional: true, min: 1 },
    language: { kind: 'string', describe: 'BCP 47, or unknown.', max: 35 },
    contentHash: { kind: 'string', describe: 'SHA-256 of its headings and text, hex; empty once erased.' },
    sourceRevision: { kind: 'int', describe: 'Content of the source that it belongs to.', min: 1 },
    kind: {
      kind: 'enum',
      describe: 'How it is laid out: prose, a table with its header, rows of a sheet, code.',
      values: ['prose', 'table', 'rows', 'code'],
      optional: true,
    },
    ...bands,
    recordedAt: { kind: 'instant', describe: 'Since when it is held.', immutable: true },
    retiredAt: { kind: 'instant', describe: 'Since when the source no longer says it.', optional: true },
    erasedAt: { kind: 'instant', describe: 'When its text was erased; only what cites it keeps it.', optional: true },
  },
  edges: {
    source: {
      type: 'PART_OF',
      to: 'Source',
      many: false,
      inverse: { field: 'chunks', many: true },
      describe: 'Where it stands.',
    },
    entities: {
      type: 'MENTIONS',
      to: 'Entity',
      many: true,
      inverse: { field: 'chunks', many: true },
      describe: 'What it speaks of.',
      properties: { form: { kind: 'string', describe: 'The words used.', optional: true, max: 300 } },
    },
    nearDuplicates: {
      type: 'NEAR_DUPLICATE_OF',
      to: 'Chunk',
      many: true,
      inverse: { field: 'nearDuplicateOf', many: true },
      describe: 'Earlier passages of the same client that say nearly the same.',
      properties: { similarity: { kind: 'float', describe: 'Share of common word triples, 0 to 1.', min: 0, max: 1 } },
    },
  },
});
