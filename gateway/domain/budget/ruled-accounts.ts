import { accountsFor, type BudgetAccount, type BudgetPath, type BudgetRule } from './rule.ts';
import { minuteOf } from './window.ts';

const MOST_PATHS = 1_000;

/** The budgets of a list of rules for each path, worked out once a minute: no window changes within one. */
export class RuledAccounts {
  private readonly byPath = new Map<string, readonly BudgetAccount[]>();
  private minute = -1;

  constructor(private readonly rules: readonly BudgetRule[]) {}

  accountsFor(path: BudgetPath, atMs: number): readonly BudgetAccount[] {
    const minute = minuteOf(atMs);
    if (minute !== this.minute || this.byPath.size >= MOST_PATHS) this.byPath.clear();
    this.minute = minute;
    const name = `${path.tenant}\n${path.agent}\n${path.task ?? ''}`;
    const known = this.byPath.get(name);
    if (known) return known;
    const accounts = accountsFor(this.rules, path, atMs);
    this.byPath.set(name, accounts);
    return accounts;
  }
}
