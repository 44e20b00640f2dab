import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from '#platform';

/** Who holds the lock: for people only. The lock itself never depends on this file. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

const FILE = 'cell.holder.json';
const WAIT_MS = 500;
const POLL_MS = 20;

export async function writeHolder(folder: string): Promise<void> {
  const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  const draft = join(folder, `${FILE}.${process.pid}`);
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  await rename(draft, join(folder, FILE));
}

export async function removeHolder(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true });
}

/** The living holder; a process that has just won the lock gets half a second to write who it is. */
export async function readHolder(folder: string): Promise<Holder | undefined> {
  const until = performance.now() + WAIT_MS;
  let known: Holder | undefined;
  do {
    known = await readFile(join(folder, FILE), 'utf8').then(
      (text) => JSON.parse(text) as Holder,
      () => undefined,
    );
    if (known && (known.host !== hostname() || isAlive(known.pid))) return known;
    await wait(POLL_MS);
  } while (performance.now() < until);
  return undefined;
}
