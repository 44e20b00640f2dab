/**
 * The budgets of one process, in its memory. What was settled is known again after a restart because whoever uses the
 * store seeds each budget from the ledger, which the journal fills before anything else begins.
 */
import type { Clock } from '#platform';
import { type Amount, amountOf, type CostLine, NO_AMOUNT } from '../../../domain/budget/amount.ts';
import { extension, grant, type Standing } from '../../../domain/budget/grant.ts';
import type {
  Balance,
  BudgetLine,
  BudgetStore,
  ReservationAsk,
  ReserveAnswer,
  Seed,
  SettleAnswer,
} from '../../../ports/budget-store.ts';
import { Account } from './account.ts';
import { RecentIds } from './recent-ids.ts';

export interface MemoryBudgetStoreOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** How long a reservation whose lease ended can still be settled with what was really used; default 1 hour. */
  readonly rememberMs?: number;
}

interface Held {
  readonly keys: readonly string[];
  readonly cost: CostLine;
  readonly atMs: number;
  outputTokens: number;
  amount: Amount;
  /** `charged`: its lease ended, and it was settled in full. */
  state: 'open' | 'charged';
  endsAtMs: number;
}

const REMEMBER_MS = 3_600_000;
/** Settled reservations whose ids are kept at least, so that one settled again is told apart from one never seen. */
const RECENT = 4_096;

export function createMemoryBudgetStore(options: MemoryBudgetStoreOptions): BudgetStore {
  return new MemoryBudgetStore(options);
}

class MemoryBudgetStore implements BudgetStore {
  readonly capabilities = { sharedBetweenProcesses: false, durable: false };
  private readonly accounts = new Map<string, Account>();
  private readonly held = new Map<string, Held>();
  private readonly recent = new RecentIds(RECENT);
  private readonly rememberMs: number;
  private nextSweepAtMs = 0;

  constructor(private readonly options: MemoryBudgetStoreOptions) {
    this.rememberMs = options.rememberMs ?? REMEMBER_MS;
  }

  reserve(ask: ReservationAsk): ReserveAnswer {
    this.sweep();
    const known = this.held.get(ask.id);
    if (known) return { state: 'granted', outputTokens: known.outputTokens, amount: known.amount };
    if (!ask.lines.every(({ key }) => this.accounts.has(key))) {
      const unseeded = ask.lines.filter(({ key }) => !this.accounts.has(key)).map(({ key }) => key);
      return { state: 'unseeded', keys: unseeded };
    }
    const answer = grant(ask.cost, ask.wanted, this.standings(ask.lines, ask.atMs));
    if (answer.state !== 'granted') return answer;
    const { outputTokens } = answer;
    const amount = amountOf(ask.cost, outputTokens);
    const keys = ask.lines.map(({ key }) => key);
    const nowMs = this.options.clock.now();
    for (const key of keys) this.accounts.get(key)!.hold(amount, 1, nowMs);
    const endsAtMs = nowMs + ask.leaseMs;
    this.held.set(ask.id, { keys, cost: ask.cost, atMs: ask.atMs, outputTokens, amount, state: 'open', endsAtMs });
    this.nextSweepAtMs = Math.min(this.nextSweepAtMs, endsAtMs);
    return { state: 'granted', outputTokens, amount };
  }

  async seed(seeds: readonly Seed[]): Promise<void> {
    for (const seed of seeds) {
      if (this.accounts.has(seed.key)) continue;
      const account = new Account(seed.key, seed.window, this.options.clock.now());
      account.seed(seed);
      this.accounts.set(seed.key, account);
    }
  }

  async extend(
    id: string,
    ask: { readonly lines: readonly BudgetLine[]; readonly outputTokens: number; readonly leaseMs: number },
  ): Promise<number> {
    this.sweep();
    const held = this.held.get(id);
    if (held?.state !== 'open') return held?.outputTokens ?? 0;
    const lines = ask.lines.filter(({ key }) => held.keys.includes(key));
    const lengths = { held: held.outputTokens, wanted: ask.outputTokens };
    const more = extension(held.cost, lengths, this.standings(lines, held.atMs));
    if (more > 0) {
      const amount = amountOf(held.cost, held.outputTokens + more);
      for (const key of held.keys) {
        this.accounts.get(key)?.hold(held.amount, -1);
        this.accounts.get(key)?.hold(amount, 1, this.options.clock.now());
      }
      held.outputTokens += more;
      held.amount = amount;
    }
    held.endsAtMs = this.options.clock.now() + ask.leaseMs;
    return held.outputTokens;
  }

  settle(id: string, used: Amount): SettleAnswer {
    this.sweep();
    const held = this.held.get(id);
    if (!held) return { state: this.recent.has(id) ? 'already' : 'unknown', balances: [] };
    const nowMs = this.options.clock.now();
    const charged = held.state === 'charged' ? held.amount : NO_AMOUNT;
    const rest = { micros: used.micros - charged.micros, tokens: used.tokens - charged.tokens };
    const balances: Balance[] = [];
    for (const key of held.keys) {
      const account = this.accounts.get(key);
      if (!account) continue;
      if (held.state === 'open') account.hold(held.amount, -1);
      account.settle(rest, held.atMs);
      account.usedAtMs = nowMs;
      balances.push(account.balance(held.atMs));
    }
    this.held.delete(id);
    this.recent.add(id);
    return { state: 'settled', balances };
  }

  // One process keeps its own line; there are no places to give up.
  async leave(): Promise<void> {}

  async balances(lines: readonly Pick<BudgetLine, 'key' | 'window'>[], atMs: number): Promise<readonly Balance[]> {
    this.sweep();
    return lines.map(
      ({ key }) => this.accounts.get(key)?.balance(atMs) ?? { key, settled: NO_AMOUNT, open: NO_AMOUNT },
    );
  }

  async healthy(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {}

  private standings(lines: readonly BudgetLine[], atMs: number): readonly Standing[] {
    return lines.map((line) => this.accounts.get(line.key)!.standing(line, atMs));
  }

  /** Charges what outlived its lease; forgets what ended long ago. At most once a second. */
  private sweep(): void {
    const now = this.options.clock.now();
    if (now < this.nextSweepAtMs) return;
    this.nextSweepAtMs = now + 1_000;
    for (const [id, held] of this.held) {
      if (held.endsAtMs > now) continue;
      if (held.state !== 'open') {
        this.held.delete(id);
        continue;
      }
      for (const key of held.keys) {
        this.accounts.get(key)?.hold(held.amount, -1);
        const account = this.accounts.get(key);
        account?.settle(held.amount, held.atMs);
        if (account) account.usedAtMs = now;
      }
      held.state = 'charged';
      held.endsAtMs = now + this.rememberMs;
    }
    // A budget that is not used is seeded again when it is; long enough after the last of its late corrections.
    for (const [key, account] of this.accounts) {
      if (account.openTokens === 0 && account.usedAtMs + 2 * this.rememberMs < now) this.accounts.delete(key);
    }
  }
}
