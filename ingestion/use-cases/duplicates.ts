import { Chunk, type NodeOf, Source } from '#graph-schema';
import type { IdentifiedPassage } from '../domain/passage.ts';
import { changedMeanwhile, type IngestionContext, type Writer, write } from './context.ts';
import { NOTHING_PENDING, publishSource } from './publish-source.ts';
import { chunksOf, duplicatesOf } from './source-reads.ts';
import { placePassages } from './write-passages.ts';

const extensionOf = (name: string) => /\.([^./\\]{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? '';

/**
 * The source whose passages stand for these bytes already. The ending must be the same, since it decides how bytes are
 * read. Within the tenant only: nobody learns what another client holds.
 */
export async function findOriginal(
  { store }: Pick<IngestionContext, 'store'>,
  writer: Writer,
  { name, hash, self }: { name: string; hash: string; self: string },
): Promise<NodeOf<typeof Source> | undefined> {
  const equal = await store.list(writer.principal, Source, {
    where: { contentHash: { eq: hash }, state: { eq: 'active' } },
    limit: 1_000,
  });
  return equal
    .filter((one) => one.scope === writer.scope && one.id !== self && one.chunkCount > 0)
    .filter((one) => extensionOf(one.name) === extensionOf(name))
    .sort((a, b) => (a.id < b.id ? -1 : 1))[0];
}

/**
 * Before a source changes or goes, the first of its duplicates takes over: its passages are copied to it from the
 * graph, and the other duplicates point to it. Both are shown for the moment between, never neither.
 */
export async function promoteDuplicate(context: IngestionContext, writer: Writer, original: string): Promise<void> {
  const [heir, ...others] = await duplicatesOf(context.store, writer.principal, original);
  if (heir === undefined) return;
  const begun = await write(context, writer, async (unit) => {
    const first = await unit.get(Source, original);
    const source = await unit.update(Source, heir, (now) => ({
      pendingHash: now.contentHash,
      pendingRevision: now.revision + 1,
      pendingChunks: first?.chunkCount ?? 0,
      pendingStage: 'staging' as const,
    }));
    return source;
  });
  if (!begun) return;
  await copyPassages(context, writer, { from: original, to: begun });
  const ready = await write(context, writer, async (unit) => {
    const source = await unit.update(
      Source,
      heir,
      { pendingStage: 'publishing' },
      { expect: { pendingStage: 'staging' } },
    );
    if (!source) throw changedMeanwhile(heir);
    await unit.unrelate(Source, 'duplicateOf', heir, original);
    for (const other of others) {
      await unit.unrelate(Source, 'duplicateOf', other, original);
      unit.relate(Source, 'duplicateOf', other, heir);
    }
    return source;
  });
  await publishSource(context, writer, ready);
}

async function copyPassages(
  context: IngestionContext,
  writer: Writer,
  { from, to }: { from: string; to: NodeOf<typeof Source> },
): Promise<void> {
  const properties = [
    ...['kind', 'text', 'headings', 'startOffset', 'endOffset', 'page', 'line', 'language', 'position', 'contentHash'],
  ];
  const counts = new Map<string, number>();
  for (let after = -1; ; ) {
    const where = { position: { gt: after }, retiredAt: { isNull: true } };
    const page = { where, limit: context.limits.batchPassages, properties };
    const chunks = (await chunksOf(context.store, writer.principal, from, page)) as unknown as IdentifiedPassage[];
    if (chunks.length === 0) return;
    const passages = chunks.map((chunk) => {
      const occurrence = counts.get(chunk.contentHash) ?? 0;
      counts.set(chunk.contentHash, occurrence + 1);
      return { ...chunk, occurrence };
    });
    await write(context, writer, (unit) =>
      placePassages({ unit, scope: writer.scope, source: to.id, revision: to.pendingRevision! }, passages, true),
    );
    after = passages.at(-1)!.position;
  }
}

/** Hidden passages of a content that will not be finished: nobody ever saw them. */
export async function discardStaged(
  context: IngestionContext,
  writer: Writer,
  source: NodeOf<typeof Source>,
): Promise<void> {
  const { id, pendingRevision } = source;
  if (pendingRevision !== null) {
    for (;;) {
      const where = { sourceRevision: { eq: pendingRevision }, retiredAt: { isNull: false } };
      const hidden = await chunksOf(context.store, writer.principal, id, { where, limit: 1_000 });
      if (hidden.length === 0) break;
      await write(context, writer, (unit) =>
        unit.sweep(
          Chunk,
          hidden.map((chunk) => chunk.id as string),
        ),
      );
    }
  }
  await write(context, writer, async (unit) => {
    // Its number is used up: passages that it kept carry it.
    const revision = pendingRevision ?? source.revision;
    await unit.update(Source, id, { revision, ...NOTHING_PENDING }, { expect: { pendingStage: 'staging' } });
  });
}
