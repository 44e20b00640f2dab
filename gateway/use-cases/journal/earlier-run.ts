import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { UsageRow } from '#platform';
import type { JournalOptions, RecoveredAttempt } from './options.ts';
import { recordRows } from './record-rows.ts';
import { fileNumber, readSegment } from './segment.ts';

/** How many attempts of an earlier run were still to be recorded, and how many of them nobody heard the end of. */
export interface Recovered {
  readonly attempts: number;
  readonly lost: number;
}

const RECOVERY_BATCH = 1_000;

/**
 * Feeds what an earlier run left in the folder to the ledger, and removes its files. Rejects with the ledger's error, and
 * loses nothing then.
 */
export async function recoverEarlierRun(
  options: JournalOptions,
): Promise<{ readonly recovered: Recovered; readonly lastNumber: number }> {
  const { folder, logger } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = (await readdir(folder)).filter((name) => fileNumber(name) !== undefined).sort();
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
    for (const entry of segment.entries) {
      if ('begin' in entry) {
        begun.set(entry.begin.id, entry.begin);
        continue;
      }
      const { id } = 'end' in entry ? entry.end : entry.whole;
      const row = 'end' in entry ? begun.get(id) : entry.whole;
      begun.delete(id);
      // The file of a begin is removed once the ledger has its end, before the file of that one.
      if (row) await add('end' in entry ? { ...row, ...entry.end } : row, false);
    }
  }
  for (const row of begun.values()) await add(row, true);
  await feed();
  // Oldest first: a begin must not outlive its end.
  for (const name of files) await rm(join(folder, name));
  if (damaged > 0) logger.warn({ lines: damaged }, 'gateway: lines of the journal were torn and are left out');
  if (begun.size > 0) logger.warn({ attempts: begun.size }, 'gateway: attempts were lost with their process');
  return { recovered, lastNumber: fileNumber(files.at(-1) ?? '') ?? 0 };
}
