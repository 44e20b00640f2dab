/** The limits of one process, in its memory; a restart begins with empty ones. */
import type { Clock } from '#platform';
import { conform, MINUTE_MS } from '../../../domain/flow/gcra.ts';
import type { LimitAnswer, LimitAsk, LimitStore, Slots } from '../../../ports/limit-store.ts';

const SWEEP_EVERY_MS = 60_000;

export function createMemoryLimitStore({ clock }: { readonly clock: Pick<Clock, 'now'> }): LimitStore {
  return new MemoryLimitStore(clock);
}

class MemoryLimitStore implements LimitStore {
  readonly capabilities = { sharedBetweenProcesses: false };
  /** By the key of a rate: when all that was taken is paid back. */
  private readonly arrivals = new Map<string, number>();
  private readonly slots = new Map<string, Set<string>>();
  private nextSweepAtMs = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  take({ id, rates, slots }: LimitAsk): LimitAnswer {
    const nowMs = this.clock.now();
    this.sweep(nowMs);
    for (const { key, max } of slots) {
      if ((this.slots.get(key)?.size ?? 0) >= max) return { state: 'refused', key, waitMs: null };
    }
    const kept: Array<readonly [string, number]> = [];
    for (const rate of rates) {
      const answer = conform(this.arrivals.get(rate.key), rate, nowMs);
      if ('waitMs' in answer) return { state: 'refused', key: rate.key, waitMs: answer.waitMs };
      kept.push([rate.key, answer.atMs]);
    }
    for (const [key, atMs] of kept) this.arrivals.set(key, atMs);
    for (const { key } of slots) {
      const held = this.slots.get(key);
      if (held) held.add(id);
      else this.slots.set(key, new Set([id]));
    }
    return { state: 'taken' };
  }

  leave(id: string, slots: readonly Slots[], back: LimitAsk['rates']): void {
    for (const { key } of slots) {
      const held = this.slots.get(key);
      held?.delete(id);
      if (held?.size === 0) this.slots.delete(key);
    }
    for (const { key, cost, perMinute } of back) {
      const atMs = this.arrivals.get(key) ?? this.clock.now();
      this.arrivals.set(key, atMs - (cost * MINUTE_MS) / perMinute);
    }
  }

  async close(): Promise<void> {}

  private sweep(nowMs: number): void {
    if (nowMs < this.nextSweepAtMs) return;
    this.nextSweepAtMs = nowMs + SWEEP_EVERY_MS;
    for (const [key, atMs] of this.arrivals) if (atMs <= nowMs) this.arrivals.delete(key);
  }
}
