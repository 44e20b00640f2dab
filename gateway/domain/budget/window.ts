/**
 * - `day`, `month`: of the calendar, in UTC, as the ledger's days are
 * - `rolling-hour`: the last 60 minutes, kept by the minute and never too short: what was spent counts for 60 to 61
 * - `total`: for ever
 */
export type BudgetWindow = 'day' | 'month' | 'rolling-hour' | 'total';

export const BUDGET_WINDOWS: readonly BudgetWindow[] = ['day', 'month', 'rolling-hour', 'total'];

export const MINUTE_MS = 60_000;
/** Minutes that a rolling hour counts: the running one and the 60 before it. */
export const ROLLING_MINUTES = 61;
const KEEP_MS = 2 * 24 * 60 * MINUTE_MS;

/** Where a spend at a moment belongs. */
export interface WindowSpan {
  /** Distinguishes one window from the next: `2026-11-22`, `2026-11`; empty where there is only one. */
  readonly name: string;
  /** First instant that counts. */
  readonly fromMs: number;
  /** First instant that does not count any more; null while it goes on with time. */
  readonly toMs: number | null;
  /** When a store may forget it; null for never. */
  readonly forgetAtMs: number | null;
}

export function spanAt(window: BudgetWindow, atMs: number): WindowSpan {
  const at = new Date(atMs);
  const iso = at.toISOString();
  switch (window) {
    case 'day': {
      const fromMs = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate());
      const toMs = fromMs + 24 * 60 * MINUTE_MS;
      return { name: iso.slice(0, 10), fromMs, toMs, forgetAtMs: toMs + KEEP_MS };
    }
    case 'month': {
      const fromMs = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
      const toMs = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1);
      return { name: iso.slice(0, 7), fromMs, toMs, forgetAtMs: toMs + KEEP_MS };
    }
    case 'rolling-hour':
      return { name: '', fromMs: firstMinute(atMs) * MINUTE_MS, toMs: null, forgetAtMs: atMs + KEEP_MS };
    case 'total':
      return { name: '', fromMs: 0, toMs: null, forgetAtMs: null };
  }
}

export function minuteOf(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS);
}

/** The oldest minute that a rolling hour still counts. */
export function firstMinute(atMs: number): number {
  return minuteOf(atMs) - ROLLING_MINUTES + 1;
}
