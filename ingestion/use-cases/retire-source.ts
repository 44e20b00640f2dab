import { Source } from '#graph-schema';
import { type IngestionContext, type Writer, write } from './context.ts';
import { promoteDuplicate } from './duplicates.ts';
import { NOTHING_PENDING } from './publish-source.ts';
import { findGone, retirePassages } from './retire-passages.ts';

const EVERY_REVISION = Number.MAX_SAFE_INTEGER;

/** A source that its root no longer has: closed with its passages and the facts that only it supported; history stays. */
export async function retireSource(context: IngestionContext, writer: Writer, source: string): Promise<void> {
  await promoteDuplicate(context, writer, source);
  await write(context, writer, async (unit) => {
    await unit.update(Source, source, (now) => {
      if (now.state === 'retired' || now.state === 'erased') return undefined;
      return { state: 'retired' as const, retiredAt: unit.now, ...NOTHING_PENDING, pendingStage: 'retiring' as const };
    });
    await unit.unrelate(Source, 'duplicateOf', source);
  });
  await finishRetiring(context, writer, source);
}

export async function finishRetiring(context: IngestionContext, writer: Writer, source: string): Promise<void> {
  for (let retired = 0; ; ) {
    writer.signal?.throwIfAborted();
    const limit = context.limits.batchPassages;
    const gone = await findGone(context, writer, { source, before: EVERY_REVISION, limit });
    if (gone.chunks.length === 0) break;
    await write(context, writer, async (unit) => {
      // Handed in again meanwhile: then it is no longer this one's to retire.
      if (!(await unit.update(Source, source, {}, { expect: { state: 'retired' } }))) return;
      await retirePassages(unit, { source, scope: writer.scope }, gone);
    });
    retired += gone.chunks.length;
    context.onProgress({ source, stage: 'retiring', passages: retired });
    const now = await context.store.get(writer.principal, Source, source);
    if (now?.state !== 'retired') return;
  }
  await write(context, writer, async (unit) => {
    await unit.update(Source, source, { pendingStage: null, chunkCount: 0 }, { expect: { pendingStage: 'retiring' } });
  });
}
