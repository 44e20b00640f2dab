import { setImmediate as nextTurn } from 'node:timers/promises';

/** A slice of work after which others get their turn: requests, leases and heartbeats share the thread with readers and skills. */
const SLICE_MS = 10;

/**
 * Lets a long computation give way: `if (pace.isDue()) await pace.rest()` in its loops, `await pace.rest()` between its
 * parts. `rest` rejects when the signal is aborted.
 */
export class Pace {
  private began = performance.now();

  constructor(private readonly signal?: AbortSignal) {}

  isDue(): boolean {
    return performance.now() - this.began >= SLICE_MS;
  }

  async rest(): Promise<void> {
    this.signal?.throwIfAborted();
    await nextTurn();
    this.began = performance.now();
  }
}
