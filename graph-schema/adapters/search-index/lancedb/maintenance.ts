import type { Table } from '@lancedb/lancedb';
import type { Clock, Logger } from '#platform';
import { createVectorIndex, hasVectorIndex, textIndexCoverage } from './table.ts';

export interface MaintenanceOptions {
  readonly table: () => Table;
  /** Runs a task alone among the writers. */
  readonly exclusively: <T>(task: () => Promise<T>) => Promise<T>;
  /** Called when searches should look again which indexes there are. */
  readonly indexed: () => void;
  /** Called when no row is left in a small file of its own. */
  readonly compacted: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly vectorIndexFrom: number;
  readonly unindexedRows: number;
}

/** Old versions of the table are kept this long, for readers that began before a write. */
const KEEP_VERSIONS_MS = 60_000;
/** At most this share of the time goes into compaction while writes go on. */
const DUTY = 0.1;
const COMMITS_PER_COMPACTION = 200;
/** When nobody has searched or written for so long, fewer rows are reason enough: each costs every search some 25 µs. */
const QUIET_MS = 60_000;
const QUIET_ROWS = 100;

/**
 * Keeps the table fast without being asked: every commit adds a file and a version, new rows are searched one by one
 * until the indexes take them in, and above `vectorIndexFrom` vectors comparing them all takes too long.
 */
export class Maintenance {
  private running: Promise<void> | undefined;
  private commits = 0;
  private rows = 0;
  private notBefore = 0;
  private lastUse = 0;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: MaintenanceOptions) {}

  /** @param rows that an earlier process left and no index has taken in */
  start(rows: number): void {
    this.used();
    this.rows += rows;
    this.timer = setInterval(() => this.inQuiet(), QUIET_MS).unref();
  }

  /** To be called with each search. */
  used(): void {
    this.lastUse = this.options.clock.now();
  }

  /** To be called after each commit; starts work in the background when there is enough of it. */
  wrote(rows: number): void {
    this.used();
    this.commits += 1;
    this.rows += rows;
    if (this.rows >= this.options.unindexedRows || this.commits >= COMMITS_PER_COMPACTION) this.begin();
  }

  private inQuiet(): void {
    if (this.rows >= QUIET_ROWS && this.options.clock.now() - this.lastUse >= QUIET_MS) this.begin();
  }

  private begin(): void {
    if (this.running || this.stopped || this.options.clock.now() < this.notBefore) return;
    this.run().catch((error: unknown) => {
      if (this.stopped) return;
      this.options.logger.warn({ error: String(error) }, 'search index: compaction failed; it is tried again later');
    });
  }

  /** Resolves when everything written before the call is in the indexes. */
  async run(): Promise<void> {
    while (this.running) await this.running.catch(() => {});
    if (this.stopped) return;
    this.running = this.work().finally(() => {
      this.running = undefined;
    });
    await this.running;
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  private async work(): Promise<void> {
    const { clock } = this.options;
    const started = clock.now();
    await this.options.exclusively(async () => {
      this.commits = 0;
      this.rows = 0;
      await this.options.table().optimize({ cleanupOlderThan: new Date(Date.now() - KEEP_VERSIONS_MS) });
      this.options.compacted();
    });
    this.notBefore = clock.now() + (clock.now() - started) / DUTY;
    await this.buildVectorIndex();
  }

  /** Minutes at 200k vectors, so writers do not wait for it: what they add meanwhile is taken in by the next run. */
  private async buildVectorIndex(): Promise<void> {
    const table = this.options.table();
    if (await hasVectorIndex(table)) return;
    const vectors = await table.countRows("model <> ''");
    if (vectors < this.options.vectorIndexFrom || this.stopped) return;
    const started = this.options.clock.now();
    await createVectorIndex(table);
    this.options.indexed();
    const tookMs = this.options.clock.now() - started;
    this.options.logger.info({ vectors, tookMs }, 'search index: the vector index is built');
  }
}

/** True while the text index was made on no or almost no rows, and so ranks the others badly. */
export async function ranksBadly(table: Table): Promise<boolean> {
  const { indexed, unindexed } = await textIndexCoverage(table);
  return indexed < 200 && unindexed > indexed;
}
