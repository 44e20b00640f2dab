import type { Clock, Logger } from '#platform';
import type { Embedder } from '../ports/embedder.ts';
import type { SearchIndex } from '../ports/search-index.ts';

export interface VectorFeedOptions {
  readonly index: SearchIndex;
  readonly embedder: Embedder;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Texts at a time; default 16. */
  readonly batch?: number;
}

export interface VectorFeed {
  /** Looks again now: something was indexed. */
  nudge(): void;
  /** Resolves when every document has a vector, or rejects with the signal's reason. */
  settled(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

const IDLE_MS = 5_000;
const AFTER_FAILURE_MS = 10_000;

/** Gives vectors to documents that have none, in the background and at its own pace. Text is searchable before. */
export function startVectorFeed({ index, embedder, clock, logger, batch = 16 }: VectorFeedOptions): VectorFeed {
  const stopping = new AbortController();
  let wake = () => {};
  const waiting = new Set<() => void>();

  async function once(): Promise<number> {
    const documents = await index.missingVectors(embedder.model, batch);
    if (documents.length === 0) return 0;
    const vectors = await embedder.embed(
      documents.map(({ text }) => text),
      stopping.signal,
    );
    await index.setVectors(
      documents.map(({ id, text }, at) => ({ id, text, model: embedder.model, vector: vectors[at]! })),
    );
    return documents.length;
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      let pauseMs = 0;
      try {
        if ((await once()) === 0) {
          pauseMs = IDLE_MS;
          for (const done of waiting) done();
          waiting.clear();
        }
      } catch (error) {
        if (stopping.signal.aborted) return;
        logger.warn({ err: error }, 'vectors wait: the embedder or the index failed');
        pauseMs = AFTER_FAILURE_MS;
      }
      if (pauseMs === 0) continue;
      const woken = new AbortController();
      wake = () => woken.abort();
      await clock.sleep(pauseMs, AbortSignal.any([stopping.signal, woken.signal])).catch(() => {});
    }
  }

  const looping = loop();
  return {
    nudge: () => wake(),
    settled(signal) {
      return new Promise<void>((resolve, reject) => {
        waiting.add(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        wake();
      });
    },
    async stop() {
      stopping.abort();
      await looping;
    },
  };
}
