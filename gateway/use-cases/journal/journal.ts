import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, isKazeError, type Ledger, type Logger, type UsageFilter, type UsageRow } from '#platform';
import { journalError } from './errors.ts';
import { Refusals } from './refusals.ts';
import { type JournalEntry, readSegment, Segment } from './segment.ts';

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

export interface JournalState {
  readonly pendingRows: number;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Attempts, written to a local file before they are sent, and their rows after, on the way to the ledger.
 *
 * What `begin` and `end` wrote once they resolve outlives the process, whatever ends it. Calls of one turn of the event
 * loop share a write. A power cut may take what was written since the
 * last `syncEveryMs`. Rows reach the ledger in batches, at least once and by their ids, so once.
 */
export interface Journal {
  /**
   * The row that stands if nothing more is heard of the attempt: outcome `lost`, charged what was reserved.
   * Errors: KAZE_JOURNAL_UNAVAILABLE, KAZE_JOURNAL_FULL; the attempt must not be sent then.
   */
  begin(row: UsageRow): Promise<void>;
  /**
   * The row of what happened, with the id of `begin`. Without a `begin` the call was never sent: of refused ones only
   * `refusedPerMinute` a caller and cause are kept. Errors: KAZE_JOURNAL_UNAVAILABLE.
   */
  end(row: UsageRow): Promise<void>;
  /** Everything that has ended is in the ledger. Rejects with the ledger's error. */
  flush(): Promise<void>;
  /** True while rows that fit are on their way. */
  pending(filter: UsageFilter): boolean;
  /** How many attempts of an earlier run were still to be recorded, and how many of them nobody heard the end of. */
  readonly recovered: { readonly attempts: number; readonly lost: number };
  readonly state: JournalState;
  close(): Promise<void>;
}

const NAME = /^attempts-(\d{10})\.log$/;
const MIB = 1024 * 1024;
const RETRY_MS = { first: 250, most: 10_000 };
const RECOVERY_BATCH = 1_000;

/** Feeds what an earlier run left to the ledger first. Rejects with the ledger's error, and loses nothing then. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder, logger } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const begun = new Map<string, UsageRow>();
  const recovered = { attempts: 0, lost: 0 };
  let batch: RecoveredAttempt[] = [];
  let damaged = 0;
  const feed = async () => {
    if (batch.length === 0) return;
    await recordRows(
      options,
      batch.map(({ row }) => row),
    );
    await options.onRecovered?.(batch);
    batch = [];
  };
  const add = async (row: UsageRow, lost: boolean) => {
    recovered.attempts += 1;
    if (lost) recovered.lost += 1;
    batch.push({ row, lost });
    if (batch.length >= RECOVERY_BATCH) await feed();
  };
  for (const name of files) {
    const segment = readSegment(join(folder, name));
    damaged += segment.damaged;
    for (const { kind, row } of segment.entries) {
      if (kind === 'begin') {
        begun.set(row.id, row);
        continue;
      }
      begun.delete(row.id);
      await add(row, false);
    }
  }
  for (const row of begun.values()) await add(row, true);
  await feed();
  // Oldest first: a begin must not outlive its end.
  for (const name of files) await rm(join(folder, name));
  if (damaged > 0) logger.warn({ lines: damaged }, 'gateway: lines of the journal were torn and are left out');
  if (begun.size > 0) logger.warn({ attempts: begun.size }, 'gateway: attempts were lost with their process');
  const last = files.reduce((highest, name) => Math.max(highest, Number(NAME.exec(name)?.[1] ?? 0)), 0);
  return new FileJournal(options, recovered, last + 1);
}

class FileJournal implements Journal {
  private readonly segments: Segment[] = [];
  /** By the attempt: the file that its begin stands in. */
  private readonly begun = new Map<string, Segment>();
  private readonly rows = new Map<string, { row: UsageRow; segments: readonly Segment[] }>();
  /** Files with ends that found no room in memory. */
  private readonly spilled = new Set<Segment>();
  private readonly stopped = new AbortController();
  private readonly refusals: Refusals;
  /** What this turn of the event loop writes, and when it is written. */
  private turn: { readonly entries: JournalEntry[]; readonly written: Promise<void> } | undefined;
  private feeding: Promise<void> | undefined;
  private writing: Promise<void> | undefined;
  private scheduled = false;
  private nextNumber: number;

  constructor(
    private readonly options: JournalOptions,
    readonly recovered: Journal['recovered'],
    firstNumber: number,
  ) {
    this.nextNumber = firstNumber;
    this.refusals = new Refusals(options.refusedPerMinute ?? 60, options.logger);
    void this.syncAgainAndAgain();
  }

  private get batchRows(): number {
    return this.options.batchRows ?? 500;
  }

  get state(): JournalState {
    const bytes = this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
    return { pendingRows: this.rows.size, files: this.segments.length, bytes };
  }

  begin(row: UsageRow): Promise<void> {
    const max = this.options.maxBytes ?? 512 * MIB;
    if (this.segments.length > 1 && this.state.bytes >= max) {
      const message = `the journal holds ${max} bytes that the ledger has not taken`;
      const fields = { maxBytes: max, pendingRows: this.rows.size };
      return Promise.reject(journalError('KAZE_JOURNAL_FULL', message, { fields }));
    }
    return this.write({ kind: 'begin', row });
  }

  end(row: UsageRow): Promise<void> {
    const left = row.outcome === 'refused' && !this.begun.has(row.id) && !this.refusals.admits(row);
    return left ? Promise.resolve() : this.write({ kind: 'end', row });
  }

  async flush(): Promise<void> {
    // What is under way may still fail with what was wrong before.
    await this.writing?.catch(() => {});
    while (this.rows.size > 0 || this.spilled.size > 0) await this.feedOnce();
  }

  pending(filter: UsageFilter): boolean {
    // What did not fit into memory may be anybody's.
    if (this.spilled.size > 0) return true;
    const { tenant, agent, task, from = 0, to = Number.POSITIVE_INFINITY } = filter;
    for (const { row } of this.rows.values()) {
      if (tenant !== undefined && row.tenant !== tenant) continue;
      if (agent !== undefined && row.agent !== agent) continue;
      if (task !== undefined && row.task !== task) continue;
      if (row.at >= from && row.at < to) return true;
    }
    return false;
  }

  async close(): Promise<void> {
    this.stopped.abort();
    this.refusals.tell(Number.POSITIVE_INFINITY);
    await this.turn?.written.catch(() => {});
    await this.feeding;
    try {
      await this.flush();
    } catch (error) {
      this.options.logger.warn({ rows: this.rows.size, error: String(error) }, 'gateway: rows stay in the journal');
    }
    for (const segment of this.segments) {
      await segment.sync().catch(() => {});
      segment.close();
    }
  }

  /** With everything else of this turn: the calls whose requests and answers came in at once. */
  private write(entry: JournalEntry): Promise<void> {
    if (!this.turn) {
      const entries: JournalEntry[] = [];
      const written = new Promise<void>((resolve, reject) => {
        setImmediate(() => {
          this.turn = undefined;
          try {
            this.keep(entries);
            resolve();
          } catch (error) {
            reject(error);
          }
        });
      });
      this.turn = { entries, written };
    }
    this.turn.entries.push(entry);
    return this.turn.written;
  }

  private keep(entries: readonly JournalEntry[]): void {
    const segment = this.append(entries);
    for (const { kind, row } of entries) {
      segment.unfinished.add(row.id);
      if (kind === 'begin') this.begun.set(row.id, segment);
      else this.ended(row, segment);
    }
    if (this.rows.size >= this.batchRows) this.feed();
    else if (this.rows.size + this.spilled.size > 0) this.feedSoon();
  }

  private append(entries: readonly JournalEntry[]): Segment {
    try {
      const segment = this.current();
      segment.append(entries);
      return segment;
    } catch (cause) {
      throw journalError('KAZE_JOURNAL_UNAVAILABLE', 'the attempt cannot be written to the journal', {
        fields: { folder: this.options.folder },
        cause,
      });
    }
  }

  private ended(row: UsageRow, segment: Segment): void {
    const first = this.begun.get(row.id);
    this.begun.delete(row.id);
    const segments = first && first !== segment ? [first, segment] : [segment];
    if (this.rows.size < (this.options.maxPending ?? 20_000)) this.rows.set(row.id, { row, segments });
    else for (const one of segments) this.spilled.add(one);
  }

  private current(): Segment {
    const last = this.segments.at(-1);
    if (last && last.bytes < (this.options.segmentBytes ?? 8 * MIB)) return last;
    const name = `attempts-${String(this.nextNumber).padStart(10, '0')}.log`;
    const segment = new Segment(join(this.options.folder, name), this.nextNumber);
    this.nextNumber += 1;
    this.segments.push(segment);
    return segment;
  }

  private feedSoon(): void {
    if (this.scheduled || this.feeding) return;
    this.scheduled = true;
    this.options.clock.sleep(this.options.batchDelayMs ?? 500, this.stopped.signal).then(
      () => {
        this.scheduled = false;
        this.feed();
      },
      () => {},
    );
  }

  private feed(): void {
    this.feeding ??= this.feedAll().finally(() => {
      this.feeding = undefined;
      if (this.rows.size > 0) this.feedSoon();
    });
  }

  /**
   * Until less than a batch is left, which is gathered on: a write for every few rows would cost more than the calls.
   * While the ledger is away with growing pauses. Never rejects.
   */
  private async feedAll(): Promise<void> {
    let pauseMs = RETRY_MS.first;
    for (let fed = false; !fed; ) {
      try {
        await this.feedOnce();
        fed = this.rows.size < this.batchRows && this.spilled.size === 0;
        pauseMs = RETRY_MS.first;
      } catch (error) {
        const code = isKazeError(error) ? error.code : String(error);
        this.options.logger.warn({ rows: this.rows.size, error: code }, 'gateway: the ledger takes no rows');
        try {
          await this.options.clock.sleep(pauseMs, this.stopped.signal);
        } catch {
          return;
        }
        pauseMs = Math.min(RETRY_MS.most, pauseMs * 2);
      }
    }
  }

  /** One write at a time, whoever asks for it. */
  private feedOnce(): Promise<void> {
    this.writing ??= this.feedBatch().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async feedBatch(): Promise<void> {
    if (this.rows.size === 0) this.readSpilled();
    const batch: Array<{ row: UsageRow; segments: readonly Segment[] }> = [];
    for (const pending of this.rows.values()) if (batch.push(pending) === this.batchRows) break;
    await recordRows(
      this.options,
      batch.map(({ row }) => row),
    );
    for (const { row, segments } of batch) {
      this.rows.delete(row.id);
      for (const segment of segments) segment.unfinished.delete(row.id);
    }
    await this.dropFed();
  }

  /** The ledger takes a row again by its id without harm, so a file is read whole. */
  private readSpilled(): void {
    const segment = this.spilled.values().next().value;
    if (!segment) return;
    for (const { kind, row } of readSegment(segment.file).entries) {
      if (kind !== 'end') continue;
      const holders = this.segments.filter(({ unfinished }) => unfinished.has(row.id));
      if (holders.length > 0) this.rows.set(row.id, { row, segments: holders });
    }
    this.spilled.delete(segment);
  }

  /** Removes files from the oldest on: while a begin is there, its end must not be gone. */
  private async dropFed(): Promise<void> {
    while (this.segments.length > 1) {
      const [oldest] = this.segments;
      if (!oldest || oldest.unfinished.size > 0 || this.spilled.has(oldest)) return;
      this.segments.shift();
      oldest.close();
      await rm(oldest.file, { force: true });
    }
  }

  private async syncAgainAndAgain(): Promise<void> {
    const everyMs = this.options.syncEveryMs ?? 1_000;
    if (everyMs === 0) return;
    try {
      for (;;) {
        await this.options.clock.sleep(everyMs, this.stopped.signal);
        this.refusals.tell(this.options.clock.now());
        // A copy: files are removed meanwhile.
        for (const segment of [...this.segments]) {
          await segment.sync().catch((error: unknown) => {
            this.options.logger.error({ error: String(error) }, 'gateway: the journal cannot be brought onto the disk');
          });
        }
      }
    } catch {
      // Closed.
    }
  }
}

/** A row that the ledger can never keep must not hold up all that come after it. */
async function recordRows(
  { ledger, logger }: Pick<JournalOptions, 'ledger' | 'logger'>,
  rows: readonly UsageRow[],
): Promise<void> {
  try {
    await ledger.recordUsage(rows);
  } catch (error) {
    if (!isKazeError(error, 'KAZE_LEDGER_INPUT')) throw error;
    if (rows.length > 1) {
      for (const row of rows) await recordRows({ ledger, logger }, [row]);
      return;
    }
    logger.error({ attempt: rows[0]?.id, error: error.message }, 'gateway: the ledger cannot keep a usage row');
  }
}
