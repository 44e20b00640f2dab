import { Chunk, type NodeOf, Source } from '#graph-schema';
import { PIPELINE_VERSION } from '../domain/extraction.ts';
import type { Passage } from '../domain/passage.ts';
import { changedMeanwhile, type IngestionContext, type Writer, write } from './context.ts';
import { findGone, retirePassages } from './retire-passages.ts';
import { chunksOf } from './source-reads.ts';
import { type DescribeOptions, describePassages, type PlacedPassage } from './write-passages.ts';

const PASSAGE_PROPERTIES = [
  ...['kind', 'text', 'headings', 'startOffset', 'endOffset', 'page', 'line', 'language', 'position'],
];

export const NOTHING_PENDING = {
  pendingHash: null,
  pendingRevision: null,
  pendingChunks: null,
  pendingStage: null,
} as const;

export async function describeOptions(
  context: IngestionContext,
  writer: Writer,
  title: string,
): Promise<DescribeOptions> {
  const { entityPassages, factPassages, factRowPassages, factsPerPassage } = context.limits;
  const detector = await context.detectorFor(writer.tenant);
  return { detector, title, entityPassages, factPassages, factRowPassages, maxFacts: factsPerPassage };
}

/**
 * Shows what was staged and retires what is gone, batch by batch, from the graph alone: once a source is publishing,
 * nothing but this ends it, and it can begin again anywhere. Gives what was written.
 */
export async function publishSource(
  context: IngestionContext,
  writer: Writer,
  source: NodeOf<typeof Source>,
): Promise<{ chunks: number; entities: number; knowledge: number }> {
  const { store, limits } = context;
  const { id, pendingRevision: revision, pendingHash: hash } = source;
  if (revision === null || hash === null) throw changedMeanwhile(id);
  const options = await describeOptions(context, writer, source.title ?? source.name);
  const written = { chunks: 0, entities: 0, knowledge: 0 };

  for (;;) {
    writer.signal?.throwIfAborted();
    const where = { sourceRevision: { eq: revision }, retiredAt: { isNull: false } };
    const page = { where, limit: limits.batchPassages, properties: PASSAGE_PROPERTIES };
    const hidden = await chunksOf(store, writer.principal, id, page);
    if (hidden.length === 0) break;
    const passages = hidden.map((node) => node as unknown as PlacedPassage & Passage);
    const described = await write(context, writer, async (unit) => {
      if (!(await unit.update(Source, id, {}, { expect: { pendingRevision: revision } }))) throw changedMeanwhile(id);
      await unit.updateAll(
        Chunk,
        passages.map((passage) => passage.id),
        { retiredAt: null },
      );
      return describePassages({ unit, scope: writer.scope, source: id, revision }, passages, options);
    });
    written.chunks += passages.length;
    written.entities += described.entities;
    written.knowledge += described.facts.length;
    context.onProgress({ source: id, stage: 'publishing', passages: written.chunks });
  }

  for (let retired = 0; ; ) {
    writer.signal?.throwIfAborted();
    const gone = await findGone(context, writer, { source: id, before: revision, limit: limits.batchPassages });
    if (gone.chunks.length === 0) break;
    await write(context, writer, (unit) => retirePassages(unit, { source: id, scope: writer.scope }, gone));
    retired += gone.chunks.length;
    context.onProgress({ source: id, stage: 'retiring', passages: retired });
  }

  await write(context, writer, async (unit) => {
    const done = await unit.update(
      Source,
      id,
      {
        state: 'active',
        contentHash: hash,
        revision,
        chunkCount: source.pendingChunks ?? 0,
        pipeline: PIPELINE_VERSION,
        ingestedAt: unit.now,
        retiredAt: null,
        errorCode: null,
        errorMessage: null,
        ...NOTHING_PENDING,
      },
      { expect: { pendingRevision: revision, pendingStage: 'publishing' } },
    );
    if (!done) throw changedMeanwhile(id);
  });
  return written;
}
