import { Source, systemPrincipal } from '#graph-schema';
import { isKazeError } from '#platform';
import { type IngestionContext, writerFor } from './context.ts';
import { finishErasing } from './erase-source.ts';
import { publishSource } from './publish-source.ts';
import { finishRetiring } from './retire-source.ts';

const PAGE = 100;

/**
 * Ends what a death of the process interrupted behind its point of no return: showing, retiring, erasing. What was
 * still being staged waits, unseen, for its file to be handed in again. Gives how many sources were ended.
 */
export async function resumeInterrupted(context: IngestionContext, signal?: AbortSignal): Promise<number> {
  const reader = systemPrincipal('ingestion');
  let ended = 0;
  for (let after = ''; ; ) {
    const where = { pendingStage: { in: ['publishing', 'retiring', 'erasing'] }, id: { gt: after } };
    const orderBy = [{ property: 'id', direction: 'asc' as const }];
    const sources = await context.store.list(reader, Source, { where, orderBy, limit: PAGE });
    for (const source of sources) {
      signal?.throwIfAborted();
      const writer = writerFor(source.scope.slice('tenant:'.length), {
        onBehalfOf: source.erasedBy ?? source.ingestedBy ?? 'nobody',
        why: 'an interrupted run was ended',
        signal,
      });
      try {
        if (source.pendingStage === 'publishing') await publishSource(context, writer, source);
        else if (source.pendingStage === 'retiring') await finishRetiring(context, writer, source.id);
        else await finishErasing(context, writer, source.id);
        ended++;
      } catch (error) {
        // Another process is at it.
        if (!isKazeError(error, 'KAZE_INGESTION_CHANGED_MEANWHILE')) throw error;
      }
    }
    if (sources.length < PAGE) return ended;
    after = sources.at(-1)!.id;
  }
}
