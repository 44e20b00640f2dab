import type { TaskOutcome } from '../domain/choice/score.ts';

/** Where the cell tells how tasks ended, for the choice that learns. */
export interface OutcomeFeed {
  /** Kept once it resolves; telling the same (by id) again changes nothing. Errors: those of the ledger. */
  record(outcomes: readonly TaskOutcome[]): Promise<void>;
}
