import type { Readable } from 'node:stream';

/** Whole copies of the cell while it runs. */
export interface Backups {
  /** One archive (gzipped tar) of graph, ledger and task files as of one moment; without credentials or secrets. */
  create(): Promise<{ readonly stream: Readable }>;
}
