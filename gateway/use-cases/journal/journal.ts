import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isKazeError, type UsageFilter, type UsageRow } from '#platform';
import { type Recovered, recoverEarlierRun } from './earlier-run.ts';
import { journalError } from './errors.ts';
import type { JournalOptions } from './options.ts';
import { recordRows } from './record-rows.ts';
import { Refusals } from './refusals.ts';
import { endOf, fileName, type JournalEntry, readSegment, Segment } from './segment.ts';

export type { JournalOptions, RecoveredAttempt } from './options.ts';

export interface JournalState {
  readonly pendingRows: number;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Attempts, written to a local file before they are sent, and their rows after, on the way to the ledger.
 *
 * What `begin` and `end` wrote once they resolve outlives the process, whatever ends it. Calls of one turn of the event
 * loop share a write. A power cut may take what was written since the last `syncEveryMs`. Rows reach the ledger in
 * batches, at least once and by their ids, so once.
 */
export interface Journal {
  /**
   * The row that stands if nothing more is heard of the attempt: outcome `lost`, charged what was reserved.
   * Errors: KAZE_JOURNAL_UNAVAILABLE, KAZE_JOURNAL_FULL; the attempt must not be sent then.
   */
  begin(row: UsageRow): Promise<void>;
  /**
   * The row of what happened, which differs from that of `begin` in usage, money, times and outcome alone. Without a
   * `begin` the call was never sent: of refused ones only `refusedPerMinute` a caller and cause are kept.
   * Errors: KAZE_JOURNAL_UNAVAILABLE.
   */
  end(row: UsageRow): Promise<void>;
  /** Everything that has ended is in the ledger. Rejects with the ledger's error. */
  flush(): Promise<void>;
  /** True while rows that fit are on their way. */
  pending(filter: UsageFilter): boolean;
  readonly recovered: Recovered;
  readonly state: JournalState;
  close(): Promise<void>;
}

const MIB = 1024 * 1024;
const RETRY_MS = { first: 250, most: 10_000 };

/** Feeds what an earlier run left to the ledger first. Rejects with the ledger's error, and loses nothing then. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { recovered, lastNumber } = await recoverEarlierRun(options);
  return new FileJournal(options, recovered, lastNumber + 1);
}

/** The files that an attempt stands in: that of its begin, which may be that of its end too. */
interface Place {
  readonly first: Segment;
  readonly last: Segment;
}

interface Ended extends Place {
  readonly row: UsageRow;
}

class FileJournal implements Journal {
  private readonly segments: Segment[] = [];
  /** By the attempt: the file that its begin stands in. */
  private readonly begun = new Map<string, Segment>();
  /** Oldest first. */
  private readonly ended: Ended[] = [];
  /** By the attempt: ends that found no room in memory. */
  private readonly spilled = new Map<string, Place>();
  private readonly stopped = new AbortController();
  private readonly refusals: Refusals;
  /** What this turn of the event loop writes, and when it is written. */
  private turn: { readonly begins: UsageRow[]; readonly ends: UsageRow[]; readonly written: Promise<void> } | undefined;
  private feeding: Promise<void> | undefined;
  private writing: Promise<void> | undefined;
  private scheduled = false;
  private nextNumber: number;

  constructor(
    private readonly options: JournalOptions,
    readonly recovered: Recovered,
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
    return { pendingRows: this.ended.length, files: this.segments.length, bytes };
  }

  begin(row: UsageRow): Promise<void> {
    const max = this.options.maxBytes ?? 512 * MIB;
    if (this.segments.length > 1 && this.state.bytes >= max) {
      const message = `the journal holds ${max} bytes that the ledger has not taken`;
      const fields = { maxBytes: max, pendingRows: this.ended.length };
      return Promise.reject(journalError('KAZE_JOURNAL_FULL', message, { fields }));
    }
    const { begins, written } = this.thisTurn();
    begins.push(row);
    return written;
  }

  end(row: UsageRow): Promise<void> {
    const left = row.outcome === 'refused' && !this.begun.has(row.id) && !this.refusals.admits(row);
    if (left) return Promise.resolve();
    const { ends, written } = this.thisTurn();
    ends.push(row);
    return written;
  }

  async flush(): Promise<void> {
    // What is under way may still fail with what was wrong before.
    await this.writing?.catch(() => {});
    while (this.ended.length + this.spilled.size > 0) await this.feedOnce();
  }

  pending(filter: UsageFilter): boolean {
    // What did not fit into memory may be anybody's.
    if (this.spilled.size > 0) return true;
    const { tenant, agent, task, from = 0, to = Number.POSITIVE_INFINITY } = filter;
    for (const { row } of this.ended) {
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
      this.options.logger.warn({ rows: this.ended.length, error: String(error) }, 'gateway: rows stay in the journal');
    }
    for (const segment of this.segments) {
      await segment.sync().catch(() => {});
      segment.close();
    }
  }

  /** What is written at once: of the calls whose requests and answers came in together. */
  private thisTurn(): NonNullable<FileJournal['turn']> {
    if (this.turn) return this.turn;
    const begins: UsageRow[] = [];
    const ends: UsageRow[] = [];
    const written = new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        this.turn = undefined;
        try {
          this.keep(begins, ends);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    this.turn = { begins, ends, written };
    return this.turn;
  }

  private keep(begins: readonly UsageRow[], ends: readonly UsageRow[]): void {
    const { maxPending = 20_000 } = this.options;
    // What finds no room in memory is read again from its file, and has to stand there as a whole.
    const fits = this.ended.length + ends.length <= maxPending;
    const entries: JournalEntry[] = [];
    for (const row of begins) entries.push({ begin: row });
    for (const row of ends) entries.push(fits && this.begun.has(row.id) ? { end: endOf(row) } : { whole: row });
    const segment = this.append(entries);
    segment.unfinished += begins.length;
    for (const row of begins) this.begun.set(row.id, segment);
    for (const row of ends) this.queue(row, segment, fits);
    if (this.ended.length >= this.batchRows) this.feed();
    else if (this.ended.length + this.spilled.size > 0) this.feedSoon();
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

  private queue(row: UsageRow, last: Segment, fits: boolean): void {
    const { id } = row;
    const first = this.begun.get(id) ?? last;
    if (!this.begun.delete(id) || first !== last) last.unfinished += 1;
    if (fits) this.ended.push({ row, first, last });
    else this.spilled.set(id, { first, last });
  }

  private current(): Segment {
    const last = this.segments.at(-1);
    if (last && last.bytes < (this.options.segmentBytes ?? 8 * MIB)) return last;
    const segment = new Segment(join(this.options.folder, fileName(this.nextNumber)), this.nextNumber);
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
      if (this.ended.length > 0) this.feedSoon();
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
        fed = this.ended.length < this.batchRows && this.spilled.size === 0;
        pauseMs = RETRY_MS.first;
      } catch (error) {
        const code = isKazeError(error) ? error.code : String(error);
        this.options.logger.warn({ rows: this.ended.length, error: code }, 'gateway: the ledger takes no rows');
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
    if (this.ended.length === 0) this.readSpilled();
    const batch = this.ended.slice(0, this.batchRows);
    await recordRows(
      this.options,
      batch.map(({ row }) => row),
    );
    // Only now: until then whoever asks for them has to wait.
    this.ended.splice(0, batch.length);
    for (const { first, last } of batch) {
      first.unfinished -= 1;
      if (last !== first) last.unfinished -= 1;
    }
    await this.dropFed();
  }

  /** The oldest file with ends that found no room. What cannot be read in it stays for the next start. */
  private readSpilled(): void {
    const { last: segment } = this.spilled.values().next().value ?? {};
    if (!segment) return;
    for (const entry of readSegment(segment.file).entries) {
      if (!('whole' in entry)) continue;
      const place = this.spilled.get(entry.whole.id);
      if (place) this.ended.push({ row: entry.whole, ...place });
    }
    for (const [id, { last }] of this.spilled) if (last === segment) this.spilled.delete(id);
  }

  /** Removes files from the oldest on: while a begin is there, its end must not be gone. */
  private async dropFed(): Promise<void> {
    while (this.segments.length > 1) {
      const [oldest] = this.segments;
      if (!oldest || oldest.unfinished > 0) return;
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
