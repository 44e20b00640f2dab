import type { Awaitable } from '../../domain/awaitable.ts';
import type { Amount } from '../../domain/budget/amount.ts';
import type { PricedUsage } from '../../domain/price/cost.ts';

/** What a stream has given so far, by the best count there is (`createStreamCount`). */
export interface StreamedSoFar {
  readonly outputTokens: number;
}

export interface Settled {
  /** What the call cost, in whole micro US dollars; 0 where no price is known (and no hard money budget holds). */
  readonly costMicros: number;
  /** How far the provider went beyond what was reserved, whatever limit it was given: 0 but for one that breaks it. */
  readonly overMicros: number;
  readonly overTokens: number;
}

/** What a call may spend. Ends with `settle` or `release`, once; the first counts. */
export interface Reservation {
  /** Of the attempt, its journal entry and its usage row. */
  readonly id: string;
  /** The explicit limit that the provider always gets. Reasoning counts as output. */
  readonly outputTokens: number;
  /** How much output is reserved for: `outputTokens`, or less for a stream that extends as it goes. */
  readonly coveredTokens: number;
  /** What is reserved; 0 micros where no price is known. */
  readonly amount: Amount;
  /** When the call began, for its usage row: the instant that its budgets count it at. */
  readonly atMs: number;
  /** True once a stream has spent what is covered: extend it, or end it with KAZE_BUDGET_STREAM_CUT. */
  cutAt(soFar: StreamedSoFar): boolean;
  /** Reserves for a longer answer; false when the budgets have no room. */
  extend(): Promise<boolean>;
  /** Charges what was used. Never rejects: a store that is away gets it later, and until then the reservation stands. */
  settle(usage: PricedUsage): Awaitable<Settled>;
  /** Charges nothing: the call was not sent, or the provider does not charge for it. */
  release(): Awaitable<void>;
}
