import { closeSync, fdatasync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { UsageRow } from '#platform';

/** What the end of an attempt may say otherwise than its begin. */
export type EndOfRow = Pick<
  UsageRow,
  | ('id' | 'inputTokens' | 'outputTokens' | 'cachedTokens' | 'cacheWriteTokens' | 'reasoningTokens')
  | ('costMicros' | 'reservedMicros' | 'latencyMs' | 'firstTokenMs' | 'outcome' | 'errorCode')
>;

/**
 * `begin`: the row that stands if nothing more is heard of the attempt. `end`: what happened, where the begin stands in
 * this file or an earlier one. `whole`: the row of what happened, by itself.
 */
export type JournalEntry = { readonly begin: UsageRow } | { readonly end: EndOfRow } | { readonly whole: UsageRow };

const NAME = /^attempts-(\d{10})\.log$/;

/** Of the file with this number; names sort as numbers do. */
export function fileName(number: number): string {
  return `attempts-${String(number).padStart(10, '0')}.log`;
}

/** Undefined for what is no file of a journal. */
export function fileNumber(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const SUM_BYTES = 8;

/** One file of the journal, written at its end only. A line is what was written at once: a checksum, entries as JSON. */
export class Segment {
  readonly file: string;
  readonly number: number;
  bytes = 0;
  /** How many attempts that begin or end here are not in the ledger with their end yet. */
  unfinished = 0;
  private descriptor: number | undefined;
  private torn = false;
  private unsynced = false;
  private syncing = 0;

  constructor(file: string, number: number) {
    this.file = file;
    this.number = number;
    this.descriptor = openSync(file, 'a', 0o600);
  }

  /** The entries are with the operating system when this returns, all or none. Throws what the file system says. */
  append(entries: readonly JournalEntry[]): void {
    if (this.descriptor === undefined) throw new Error(`the journal file ${this.file} is closed`);
    const line = lineOf(entries);
    // A line that a full disk cut in the middle must not swallow the next one.
    const start = this.torn ? 0 : 1;
    this.torn = true;
    for (let at = start; at < line.length; ) at += writeSync(this.descriptor, line, at);
    this.torn = false;
    this.bytes += line.length - start;
    this.unsynced = true;
  }

  /** Brings what was written onto the disk. */
  sync(): Promise<void> {
    const { descriptor } = this;
    if (!this.unsynced || descriptor === undefined) return Promise.resolve();
    this.unsynced = false;
    this.syncing += 1;
    return new Promise((resolve, reject) => {
      fdatasync(descriptor, (error) => {
        this.syncing -= 1;
        if (this.descriptor === undefined && this.syncing === 0) closeSync(descriptor);
        if (!error) return resolve();
        this.unsynced = true;
        reject(error);
      });
    });
  }

  /** At once; what is being brought onto the disk keeps the file open until it is there. */
  close(): void {
    const { descriptor } = this;
    if (descriptor === undefined) return;
    this.descriptor = undefined;
    if (this.syncing === 0) closeSync(descriptor);
  }
}

/** Kept from line to line. Lines of crowds have more, for themselves. */
const kept = Buffer.allocUnsafe(128 * 1024);
const LINE_FEED = 10;
const SPACE = 32;
const HEAD_BYTES = 1 + SUM_BYTES + 1;
/** Of UTF-8 for a unit of UTF-16. */
const MOST_BYTES = 3;

/** With a line feed before it, for whoever needs one. Valid until the next one is asked for. */
function lineOf(entries: readonly JournalEntry[]): Buffer {
  const json = JSON.stringify(entries);
  const most = HEAD_BYTES + json.length * MOST_BYTES + 1;
  const line = most <= kept.length ? kept : Buffer.allocUnsafe(most);
  const end = HEAD_BYTES + line.write(json, HEAD_BYTES);
  line[0] = LINE_FEED;
  line.write(sumOf(line.subarray(HEAD_BYTES, end)), 1, 'latin1');
  line[HEAD_BYTES - 1] = SPACE;
  line[end] = LINE_FEED;
  return line.subarray(0, end + 1);
}

function sumOf(json: Buffer | string): string {
  return crc32(json).toString(16).padStart(SUM_BYTES, '0');
}

/** Every whole entry of a file. A line that was torn or damaged is left out and counted. */
export function readSegment(file: string): { readonly entries: readonly JournalEntry[]; readonly damaged: number } {
  const entries: JournalEntry[] = [];
  let damaged = 0;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const json = line.slice(SUM_BYTES + 1);
    if (line.slice(0, SUM_BYTES) === sumOf(json)) entries.push(...(JSON.parse(json) as JournalEntry[]));
    else damaged += 1;
  }
  return { entries, damaged };
}

/** Field by field: made for every call. */
export function endOf(row: UsageRow): EndOfRow {
  return {
    id: row.id,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    cachedTokens: row.cachedTokens,
    cacheWriteTokens: row.cacheWriteTokens,
    reasoningTokens: row.reasoningTokens,
    costMicros: row.costMicros,
    reservedMicros: row.reservedMicros,
    latencyMs: row.latencyMs,
    firstTokenMs: row.firstTokenMs,
    outcome: row.outcome,
    errorCode: row.errorCode,
  };
}
