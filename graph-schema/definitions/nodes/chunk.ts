import { defineNode } from '../../domain/definition.ts';

export const Chunk = defineNode({
  name: 'Chunk',
  plural: 'chunks',
  family: 'knowledge',
  describe: 'A passage of a source: the unit that is searched and cited.',
  searchable: ['text'],
  properties: {
    text: { kind: 'text', describe: 'The passage.', max: 50_000 },
    position: { kind: 'int', describe: 'Place within the source, from 0.', min: 0 },
    headings: { kind: 'strings', describe: 'Headings above it, outermost first.' },
    startOffset: { kind: 'int', describe: 'First character in the decoded text.', min: 0 },
    endOffset: { kind: 'int', describe: 'One past its last character in the decoded text.', min: 0 },
    page: { kind: 'int', describe: 'Page, where the format has pages.', optional: true, min: 1 },
    line: { kind: 'int', describe: 'Line, where the format has lines.', optional: true, min: 1 },
    language: { kind: 'string', describe: 'BCP 47, or unknown.', max: 35 },
    contentHash: { kind: 'string', describe: 'SHA-256 of its text, hex.' },
    sourceRevision: { kind: 'int', describe: 'Content of the source that it belongs to.', min: 1 },
    recordedAt: { kind: 'instant', describe: 'Since when it is held.', immutable: true },
    retiredAt: { kind: 'instant', describe: 'Since when the source no longer says it.', optional: true },
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
    },
  },
});
