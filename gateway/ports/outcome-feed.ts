import type { Ledger } from '#platform';
import type { TaskOutcome } from '../domain/choice/score.ts';

/** Where the cell tells how tasks ended, for the choice that learns. */
export interface OutcomeFeed {
  /** Kept once it resolves; telling the same (by id) again changes nothing. Errors: those of the ledger. */
  record(outcomes: readonly TaskOutcome[]): Promise<void>;
}

/** Where calls are looked up, and where it is kept how their tasks ended. */
export interface Judgements {
  readonly usage: Pick<Ledger, 'usageRows' | 'sumUsage' | 'judgedUse'>;
  readonly outcomes: OutcomeFeed;
}
