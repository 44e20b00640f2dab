import type { Clock, Logger } from '#platform';
import { systemPrincipal } from '../access/principal.ts';
import { Outbox } from '../definitions/nodes/outbox.ts';
import type { NodeOf } from '../domain/definition.ts';
import type { GraphStore } from '../ports/graph-store.ts';

export type OutboxEntry = NodeOf<typeof Outbox>;

export interface OutboxFeederOptions {
  readonly store: GraphStore;
  readonly kind: OutboxEntry['kind'];
  /** Carries entries on; idempotent by id, in any order, because entries come again after a crash. */
  readonly deliver: (entries: readonly OutboxEntry[]) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Entries at a time, 1 to 1,000; default 200. */
  readonly batch?: number;
  /** Milliseconds between looks when nothing nudges it; default 2,000. */
  readonly pollMs?: number;
}

export interface OutboxFeeder {
  /** Resolves when nothing that was committed before the call is left. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

const LONGEST_PAUSE_MS = 30_000;

/**
 * Carries outbox entries of one kind to where they belong and removes them when that is done. It trusts no watermark: an
 * entry that becomes visible late is simply found at the next look. Several processes may feed at once.
 */
export function startOutboxFeeder(options: OutboxFeederOptions): OutboxFeeder {
  const { store, kind, deliver, clock, logger, batch = 200, pollMs = 2_000 } = options;
  const principal = systemPrincipal('feeder');
  const stopping = new AbortController();
  let wake: () => void = () => {};
  let nudged = false;
  let failures = 0;
  let running: Promise<void> = Promise.resolve();

  const nudge = () => {
    nudged = true;
    wake();
  };

  async function once(): Promise<number> {
    const entries = await store.list(principal, Outbox, {
      where: { kind: { eq: kind } },
      orderBy: [{ property: 'id', direction: 'asc' }],
      limit: batch,
    });
    if (entries.length === 0) return 0;
    await deliver(entries);
    const ids = entries.map(({ id }) => id);
    await store.transact(principal, { why: 'carried on' }, (unit) => unit.discard(Outbox, ids));
    return entries.length;
  }

  /** One round at a time, whoever asks. */
  function round(): Promise<number> {
    const next = running.then(once);
    running = next.then(
      () => {},
      () => {},
    );
    return next;
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      nudged = false;
      let found = 0;
      try {
        found = await round();
        failures = 0;
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures++;
        logger.warn({ err: error, kind, failures }, 'outbox entries wait: they could not be carried on');
      }
      if (found === batch || (nudged && failures === 0)) continue;
      const pauseMs = failures === 0 ? pollMs : Math.min(LONGEST_PAUSE_MS, pollMs * 2 ** Math.min(failures, 4));
      await pause(pauseMs);
    }
  }

  async function pause(ms: number): Promise<void> {
    const woken = new AbortController();
    wake = () => woken.abort();
    const signal = AbortSignal.any([stopping.signal, woken.signal]);
    await clock.sleep(ms, signal).catch(() => {});
    wake = () => {};
  }

  const unsubscribe = store.onCommit(nudge);
  const looping = loop();
  return {
    async drain() {
      while ((await round()) > 0) {}
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      await looping;
      await running;
    },
  };
}
