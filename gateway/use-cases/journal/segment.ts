import { closeSync, fdatasync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { UsageRow } from '#platform';

/** `begin` holds the row that stands if nothing more is heard of the attempt; `end` the row of what happened. */
export interface JournalEntry {
  readonly kind: 'begin' | 'end';
  readonly row: UsageRow;
}

const MARKS = { begin: 'b', end: 'e' } as const;
const LINE = /^([0-9a-f]{8}) ([be]) (.+)$/;

/** One file of the journal, written at its end only. A line is a checksum, a mark and the row as JSON. */
export class Segment {
  readonly file: string;
  readonly number: number;
  bytes = 0;
  /** Attempts begun here whose end is not in the ledger yet, and ends written here that are not. */
  readonly unfinished = new Set<string>();
  private descriptor: number | undefined;
  private torn = false;
  private unsynced = false;
  private syncing = 0;

  constructor(file: string, number: number) {
    this.file = file;
    this.number = number;
    this.descriptor = openSync(file, 'a', 0o600);
  }

  /** The lines are with the operating system when this returns. Throws what the file system says. */
  append(entries: readonly JournalEntry[]): void {
    if (this.descriptor === undefined) throw new Error(`the journal file ${this.file} is closed`);
    // A line that a full disk cut in the middle must not swallow the next one.
    let text = this.torn ? '\n' : '';
    for (const entry of entries) text += lineOf(entry);
    this.torn = true;
    const bytes = Buffer.byteLength(text);
    let written = writeSync(this.descriptor, text);
    if (written < bytes) {
      const buffer = Buffer.from(text);
      while (written < bytes) written += writeSync(this.descriptor, buffer, written);
    }
    this.torn = false;
    this.bytes += bytes;
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

/** Checksums of what a line begins with: what follows is added to them, without copying the two into one text. */
const SUMS = { begin: crc32(`${MARKS.begin} `), end: crc32(`${MARKS.end} `) };

function lineOf({ kind, row }: JournalEntry): string {
  const json = JSON.stringify(row);
  return `${crc32(json, SUMS[kind]).toString(16).padStart(8, '0')} ${MARKS[kind]} ${json}\n`;
}

/** Every whole entry of a file. A line that was torn or damaged is left out and counted. */
export function readSegment(file: string): { readonly entries: readonly JournalEntry[]; readonly damaged: number } {
  const entries: JournalEntry[] = [];
  let damaged = 0;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const entry = entryOf(line);
    if (entry) entries.push(entry);
    else damaged += 1;
  }
  return { entries, damaged };
}

function entryOf(line: string): JournalEntry | undefined {
  const [, sum = '', mark, json = ''] = LINE.exec(line) ?? [];
  if (mark === undefined || crc32(`${mark} ${json}`).toString(16).padStart(8, '0') !== sum) return undefined;
  try {
    return { kind: mark === MARKS.begin ? 'begin' : 'end', row: JSON.parse(json) };
  } catch {
    return undefined;
  }
}
