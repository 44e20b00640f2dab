import { type Awaitable, andThen } from '../../domain/awaitable.ts';
import { type Amount, amountOf, type CostLine, NO_AMOUNT } from '../../domain/budget/amount.ts';
import { costMicros, type PricedUsage } from '../../domain/price/cost.ts';
import type { Price } from '../../domain/price/price-list.ts';
import type { Balance } from '../../ports/budget-store.ts';
import type { Reservation, Settled, StreamedSoFar } from './reservation.ts';
import type { Settlements } from './settlements.ts';

export interface ReservationDeps {
  readonly price: Price | undefined;
  readonly settlements: Settlements;
  /** Gives how much output is covered afterwards. */
  extend(id: string, outputTokens: number): Promise<number>;
  ended(facts: {
    readonly atMs: number;
    /** Undefined for a call that was not answered. */
    readonly outputTokens: number | undefined;
    readonly limit: number;
    readonly balances: readonly Balance[];
  }): void;
}

export interface ReservationFacts {
  readonly id: string;
  readonly atMs: number;
  readonly cost: CostLine;
  readonly covered: number;
  readonly limit: number;
  /** False where no budget holds: there is nothing to settle. */
  readonly held: boolean;
}

export class OpenReservation implements Reservation {
  readonly id: string;
  readonly outputTokens: number;
  readonly atMs: number;
  private covered: number;
  private ended = false;

  constructor(
    private readonly deps: ReservationDeps,
    private readonly facts: ReservationFacts,
  ) {
    this.id = facts.id;
    this.atMs = facts.atMs;
    this.outputTokens = facts.limit;
    this.covered = facts.covered;
  }

  get coveredTokens(): number {
    return this.covered;
  }

  get amount(): Amount {
    return amountOf(this.facts.cost, this.covered);
  }

  cutAt({ outputTokens }: StreamedSoFar): boolean {
    if (!this.facts.held) return false;
    // The provider stops by itself at a limit that is covered; only one that goes on beyond it is cut.
    return this.covered < this.outputTokens ? outputTokens >= this.covered : outputTokens > this.covered;
  }

  async extend(): Promise<boolean> {
    if (this.ended || !this.facts.held) return !this.ended;
    const before = this.covered;
    // Doubling asks the store seldom; a provider that went beyond its limit gets room too, while there is some.
    const wanted = before < this.outputTokens ? Math.min(this.outputTokens, before * 2) : before * 2;
    try {
      this.covered = Math.max(before, await this.deps.extend(this.id, wanted));
    } catch {
      return false;
    }
    return this.covered > before;
  }

  settle(usage: PricedUsage): Awaitable<Settled> {
    const { price } = this.deps;
    const used = {
      micros: price ? costMicros(price, usage) : 0,
      tokens: usage.inputTokens + usage.outputTokens,
    };
    const { micros, tokens } = this.amount;
    const overMicros = Math.max(0, used.micros - micros);
    const overTokens = Math.max(0, used.tokens - tokens);
    return andThen(this.end(used, usage.outputTokens), () => ({ costMicros: used.micros, overMicros, overTokens }));
  }

  release(): Awaitable<void> {
    return this.end(NO_AMOUNT, undefined);
  }

  private end(used: Amount, outputTokens: number | undefined): Awaitable<void> {
    if (this.ended) return;
    this.ended = true;
    const { atMs, outputTokens: limit } = this;
    const settled = this.facts.held ? this.deps.settlements.settle(this.id, used) : [];
    return andThen(settled, (balances) => this.deps.ended({ atMs, outputTokens, limit, balances }));
  }
}
