import type { Amount } from '../../../domain/budget/amount.ts';
import type { Standing } from '../../../domain/budget/grant.ts';
import { type BudgetWindow, firstMinute, minuteOf } from '../../../domain/budget/window.ts';
import type { Balance, BudgetLine, Seed } from '../../../ports/budget-store.ts';

/** One budget's counters. A rolling hour keeps what was settled by the minute in which the calls began. */
export class Account {
  openMicros = 0;
  openTokens = 0;
  private settledMicros = 0;
  private settledTokens = 0;
  private readonly minutes = new Map<number, { micros: number; tokens: number }>();

  constructor(
    readonly key: string,
    private readonly window: BudgetWindow,
    /** By the store's clock. */
    public usedAtMs: number,
  ) {}

  seed({ spent, byMinute }: Seed): void {
    if (this.window !== 'rolling-hour') {
      this.settledMicros += spent.micros;
      this.settledTokens += spent.tokens;
    }
    for (const { minute, spent: amount } of byMinute ?? []) this.add(minute, amount);
  }

  hold(amount: Amount, sign: 1 | -1, nowMs = this.usedAtMs): void {
    this.usedAtMs = nowMs;
    this.openMicros += sign * amount.micros;
    this.openTokens += sign * amount.tokens;
  }

  settle(amount: Amount, atMs: number): void {
    if (this.window === 'rolling-hour') this.add(minuteOf(atMs), amount);
    this.settledMicros += amount.micros;
    this.settledTokens += amount.tokens;
  }

  /** @param nowMs by the clock of the calls: what is older than the window counts no more */
  standing({ maxMicros, maxTokens }: Pick<BudgetLine, 'maxMicros' | 'maxTokens'>, nowMs: number): Standing {
    if (this.window === 'rolling-hour') this.forgetBefore(firstMinute(nowMs));
    const { key, settledMicros, settledTokens, openMicros, openTokens } = this;
    return { key, maxMicros, maxTokens, settledMicros, settledTokens, openMicros, openTokens };
  }

  /** As `standing`, without limits. */
  balance(nowMs: number): Balance {
    if (this.window === 'rolling-hour') this.forgetBefore(firstMinute(nowMs));
    return {
      key: this.key,
      settled: { micros: this.settledMicros, tokens: this.settledTokens },
      open: { micros: this.openMicros, tokens: this.openTokens },
    };
  }

  private add(minute: number, amount: Amount): void {
    const held = this.minutes.get(minute) ?? { micros: 0, tokens: 0 };
    this.minutes.set(minute, { micros: held.micros + amount.micros, tokens: held.tokens + amount.tokens });
  }

  private forgetBefore(first: number): void {
    this.settledMicros = 0;
    this.settledTokens = 0;
    for (const [minute, amount] of this.minutes) {
      if (minute < first) {
        this.minutes.delete(minute);
        continue;
      }
      this.settledMicros += amount.micros;
      this.settledTokens += amount.tokens;
    }
  }
}
