import type { Ledger, UsageFilter, UsageSum } from '#platform';
import type { Amount } from '../../domain/budget/amount.ts';
import type { BudgetAccount, BudgetScope } from '../../domain/budget/rule.ts';
import { MINUTE_MS } from '../../domain/budget/window.ts';
import type { Seed } from '../../ports/budget-store.ts';
import { SharedReads } from '../kept-reads.ts';

/** What was spent before a store knew of a budget. */
export interface BudgetHistory {
  spentUnder(account: BudgetAccount): Promise<Seed>;
}

/** Rows on their way into the ledger, as the journal holds them. */
export interface RowsUnderWay {
  /** True while rows that fit are not in the ledger yet. */
  pending(filter: UsageFilter): boolean;
  flush(): Promise<void>;
}

/**
 * Reads it from the usage ledger, once everything that counts under the budget has arrived there. Those who ask for the
 * same budget meanwhile are told the same: after a start a crowd of calls needs one sum of a month, not one each.
 */
export function createLedgerHistory(ledger: Pick<Ledger, 'sumUsage'>, underWay?: RowsUnderWay): BudgetHistory {
  const read = async ({ key, scope, window, span }: BudgetAccount): Promise<Seed> => {
    const { fromMs, toMs, forgetAtMs } = span;
    const filter: UsageFilter = { ...filterOf(scope), from: fromMs, ...(toMs === null ? {} : { to: toMs }) };
    if (underWay?.pending(filter)) await underWay.flush();
    const common = { key, window, forgetAtMs };
    if (window !== 'rolling-hour') {
      const [sum] = await ledger.sumUsage(filter, []);
      return { ...common, spent: amountOfSum(sum) };
    }
    const sums = await ledger.sumUsage(filter, ['minute']);
    const byMinute = sums.map((sum) => ({
      minute: Date.parse(`${sum.group.minute}:00Z`) / MINUTE_MS,
      spent: amountOfSum(sum),
    }));
    return { ...common, spent: { micros: 0, tokens: 0 }, byMinute };
  };
  const sums = new SharedReads<string, Seed>();
  return { spentUnder: (account) => sums.of(account.key, () => read(account)).value };
}

/** Nothing is known of the past: for stores that keep what was settled themselves, and for tests. */
export const noHistory: BudgetHistory = {
  async spentUnder({ key, window, span }) {
    return { key, window, spent: { micros: 0, tokens: 0 }, forgetAtMs: span.forgetAtMs };
  },
};

function filterOf(scope: BudgetScope): UsageFilter {
  if (scope.level === 'cell') return {};
  if (scope.level === 'tenant') return { tenant: scope.tenant };
  if (scope.level === 'agent') return { tenant: scope.tenant, agent: scope.agent };
  return { tenant: scope.tenant, task: scope.task };
}

function amountOfSum(sum: UsageSum | undefined): Amount {
  return sum ? { micros: sum.costMicros, tokens: sum.inputTokens + sum.outputTokens } : { micros: 0, tokens: 0 };
}
