import type { Clock, Ledger, Logger, UsageRow } from '#platform';

export interface JournalOptions {
  /** Of this process alone; made when it is missing. Whoever opens it holds a lock on the data folder around it. */
  readonly folder: string;
  readonly ledger: Pick<Ledger, 'recordUsage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long rows are gathered for one write into the ledger; default 500 ms. */
  readonly batchDelayMs?: number;
  /** Rows of one write at most; default 500. */
  readonly batchRows?: number;
  /** How often what was written is brought onto the disk: what a power cut may take; default 1,000 ms, 0 for never. */
  readonly syncEveryMs?: number;
  /** A file is ended at this size; default 8 MiB. */
  readonly segmentBytes?: number;
  /** All files together; beyond it new attempts are refused until the ledger takes rows again; default 512 MiB. */
  readonly maxBytes?: number;
  /** Told, batch by batch, what an earlier run left, once it is in the ledger: for `Budgets.recover`. */
  readonly onRecovered?: (attempts: readonly RecoveredAttempt[]) => Promise<void>;
  /** Rows held in memory on their way to the ledger; more stay in the files until there is room; default 20,000. */
  readonly maxPending?: number;
  /** Rows of calls that were refused before they were sent, a minute for each caller and cause; default 60. */
  readonly refusedPerMinute?: number;
}

/** An attempt of an earlier run that the ledger had no row of, or whose end nobody heard of (outcome `lost`). */
export interface RecoveredAttempt {
  readonly row: UsageRow;
  readonly lost: boolean;
}
