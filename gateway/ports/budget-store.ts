import type { Awaitable } from '../domain/awaitable.ts';
import type { Amount, CostLine } from '../domain/budget/amount.ts';
import type { WantedLength } from '../domain/budget/grant.ts';
import type { BudgetWindow } from '../domain/budget/window.ts';

/** One budget that a reservation counts under. Without limits (a warning one) it only counts. */
export interface BudgetLine {
  readonly key: string;
  readonly window: BudgetWindow;
  readonly maxMicros: number | null;
  readonly maxTokens: number | null;
  /** Epoch milliseconds; null to keep it for ever. */
  readonly forgetAtMs: number | null;
}

export interface ReservationAsk {
  /** Of the attempt. Asking again with an id that is held gives the same answer. */
  readonly id: string;
  readonly lines: readonly BudgetLine[];
  readonly cost: CostLine;
  readonly wanted: WantedLength;
  /** When the call begins, by the caller's clock: the minute that a rolling hour counts it in. */
  readonly atMs: number;
  /** After this, by the store's own clock, it is taken for lost and charged in full. */
  readonly leaseMs: number;
  /** Keeps a place in the line before the budget across processes; nobody without an older place goes first. */
  readonly place?: string;
}

export type ReserveAnswer =
  | { readonly state: 'granted'; readonly outputTokens: number; readonly amount: Amount }
  /** Nothing is known of these budgets yet: seed them and ask again. */
  | { readonly state: 'unseeded'; readonly keys: readonly string[] }
  | { readonly state: 'busy'; readonly key: string }
  | { readonly state: 'exhausted'; readonly key: string; readonly fits: number };

/** What was spent before, by the minute for a rolling hour. */
export interface Seed {
  readonly key: string;
  readonly window: BudgetWindow;
  readonly spent: Amount;
  readonly byMinute?: readonly { readonly minute: number; readonly spent: Amount }[];
  readonly forgetAtMs: number | null;
}

export interface Balance {
  readonly key: string;
  readonly settled: Amount;
  readonly open: Amount;
}

export interface SettleAnswer {
  /**
   * `settled` also for one whose lease had ended: what was charged too much is given back. `already`: it was settled
   * before, nothing changed. `unknown`: the store has never seen it, or has forgotten it.
   */
  readonly state: 'settled' | 'already' | 'unknown';
  /** Of every line, after it; empty unless settled. */
  readonly balances: readonly Balance[];
}

/**
 * The counters of all budgets. Every operation is atomic over all lines of a reservation, for all processes that share
 * the store. What is spent belongs to the window in which its call began.
 * Errors of every call: KAZE_BUDGET_UNAVAILABLE, KAZE_BUDGET_FAILED.
 */
export interface BudgetStore {
  readonly capabilities: {
    /** Room may appear without this process doing anything. */
    readonly sharedBetweenProcesses: boolean;
    /** What was settled outlives the process. */
    readonly durable: boolean;
  };
  reserve(ask: ReservationAsk): Awaitable<ReserveAnswer>;
  /** Tells a budget that is not known yet what was spent under it; a known one is left as it is. */
  seed(seeds: readonly Seed[]): Promise<void>;
  /** Reserves for up to `outputTokens` in all, as far as there is room, and renews the lease; gives what it holds now. */
  extend(
    id: string,
    ask: { readonly lines: readonly BudgetLine[]; readonly outputTokens: number; readonly leaseMs: number },
  ): Promise<number>;
  /** Puts what was used in place of what was reserved, once. */
  settle(id: string, used: Amount): Awaitable<SettleAnswer>;
  /** Gives a place in the line up. */
  leave(place: string, keys: readonly string[]): Promise<void>;
  balances(lines: readonly Pick<BudgetLine, 'key' | 'window'>[], atMs: number): Promise<readonly Balance[]>;
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
