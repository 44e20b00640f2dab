import { type Clock, type Logger, newId } from '#platform';
import { type Awaitable, andThen } from '../../domain/awaitable.ts';
import { NO_AMOUNT } from '../../domain/budget/amount.ts';
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
import type { PriceList } from '../../domain/price/price-list.ts';
import type { BudgetStore, ReservationAsk, ReserveAnswer } from '../../ports/budget-store.ts';
import { type Asking, askOf, costOf, leaseOf, type ReserveRequest } from './asking.ts';
import { capped, linesOf } from './budget-lines.ts';
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

/** What is spent and held under one budget of a path. */
export interface BudgetStatus {
  readonly account: BudgetAccount;
  readonly settledMicros: number;
  readonly settledTokens: number;
  readonly openMicros: number;
  readonly openTokens: number;
}

export type { ReserveRequest } from './asking.ts';

export interface Budgets {
  /**
   * Errors: KAZE_BUDGET_EXHAUSTED, KAZE_BUDGET_BUSY (with retryAfterMs), KAZE_BUDGET_PRICE_UNKNOWN,
   * KAZE_BUDGET_UNAVAILABLE; the signal's reason once it aborts.
   */
  reserve(request: ReserveRequest, options?: { readonly signal?: Ending }): Awaitable<Reservation>;
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

const DEFAULT_MAX_WAIT_MS = 10_000;
const DEFAULT_MAX_WAITING = 5_000;
/** Without a limit of the caller's, and with plenty of room, an answer may have this many tokens or four times the usual. */
const COMFORT_TOKENS = 4_096;
/** Between tries of the first in line: another process may have freed room; a lease may have ended. */
const POLL_MS = { shared: 50, own: 500 };

type Granted = Extract<ReserveAnswer, { state: 'granted' }>;

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

  reserve(asked: ReserveRequest, { signal }: { signal?: Ending } = {}): Awaitable<Reservation> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { store, clock, prices } = this.options;
    const atMs = clock.now();
    const accounts = this.accounts(asked, atMs);
    const request = asked.unseen && accounts.length > 0 ? { ...asked, extendable: false } : asked;
    const price = prices.of(request.model, atMs);
    const moneyCap = price ? undefined : accounts.find(({ mode, maxMicros }) => mode === 'hard' && maxMicros !== null);
    if (moneyCap) return Promise.reject(priceUnknown(request.model, moneyCap));
    const asking: Asking = { request, signal, id: request.id ?? newId(), atMs, accounts, price };
    if (accounts.length === 0) return this.unheld(asking);
    if (this.lines.occupied(capped(accounts)) !== undefined) return this.inTurn(asking);
    const ask = this.askOf(asking, request.inputTokenBound);
    return andThen(store.reserve(ask), (answer) =>
      answer.state === 'granted' && !signal?.aborted ? this.granted(asking, ask, answer) : this.inTurn(asking),
    );
  }

  private unheld(asking: Asking): Reservation {
    const { request, id, atMs, price } = asking;
    const { most } = this.wanted(request);
    const cost = costOf(request, price, request.inputTokenBound);
    const deps = this.dependencies(asking);
    return new OpenReservation(deps, { id, atMs, cost, covered: most, limit: most, held: false });
  }

  private granted(asking: Asking, { wanted, cost }: ReservationAsk, { outputTokens }: Granted): Reservation {
    const { request, id, atMs } = asking;
    const limit = request.extendable ? Math.max(wanted.most, outputTokens) : outputTokens;
    const deps = this.dependencies(asking);
    return new OpenReservation(deps, { id, atMs, cost, covered: outputTokens, limit, held: true });
  }

  private askOf(asking: Asking, inputTokens: number, place?: string): ReservationAsk {
    return askOf(asking, { inputTokens, wanted: this.wanted(asking.request), place });
  }

  /** For one that does not fit at once: seeds budgets, has its input counted, waits. */
  private async inTurn(asking: Asking): Promise<Reservation> {
    const { request, signal, id, atMs, accounts } = asking;
    let inputTokens = request.inputTokenBound;
    let counted = request.countInput === undefined;
    let ask: ReservationAsk;
    const attempt = async (place?: string): Promise<Try> => {
      for (;;) {
        // The usual length is asked for anew: what ended meanwhile has taught it.
        ask = this.askOf(asking, inputTokens, place);
        const answer = await this.ask(ask, accounts);
        if (answer.state === 'granted' || counted) return answer;
        // It may only be the bound that is too wide.
        counted = true;
        const exact = await request.countInput?.(signal && signalOf(signal)).catch(() => undefined);
        if (exact === undefined || exact >= inputTokens) return answer;
        inputTokens = exact;
      }
    };
    const before = this.lines.occupied(capped(accounts));
    const first = before === undefined ? await attempt() : ({ state: 'busy', key: before } as const);
    const answer = first.state === 'busy' ? await this.wait(first.key, { request, id, attempt, signal }) : first;
    if (answer.state === 'exhausted') {
      this.notices.usedUp(answer.key, accounts);
      const balances = await this.options.store.balances(linesOf(accounts), atMs).catch(() => []);
      throw exhausted(answer, accounts, ask!, balances);
    }
    const reservation = this.granted(asking, ask!, answer);
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
          if (waiting.left) void andThen(this.settlements.settle(id, NO_AMOUNT), () => this.serve(this.lines.keys()));
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

  private dependencies({ request, price, accounts }: Asking): ReservationDeps {
    const { store, clock } = this.options;
    const model = nameOf(request.model);
    return {
      price,
      settlements: this.settlements,
      extend: (id, outputTokens) =>
        store.extend(id, { lines: linesOf(accounts), outputTokens, leaseMs: leaseOf(request) }),
      ended: ({ atMs, outputTokens, limit, balances }) => {
        if (outputTokens !== undefined) {
          const cut = request.outputTokensWanted === undefined && outputTokens >= limit;
          this.lengths.observe(model, request.taskType ?? null, { outputTokens, cut });
        }
        this.heldMs += (Math.max(1, clock.now() - atMs) - this.heldMs) / 16;
        this.notices.after(balances, accounts);
        if (this.lines.size > 0) this.serve(this.lines.keys());
      },
    };
  }

  private retryAfterMs(key: string): number {
    const turns = 1 + this.lines.sizeOf(key) / 32;
    return Math.round(Math.min(60_000, Math.max(250, this.heldMs * turns)));
  }
}

function nameOf({ provider, name }: { provider: string; name: string }): string {
  return `${provider}/${name}`;
}
