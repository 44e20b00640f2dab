import type { Logger } from '#platform';
import type { BudgetAccount } from '../../domain/budget/rule.ts';
import type { Balance } from '../../ports/budget-store.ts';

export interface BudgetNotice {
  /** `running-out`: the share of `warnAt` is spent; `used-up`: the limit itself, or too little is left for a call. */
  readonly what: 'running-out' | 'used-up';
  readonly account: BudgetAccount;
  readonly spentMicros: number | null;
  readonly spentTokens: number | null;
}

const REMEMBERED = 10_000;

/** Tells each of both once per budget and window, in this process. */
export class Notices {
  private readonly told = new Set<string>();

  constructor(
    private readonly logger: Logger,
    private readonly listener: ((notice: BudgetNotice) => void) | undefined,
  ) {}

  after(balances: readonly Balance[], accounts: readonly BudgetAccount[]): void {
    for (const { key, settled } of balances) {
      for (const account of accounts) {
        if (account.key !== key) continue;
        const share = Math.max(
          account.maxMicros === null ? 0 : settled.micros / account.maxMicros,
          account.maxTokens === null ? 0 : settled.tokens / account.maxTokens,
        );
        const spent = { spentMicros: settled.micros, spentTokens: settled.tokens };
        if (share >= 1) this.tell({ what: 'used-up', account, ...spent });
        else if (share >= account.warnAt) this.tell({ what: 'running-out', account, ...spent });
      }
    }
  }

  usedUp(key: string, accounts: readonly BudgetAccount[]): void {
    const account = accounts.find((one) => one.key === key && one.mode === 'hard');
    if (account) this.tell({ what: 'used-up', account, spentMicros: null, spentTokens: null });
  }

  private tell(notice: BudgetNotice): void {
    const { what, account } = notice;
    const id = `${what} ${account.mode} ${account.key}`;
    if (this.told.has(id)) return;
    if (this.told.size >= REMEMBERED) this.told.clear();
    this.told.add(id);
    this.logger.warn({ budget: account.key, mode: account.mode, what }, 'gateway: a budget runs out or is used up');
    this.listener?.(notice);
  }
}
