import { type Clock, type Logger, newId } from '#platform';
import { type CostLine, NO_AMOUNT } from '../../domain/budget/amount.ts';
import { budgetError } from '../../domain/budget/errors.ts';
import type { WantedLength } from '../../domain/budget/grant.ts';
import {
  accountsFor,
  type BudgetAccount,
  type BudgetPath,
  type BudgetRule,
  checkRules,
} from '../../domain/budget/rule.ts';
import { RuledAccounts } from '../../domain/budget/ruled-accounts.ts';
import { UsualLengths } from '../../domain/budget/usual-length.ts';
import { type Ending, signalOf } from '../../domain/ending.ts';
import { highestRates } from '../../domain/price/cost.ts';
import type { Price, PriceList } from '../../domain/price/price-list.ts';
import type { BudgetStore, ReservationAsk } from '../../ports/budget-store.ts';
import { linesOf } from './budget-lines.ts';
import { busy, exhausted, priceUnknown } from './failures.ts';
import type { BudgetHistory } from './history.ts';
import { type BudgetNotice, Notices } from './notices.ts';
import { OpenReservation, type ReservationDeps } from './open-reservation.ts';
import type { Reservation } from './reservation.ts';
import { Settlements } from './settlements.ts';
import { type Try, type Waiting, WaitingLines } from './waiting-line.ts';

export interface BudgetsOptions {
  readonly store: BudgetStore;
  readonly prices: PriceList;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where a store learns what was spent before it knew of a budget. */
  readonly history: BudgetHistory;
  readonly rules?: readonly BudgetRule[];
  /** How long a call waits at most for others to end; default 10,000 ms. */
  readonly maxWaitMs?: number;
  /** How many calls may wait before one budget; default 5,000. */
  readonly maxWaiting?: number;
  /** Told once per budget and window: it runs out (warnAt), it is used up. */
  readonly onNotice?: (notice: BudgetNotice) => void;
}

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

/** What is spent and held under one budget of a path. */
export interface BudgetStatus {
  readonly account: BudgetAccount;
  readonly settledMicros: number;
  readonly settledTokens: number;
  readonly openMicros: number;
  readonly openTokens: number;
}

export interface Budgets {
  /**
   * Errors: KAZE_BUDGET_EXHAUSTED, KAZE_BUDGET_BUSY (with retryAfterMs), KAZE_BUDGET_PRICE_UNKNOWN,
   * KAZE_BUDGET_UNAVAILABLE; the signal's reason once it aborts.
   */
  reserve(request: ReserveRequest, options?: { readonly signal?: Ending }): Promise<Reservation>;
  /** Holds for calls that begin after it. Errors: KAZE_BUDGET_RULE_INVALID. */
  setRules(rules: readonly BudgetRule[]): void;
  readonly rules: readonly BudgetRule[];
  status(path: BudgetPath): Promise<readonly BudgetStatus[]>;
  /** What a journal found unfinished or unsettled of an earlier run: charged once, whatever was charged already. */
  recover(
    rows: readonly { id: string; costMicros: number; inputTokens: number; outputTokens: number }[],
  ): Promise<void>;
  readonly waiting: number;
  /** Waits for what is still to be settled, for a short time, and ends what waits with KAZE_BUDGET_BUSY. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const LEASE_MARGIN_MS = 30_000;
const DEFAULT_MAX_WAIT_MS = 10_000;
const DEFAULT_MAX_WAITING = 5_000;
/** Without a limit of the caller's, and with plenty of room, an answer may have this many tokens or four times the usual. */
const COMFORT_TOKENS = 4_096;
/** Between tries of the first in line: another process may have freed room; a lease may have ended. */
const POLL_MS = { shared: 50, own: 500 };

export function createBudgets(options: BudgetsOptions): Budgets {
  return new TreeBudgets(options);
}

class TreeBudgets implements Budgets {
  rules: readonly BudgetRule[] = [];
  private readonly lengths = new UsualLengths();
  private readonly lines = new WaitingLines();
  private readonly settlements: Settlements;
  private readonly notices: Notices;
  private readonly closing = new AbortController();
  private readonly shutters = new Set<() => void>();
  private ruled = new RuledAccounts([]);
  private polling = false;
  /** Moving average of how long reservations are held: what a caller is told to wait. */
  private heldMs = 1_000;

  constructor(private readonly options: BudgetsOptions) {
    this.setRules(options.rules ?? []);
    this.notices = new Notices(options.logger, options.onNotice);
    this.settlements = new Settlements(options.store, options.clock, options.logger);
  }

  get waiting(): number {
    return this.lines.size;
  }

  setRules(rules: readonly BudgetRule[]): void {
    checkRules(rules);
    this.rules = [...rules];
    this.ruled = new RuledAccounts(this.rules);
  }

  async reserve(asked: ReserveRequest, { signal }: { signal?: Ending } = {}): Promise<Reservation> {
    signal?.throwIfAborted();
    const { store, clock, prices } = this.options;
    const atMs = clock.now();
    const accounts = this.accounts(asked, atMs);
    const request = asked.unseen && accounts.length > 0 ? { ...asked, extendable: false } : asked;
    const price = prices.of(request.model, atMs);
    const moneyCap = accounts.find((account) => account.mode === 'hard' && account.maxMicros !== null);
    if (!price && moneyCap) throw priceUnknown(request.model, moneyCap);
    const id = request.id ?? newId();
    const deps = this.dependencies(request, price, accounts);
    if (accounts.length === 0) {
      const wanted = this.wanted(request);
      const cost = costOf(request, price, request.inputTokenBound);
      return new OpenReservation(deps, { id, atMs, cost, covered: wanted.most, limit: wanted.most, held: false });
    }
    const lines = linesOf(accounts);
    const hard = lines.filter(({ maxMicros, maxTokens }) => maxMicros !== null || maxTokens !== null);
    let inputTokens = request.inputTokenBound;
    let counted = request.countInput === undefined;
    const leaseMs = (request.timeoutMs ?? DEFAULT_TIMEOUT_MS) + LEASE_MARGIN_MS;
    let ask: ReservationAsk;
    const attempt = async (place?: string): Promise<Try> => {
      for (;;) {
        const cost = costOf(request, price, inputTokens);
        // The usual length is asked for anew: what ended meanwhile has taught it.
        ask = { id, lines, cost, wanted: this.wanted(request), atMs, leaseMs, place };
        const answer = await this.ask(ask, accounts);
        if (answer.state === 'granted' || counted) return answer;
        // It may only be the bound that is too wide.
        counted = true;
        const exact = await request.countInput?.(signal && signalOf(signal)).catch(() => undefined);
        if (exact === undefined || exact >= inputTokens) return answer;
        inputTokens = exact;
      }
    };
    const before = this.lines.occupied(hard.map(({ key }) => key));
    const first = before === undefined ? await attempt() : ({ state: 'busy', key: before } as const);
    const answer = first.state === 'busy' ? await this.wait(first.key, { request, id, attempt, signal }) : first;
    if (answer.state === 'exhausted') {
      this.notices.usedUp(answer.key, accounts);
      throw exhausted(answer, accounts, ask!, await store.balances(lines, atMs).catch(() => []));
    }
    const { wanted, cost } = ask!;
    const limit = request.extendable ? Math.max(wanted.most, answer.outputTokens) : answer.outputTokens;
    const reservation = new OpenReservation(deps, { id, atMs, cost, covered: answer.outputTokens, limit, held: true });
    if (signal?.aborted) {
      await reservation.release();
      signal.throwIfAborted();
    }
    return reservation;
  }

  async status(path: BudgetPath): Promise<readonly BudgetStatus[]> {
    const { store, clock, history } = this.options;
    const atMs = clock.now();
    const accounts = accountsFor(this.rules, path, atMs);
    await store.seed(await Promise.all(accounts.map((account) => history.spentUnder(account))));
    const balances = await store.balances(linesOf(accounts), atMs);
    return accounts.map((account) => {
      const { settled, open } = balances.find(({ key }) => key === account.key) ?? {
        settled: NO_AMOUNT,
        open: NO_AMOUNT,
      };
      const [settledMicros, settledTokens, openMicros, openTokens] = [
        settled.micros,
        settled.tokens,
        open.micros,
        open.tokens,
      ];
      return { account, settledMicros, settledTokens, openMicros, openTokens };
    });
  }

  async recover(
    rows: readonly { id: string; costMicros: number; inputTokens: number; outputTokens: number }[],
  ): Promise<void> {
    for (const { id, costMicros, inputTokens, outputTokens } of rows) {
      await this.options.store.settle(id, { micros: costMicros, tokens: inputTokens + outputTokens });
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    for (const shut of this.shutters) shut();
    await this.settlements.close();
  }

  private accounts(request: ReserveRequest, atMs: number): readonly BudgetAccount[] {
    const { attribution, taskCap } = request;
    const accounts = this.ruled.accountsFor(attribution, atMs);
    if (!taskCap || attribution.task === null) return accounts;
    const scope = { level: 'task', tenant: attribution.tenant, task: attribution.task } as const;
    return [...accounts, ...accountsFor([{ scope, window: 'total', ...taskCap }], attribution, atMs)];
  }

  private wanted(request: ReserveRequest): WantedLength {
    const { model, outputTokensWanted, taskType, extendable } = request;
    const limit = Math.min(outputTokensWanted ?? model.maxOutputTokens, model.maxOutputTokens);
    const { usual, least } = this.lengths.of(nameOf(model), taskType ?? null);
    const fit = Math.min(usual, limit);
    if (extendable) return { least: Math.min(least, fit), usual: fit, most: limit };
    if (outputTokensWanted !== undefined) return { least: limit, usual: limit, most: limit };
    const most = Math.min(limit, Math.max(COMFORT_TOKENS, 4 * usual));
    return { least: Math.min(least, fit), usual: fit, most };
  }

  private async ask(ask: ReservationAsk, accounts: readonly BudgetAccount[]): Promise<Try> {
    const { store, history } = this.options;
    for (let tries = 0; ; tries += 1) {
      const answer = await store.reserve(ask);
      if (answer.state !== 'unseeded') return answer;
      if (tries === 5) {
        throw budgetError('KAZE_BUDGET_FAILED', `the budget ${answer.keys[0]} is forgotten as soon as it is seeded`);
      }
      const missing = accounts.filter(({ key }, at) => {
        return answer.keys.includes(key) && accounts.findIndex((other) => other.key === key) === at;
      });
      await store.seed(await Promise.all(missing.map((account) => history.spentUnder(account))));
    }
  }

  private wait(
    key: string,
    call: {
      request: ReserveRequest;
      id: string;
      attempt: (place?: string) => Promise<Try>;
      signal?: Ending;
    },
  ): Promise<Exclude<Try, { state: 'busy' }>> {
    const { clock, store } = this.options;
    const { request, id, attempt, signal } = call;
    const waitMs = this.options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS;
    const refused = (reason: string) => busy({ key, reason, retryAfterMs: this.retryAfterMs(key), waitMs });
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.closing.signal.aborted) return Promise.reject(refused('is ending'));
    if (waitMs <= 0) return Promise.reject(refused('waits for nothing'));
    if (this.lines.sizeOf(key) >= (this.options.maxWaiting ?? DEFAULT_MAX_WAITING)) {
      return Promise.reject(refused('has a full line'));
    }
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const end = (finish: () => void) => {
        if (waiting.left) return;
        waiting.left = true;
        over.abort();
        signal?.removeEventListener('abort', abort);
        this.shutters.delete(shut);
        finish();
      };
      const leave = (error: unknown) =>
        end(() => {
          reject(error);
          void store.leave(id, this.lines.keys()).catch(() => {});
          this.serve(this.lines.keys());
        });
      const waiting: Waiting = {
        tenant: request.attribution.tenant,
        left: false,
        attempt: () => attempt(store.capabilities.sharedBetweenProcesses ? id : undefined),
        granted: (answer) => {
          if (waiting.left) void this.settlements.settle(id, NO_AMOUNT).then(() => this.serve(this.lines.keys()));
          else end(() => resolve(answer));
        },
        exhausted: (answer) => end(() => resolve(answer)),
        failed: (error) => end(() => reject(error)),
      };
      const abort = () => leave(signal?.reason);
      const shut = () => leave(refused('is ending'));
      signal?.addEventListener('abort', abort, { once: true });
      this.shutters.add(shut);
      clock.sleep(waitMs, over.signal).then(
        () => leave(refused('waited')),
        () => {},
      );
      this.lines.join(key, waiting);
      this.serve([key]);
      void this.poll();
    });
  }

  private serve(keys: readonly string[]): void {
    for (const key of keys) {
      void this.lines.serve(key).catch((error: unknown) => {
        this.options.logger.error({ error: String(error) }, 'gateway: a line before a budget could not be served');
      });
    }
  }

  /** While anybody waits: room may appear without a call of this process ending. */
  private async poll(): Promise<void> {
    if (this.polling) return;
    this.polling = true;
    const { clock, store } = this.options;
    const pauseMs = store.capabilities.sharedBetweenProcesses ? POLL_MS.shared : POLL_MS.own;
    try {
      while (this.lines.keys().length > 0 && !this.closing.signal.aborted) {
        // Jitter, so that processes do not ask in step.
        await clock.sleep(pauseMs * (0.5 + Math.random()), this.closing.signal);
        this.serve(this.lines.keys());
      }
    } catch {
      // Closed meanwhile.
    } finally {
      this.polling = false;
    }
  }

  private dependencies(
    request: ReserveRequest,
    price: Price | undefined,
    accounts: readonly BudgetAccount[],
  ): ReservationDeps {
    const { store, clock } = this.options;
    const model = nameOf(request.model);
    const leaseMs = (request.timeoutMs ?? DEFAULT_TIMEOUT_MS) + LEASE_MARGIN_MS;
    const lines = linesOf(accounts);
    return {
      price,
      settlements: this.settlements,
      extend: (id, outputTokens) => store.extend(id, { lines, outputTokens, leaseMs }),
      ended: ({ atMs, outputTokens, limit, balances }) => {
        if (outputTokens !== undefined) {
          const cut = request.outputTokensWanted === undefined && outputTokens >= limit;
          this.lengths.observe(model, request.taskType ?? null, { outputTokens, cut });
        }
        this.heldMs += (Math.max(1, clock.now() - atMs) - this.heldMs) / 16;
        this.notices.after(balances, accounts);
        this.serve(this.lines.keys());
      },
    };
  }

  private retryAfterMs(key: string): number {
    const turns = 1 + this.lines.sizeOf(key) / 32;
    return Math.round(Math.min(60_000, Math.max(250, this.heldMs * turns)));
  }
}

function costOf(request: ReserveRequest, price: Price | undefined, inputTokens: number): CostLine {
  if (!price) return { inputMicros: 0, inputTokens, outputMicros: 0 };
  const rates = highestRates(price, inputTokens, { cacheWrites: request.cacheWrites });
  return { inputMicros: inputTokens * rates.inputMicros, inputTokens, outputMicros: rates.outputMicros };
}

function nameOf({ provider, name }: { provider: string; name: string }): string {
  return `${provider}/${name}`;
}
