import type { GraphEngine } from '#graph-schema';
import { type Clock, isKazeError } from '#platform';

/** An engine whose writes can be held back for a moment: for a dump where a read does not see one unchanging state. */
export interface WriteGate {
  readonly engine: GraphEngine;
  /**
   * Lets running transactions end and keeps new ones waiting, those of the cell's other processes too, until the
   * returned function is called. That one rejects with KAZE_GRAPH_HOLD_LOST when others wrote before.
   */
  hold(): Promise<() => Promise<void>>;
}

const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 250;

export function createWriteGate(engine: GraphEngine, clock: Clock): WriteGate {
  const running = new Set<Promise<unknown>>();
  let held: Promise<void> | undefined;
  const gated: GraphEngine = {
    capabilities: engine.capabilities,
    read: (text, parameters, options) => engine.read(text, parameters, options),
    async transaction(work, options) {
      for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
        while (held) await held;
        const transaction = engine.transaction(work, options);
        const settled = transaction.catch(() => {}).finally(() => running.delete(settled));
        running.add(settled);
        try {
          return await transaction;
        } catch (error) {
          if (!isKazeError(error, 'KAZE_GRAPH_HELD')) throw error;
          // Waiting for a backup of another process takes as long as waiting for one of our own.
          await clock.sleep(waitMs * (0.5 + Math.random() / 2), options?.signal);
        }
      }
    },
    ensureIndexes: (indexes) => engine.ensureIndexes(indexes),
    dump: () => engine.dump(),
    barrier: () => engine.barrier(),
    healthy: () => engine.healthy(),
    close: () => engine.close(),
  };
  return {
    engine: gated,
    async hold() {
      while (held) await held;
      let open = () => {};
      held = new Promise<void>((resolve) => {
        open = () => {
          held = undefined;
          resolve();
        };
      });
      try {
        await Promise.all(running);
        const everywhere = await engine.holdWrites?.();
        return async () => {
          try {
            await everywhere?.release();
          } finally {
            open();
          }
        };
      } catch (error) {
        open();
        throw error;
      }
    },
  };
}
