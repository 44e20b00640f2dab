import type { CostLine } from '../../domain/budget/amount.ts';
import type { WantedLength } from '../../domain/budget/grant.ts';
import type { BudgetAccount, BudgetPath } from '../../domain/budget/rule.ts';
import type { Ending } from '../../domain/ending.ts';
import { highestRates } from '../../domain/price/cost.ts';
import type { Price } from '../../domain/price/price-list.ts';
import type { ReservationAsk } from '../../ports/budget-store.ts';
import { linesOf } from './budget-lines.ts';

export interface ReserveRequest {
  readonly attribution: BudgetPath;
  readonly model: { readonly provider: string; readonly name: string; readonly maxOutputTokens: number };
  /** Never fewer than the provider will count: its own count, or `inputTokenBound`. */
  readonly inputTokenBound: number;
  /** The provider's own count, asked only when the bound does not fit. */
  readonly countInput?: (signal?: AbortSignal) => Promise<number>;
  /** The caller's own limit, kept exactly; undefined to get what is usual. */
  readonly outputTokensWanted?: number;
  /** The kind of work: usual lengths go by it and the model. */
  readonly taskType?: string | null;
  /** The task's own cap, beside the configured budgets. */
  readonly taskCap?: { readonly maxMicros?: number; readonly maxTokens?: number };
  /** For a stream whose output is all seen: starts with the usual length and extends, up to the provider's limit. */
  readonly extendable?: boolean;
  /** Part of its output is not shown: where a budget holds, all that it may take is reserved before it begins. */
  readonly unseen?: boolean;
  /** False when the request asks for no prompt caching: input then cannot cost more than its plain price. */
  readonly cacheWrites?: boolean;
  /** The longest that the call may take, default 120,000 ms; 30 s later it is taken for lost and charged in full. */
  readonly timeoutMs?: number;
  readonly id?: string;
}

/** A request with what is known of it before the store is asked. */
export interface Asking {
  readonly request: ReserveRequest;
  readonly signal: Ending | undefined;
  readonly id: string;
  readonly atMs: number;
  readonly accounts: readonly BudgetAccount[];
  readonly price: Price | undefined;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const LEASE_MARGIN_MS = 30_000;

export function askOf(
  { request, id, atMs, accounts, price }: Asking,
  about: { readonly inputTokens: number; readonly wanted: WantedLength; readonly place: string | undefined },
): ReservationAsk {
  const { inputTokens, wanted, place } = about;
  const cost = costOf(request, price, inputTokens);
  return { id, lines: linesOf(accounts), cost, wanted, atMs, leaseMs: leaseOf(request), place };
}

export function leaseOf({ timeoutMs = DEFAULT_TIMEOUT_MS }: ReserveRequest): number {
  return timeoutMs + LEASE_MARGIN_MS;
}

export function costOf(request: ReserveRequest, price: Price | undefined, inputTokens: number): CostLine {
  if (!price) return { inputMicros: 0, inputTokens, outputMicros: 0 };
  const rates = highestRates(price, inputTokens, { cacheWrites: request.cacheWrites });
  return { inputMicros: inputTokens * rates.inputMicros, inputTokens, outputMicros: rates.outputMicros };
}
