import { Chunk, type NodeOf, type Principal, Source, type UnitOfWork } from '#graph-schema';
import { derivedId, KazeError } from '#platform';
import { type Block, type DocumentReading, readDocument } from '#platform/formats';
import { PIPELINE_VERSION } from '../domain/extraction.ts';
import type { IdentifiedPassage } from '../domain/passage.ts';
import { identified, passagesOf } from '../domain/passages.ts';
import { ingestionError } from '../errors.ts';
import { type AdmittedRoot, admitRoot, checkName, type RootName } from './admission.ts';
import {
  batched,
  changedMeanwhile,
  type IngestionContext,
  untilUndisturbed,
  type Writer,
  write,
  writerFor,
} from './context.ts';
import { discardStaged, findOriginal, promoteDuplicate } from './duplicates.ts';
import { describeOptions, NOTHING_PENDING, publishSource } from './publish-source.ts';
import { findGone, retirePassages } from './retire-passages.ts';
import { describePassages, placePassages } from './write-passages.ts';

export interface SourceContent {
  /** The bytes from their beginning, as often as asked. */
  open(): AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface SourceToIngest extends RootName {
  /** Path within the root, as text; never opened. */
  readonly name: string;
  readonly content: SourceContent;
}

export interface IngestedSource {
  readonly source: string;
  readonly change: 'created' | 'updated' | 'unchanged' | 'failed';
  /** Passages it has now; entities and facts that were written for it this time. */
  readonly chunks: number;
  readonly entities: number;
  readonly knowledge: number;
  /** Why it failed. */
  readonly error?: { readonly code: string; readonly message: string };
}

type Held = NodeOf<typeof Source> | undefined;

interface Job {
  readonly writer: Writer;
  readonly root: AdmittedRoot;
  readonly id: string;
  readonly name: string;
  readonly content: SourceContent;
}

/** Takes one file in. What its bytes do wrong becomes the state of its source, not an error of the call. */
export async function ingestSource(
  context: IngestionContext,
  caller: Principal,
  source: SourceToIngest,
  signal?: AbortSignal,
): Promise<IngestedSource> {
  const root = await admitRoot(context.store, caller, source);
  checkName(source.name, { what: 'file', max: 1_000 });
  const writer = writerFor(source.tenant, { onBehalfOf: caller.id, why: 'a file was taken in', signal });
  const { name, content } = source;
  return untilUndisturbed(async () => {
    const { id, held } = await findHeld(context, writer, root, name);
    const result = await bring(context, { writer, root, id, name, content }, held);
    context.onProgress({ source: id, stage: 'done', passages: result.chunks });
    return result;
  });
}

/** A name whose source was erased begins anew: its tombstone stays as it is. */
async function findHeld({ store }: IngestionContext, writer: Writer, root: AdmittedRoot, name: string) {
  for (let times = 0; ; times++) {
    const id = derivedId(root.scope, root.id, 'source', name, String(times));
    const held = await store.get(writer.principal, Source, id);
    if (held?.state !== 'erased') return { id, held };
  }
}

async function bring(context: IngestionContext, job: Job, found: Held): Promise<IngestedSource> {
  const { writer, id, content } = job;
  let held = found;
  if (held?.pendingStage === 'publishing') {
    await publishSource(context, writer, held);
    held = await context.store.get(writer.principal, Source, id);
  }
  if (held?.pendingStage === 'staging' && held.pendingHash !== content.sha256) {
    await discardStaged(context, writer, held);
    held = await context.store.get(writer.principal, Source, id);
  }
  const same = held?.contentHash === content.sha256 && held.pipeline === PIPELINE_VERSION && held.pendingStage === null;
  if (held && same && held.state === 'active') {
    return { source: id, change: 'unchanged', chunks: held.chunkCount, entities: 0, knowledge: 0 };
  }
  if (held && same && held.state === 'failed' && held.chunkCount > 0) {
    const good = { state: 'active', errorCode: null, errorMessage: null } as const;
    await write(context, writer, (unit) => writeSource(unit, job, held, good));
    return { source: id, change: 'updated', chunks: held.chunkCount, entities: 0, knowledge: 0 };
  }
  const original = await findOriginal(context, writer, { name: job.name, hash: content.sha256, self: id });
  if (original && held?.pendingStage !== 'staging') return asDuplicate(context, job, held, original.id);
  try {
    return await readAndWrite(context, job, held);
  } catch (error) {
    writer.signal?.throwIfAborted();
    if (!(error instanceof KazeError) || !/^KAZE_(FORMAT|INGESTION_NO_TEXT)/.test(error.code)) throw error;
    return fail(context, job, held, error);
  }
}

function valuesOf({ name, content, writer }: Job) {
  return { name, bytes: content.bytes, ingestedBy: writer.onBehalfOf };
}

/** Writes the Source itself, if nobody else did meanwhile. */
async function writeSource(
  unit: UnitOfWork,
  job: Job,
  held: Held,
  values: Partial<NodeOf<typeof Source>>,
): Promise<void> {
  const { id, root } = job;
  if (held) {
    const patch = { ...valuesOf(job), ...values };
    if (!(await unit.update(Source, id, patch, { version: held.version }))) throw changedMeanwhile(id);
  } else {
    if (await unit.get(Source, id)) throw changedMeanwhile(id);
    unit.create(Source, {
      id,
      scope: root.scope,
      format: 'unknown',
      contentHash: job.content.sha256,
      language: 'unknown',
      state: 'pending',
      revision: 1,
      chunkCount: 0,
      ...valuesOf(job),
      ...values,
    });
    unit.relate(Source, 'root', id, root.id);
    if (root.vertical) unit.relate(Source, 'vertical', id, root.vertical);
  }
}

async function asDuplicate(context: IngestionContext, job: Job, held: Held, original: string): Promise<IngestedSource> {
  const { writer, id, content } = job;
  if (held && held.chunkCount > 0) await promoteDuplicate(context, writer, id);
  const revision = (held?.revision ?? 0) + 1;
  const first = await context.store.get(writer.principal, Source, original);
  // What it said before goes the ordinary way of a content without passages.
  await write(context, writer, async (unit) => {
    await writeSource(unit, job, held, {
      ...(held ? {} : { contentHash: content.sha256 }),
      format: first?.format ?? 'unknown',
      title: first?.title ?? null,
      language: first?.language ?? 'unknown',
      state: 'active',
      pendingHash: content.sha256,
      pendingRevision: revision,
      pendingChunks: 0,
      pendingStage: 'publishing',
    });
    unit.relate(Source, 'duplicateOf', id, original);
  });
  const source = await context.store.get(writer.principal, Source, id);
  await publishSource(context, writer, source!);
  return { source: id, change: held ? 'updated' : 'created', chunks: 0, entities: 0, knowledge: 0 };
}

async function openReading(job: Job): Promise<DocumentReading> {
  const bytes = await job.content.open();
  return readDocument({ name: job.name, bytes }, { signal: job.writer.signal });
}

function factsOf({ summary }: DocumentReading) {
  const { title, language, format } = summary;
  return { title: title?.slice(0, 1_000) || null, language, format: format ?? ('unknown' as const) };
}

async function readAndWrite(context: IngestionContext, job: Job, held: Held): Promise<IngestedSource> {
  const { limits } = context;
  const reading = await openReading(job);
  const passages: IdentifiedPassage[] = [];
  let count = 0;
  // To the end in any case: a file that breaks on its last line leaves nothing behind.
  for await (const passage of identified(passagesOf(reading as AsyncIterable<Block>, limits))) {
    job.writer.signal?.throwIfAborted();
    if (++count <= limits.batchPassages) passages.push(passage);
    else if (passages.length > 0) passages.length = 0;
    if (count % 1_000 === 0) context.onProgress({ source: job.id, stage: 'reading', passages: count });
  }
  if (count === 0) {
    throw ingestionError('KAZE_INGESTION_NO_TEXT', `${job.name} holds no text that could be read`, {
      fields: { source: job.id },
    });
  }
  if (held && held.chunkCount > 0) await promoteDuplicate(context, job.writer, job.id);
  const size = { source: job.id, before: (held?.revision ?? 0) + 1, limit: limits.batchPassages + 1 };
  const gone = held ? await findGone(context, job.writer, size) : { chunks: [], facts: [] };
  // What is too short to tell its language speaks that of its document.
  const { language } = reading.summary;
  for (const [at, one] of passages.entries()) if (one.language === 'unknown') passages[at] = { ...one, language };
  const whole = passages.length === count && gone.chunks.length <= limits.batchPassages;
  if (whole && held?.pendingStage !== 'staging') return writeWhole(context, job, held, { passages, reading });
  return writeStaged(context, job, held, { reading, count });
}

/** One transaction from nothing to everything. */
async function writeWhole(
  context: IngestionContext,
  job: Job,
  held: Held,
  { passages, reading }: { passages: readonly IdentifiedPassage[]; reading: DocumentReading },
): Promise<IngestedSource> {
  const { writer, id, content } = job;
  const revision = (held?.revision ?? 0) + 1;
  const about = factsOf(reading);
  const options = await describeOptions(context, writer, about.title ?? job.name);
  const gone = held
    ? await findGone(context, writer, { source: id, before: revision, limit: 1_000 })
    : { chunks: [], facts: [] };
  const described = await write(context, writer, async (unit) => {
    await writeSource(unit, job, held, {
      ...about,
      contentHash: content.sha256,
      state: 'active',
      revision,
      chunkCount: passages.length,
      pipeline: PIPELINE_VERSION,
      ingestedAt: unit.now,
      retiredAt: null,
      errorCode: null,
      errorMessage: null,
      ...NOTHING_PENDING,
    });
    if (held) await unit.unrelate(Source, 'duplicateOf', id);
    const writing = { unit, scope: writer.scope, source: id, revision };
    const placed = await placePassages(writing, passages, false);
    // A newer extraction reads again what is held already.
    const reread = held?.pipeline !== PIPELINE_VERSION;
    const result = await describePassages(
      writing,
      placed.filter(({ fresh }) => fresh || reread),
      options,
    );
    const leaving = await unmoved(unit, gone.chunks, revision);
    await retirePassages(unit, { source: id, scope: writer.scope }, { ...gone, chunks: leaving });
    return result;
  });
  return {
    source: id,
    change: held ? 'updated' : 'created',
    chunks: passages.length,
    entities: described.entities,
    knowledge: described.facts.length,
  };
}

/** Those of the passages that the revision did not take along. */
async function unmoved(unit: UnitOfWork, chunks: readonly string[], revision: number): Promise<string[]> {
  const left: string[] = [];
  for (const ids of batched(chunks)) {
    const where = { id: { in: ids }, sourceRevision: { lt: revision } };
    left.push(...(await unit.list(Chunk, { where, limit: ids.length })).map(({ id }) => id));
  }
  return left;
}

/** Hidden batches, each with its progress, then the point of no return, then the showing of what is there. */
async function writeStaged(
  context: IngestionContext,
  job: Job,
  held: Held,
  { reading, count }: { reading: DocumentReading; count: number },
): Promise<IngestedSource> {
  const { writer, id, content } = job;
  const resumed = held?.pendingStage === 'staging' ? held : undefined;
  const revision = resumed?.pendingRevision ?? (held?.revision ?? 0) + 1;
  if (!resumed) {
    const { format, title, language } = factsOf(reading);
    const pending = { pendingHash: content.sha256, pendingRevision: revision, pendingChunks: 0 };
    await write(context, writer, (unit) =>
      writeSource(unit, job, held, { ...pending, pendingStage: 'staging', format, title, language }),
    );
  }
  let done = resumed?.pendingChunks ?? 0;
  let batch: IdentifiedPassage[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const reached = batch.at(-1)!.position + 1;
    await write(context, writer, async (unit) => {
      const expect = { pendingRevision: revision, pendingStage: 'staging' };
      if (!(await unit.update(Source, id, { pendingChunks: reached }, { expect }))) throw changedMeanwhile(id);
      await placePassages({ unit, scope: writer.scope, source: id, revision }, batch, true);
    });
    done = reached;
    batch = [];
    context.onProgress({ source: id, stage: 'staging', passages: done });
  };
  for await (const passage of identified(passagesOf(await openReading(job), context.limits))) {
    writer.signal?.throwIfAborted();
    if (passage.position < done) continue;
    batch.push(passage.language === 'unknown' ? { ...passage, language: reading.summary.language } : passage);
    if (batch.length >= context.limits.batchPassages) await flush();
  }
  await flush();
  const ready = await write(context, writer, async (unit) => {
    const expect = { pendingRevision: revision, pendingStage: 'staging' };
    const values = { pendingStage: 'publishing' as const, pendingChunks: count };
    const source = await unit.update(Source, id, values, { expect });
    if (!source) throw changedMeanwhile(id);
    await unit.unrelate(Source, 'duplicateOf', id);
    return source;
  });
  const written = await publishSource(context, writer, ready);
  const change = held && held.state !== 'pending' ? 'updated' : 'created';
  return { source: id, change, chunks: count, entities: written.entities, knowledge: written.knowledge };
}

/** Keeps why a file could not be read. What was read of it earlier stays as it is. */
async function fail(context: IngestionContext, job: Job, held: Held, error: KazeError): Promise<IngestedSource> {
  const { writer, id } = job;
  const reason = { errorCode: error.code, errorMessage: error.message.slice(0, 4_000) };
  if (held?.pendingStage === 'staging') await discardStaged(context, writer, held);
  const now = held && (await context.store.get(writer.principal, Source, id));
  const { ingestedBy } = valuesOf(job);
  await write(context, writer, async (unit) => {
    if (now) await unit.update(Source, id, { state: 'failed', ingestedBy, ...reason });
    else await writeSource(unit, job, undefined, { state: 'failed', ...reason });
  });
  const failed = { code: error.code, message: error.message };
  return { source: id, change: 'failed', chunks: now?.chunkCount ?? 0, entities: 0, knowledge: 0, error: failed };
}
