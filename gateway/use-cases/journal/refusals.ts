import type { Logger, UsageRow } from '#platform';

const WINDOW_MS = 60_000;
/** Callers told apart at once; beyond it the one that was heard of first is forgotten. */
const MOST_CALLERS = 10_000;

interface Count {
  readonly window: number;
  readonly facts: { readonly tenant: string; readonly virtualKeyId: string | null; readonly code: string | null };
  rows: number;
  left: number;
}

/**
 * Which calls that were refused before they were sent leave a usage row: so many a minute for a caller and a cause. A
 * caller that asks a thousand times a second must not fill the ledger; what is left out is counted in the log.
 */
export class Refusals {
  private readonly counts = new Map<string, Count>();

  constructor(
    private readonly perMinute: number,
    private readonly logger: Logger,
  ) {}

  admits({ tenant, agent, virtualKeyId = null, errorCode: code, at }: UsageRow): boolean {
    // Who holds a key that is no agent's names an agent as it likes.
    const key = `${tenant} ${virtualKeyId ?? agent} ${code}`;
    const window = Math.floor(at / WINDOW_MS);
    let count = this.counts.get(key);
    if (!count || count.window < window) {
      this.drop(key);
      count = { window, facts: { tenant, virtualKeyId, code }, rows: 0, left: 0 };
      this.counts.set(key, count);
      if (this.counts.size > MOST_CALLERS) this.drop(this.counts.keys().next().value!);
    }
    if (count.rows >= this.perMinute) {
      count.left += 1;
      return false;
    }
    count.rows += 1;
    return true;
  }

  /** Tells of what was left out in minutes that are over; of all with `Infinity`. */
  tell(nowMs: number): void {
    for (const [key, { window }] of this.counts) {
      if ((window + 1) * WINDOW_MS <= nowMs) this.drop(key);
    }
  }

  private drop(key: string): void {
    const count = this.counts.get(key);
    this.counts.delete(key);
    if (!count || count.left === 0) return;
    this.logger.warn({ ...count.facts, calls: count.left }, 'gateway: more calls were refused than rows are kept of');
  }
}
