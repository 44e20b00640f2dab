import type { GraphEngine } from '#graph-schema';

/** An engine whose writes can be held back for a moment: for a dump where a read does not see one unchanging state. */
export interface WriteGate {
  readonly engine: GraphEngine;
  /** Lets running transactions end and keeps new ones waiting until the returned function is called. */
  hold(): Promise<() => void>;
}

export function createWriteGate(engine: GraphEngine): WriteGate {
  const running = new Set<Promise<unknown>>();
  let held: Promise<void> | undefined;
  const gated: GraphEngine = {
    capabilities: engine.capabilities,
    read: (text, parameters, options) => engine.read(text, parameters, options),
    async transaction(work, options) {
      while (held) await held;
      const transaction = engine.transaction(work, options);
      const settled = transaction.catch(() => {}).finally(() => running.delete(settled));
      running.add(settled);
      return transaction;
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
      let release = () => {};
      held = new Promise<void>((resolve) => {
        release = () => {
          held = undefined;
          resolve();
        };
      });
      await Promise.all(running);
      return release;
    },
  };
}
