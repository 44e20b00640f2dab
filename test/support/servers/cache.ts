import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from '#platform';

/** The folder for what was fetched: `KAZE_TEST_CACHE`, else `~/.cache/kaze-test`. Never inside the repository. */
export function cacheFolder(): string {
  return process.env.KAZE_TEST_CACHE || join(homedir(), '.cache', 'kaze-test');
}

const STALE_AFTER_MS = 15 * 60_000;
const inThisProcess = new Map<string, Promise<unknown>>();

/**
 * Runs `work` while no other process on this machine runs work of the same name. A lock whose holder is dead, or
 * that is older than 15 minutes, is taken over. Should two processes take over at the same moment, no harm is done:
 * what they make is moved into place by one rename (`placeFolder`), and apt has a lock of its own.
 */
export async function withInstallLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const before = inThisProcess.get(name) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(() => withFileLock(name, work));
  inThisProcess.set(name, mine);
  return mine;
}

async function withFileLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const folder = cacheFolder();
  await mkdir(folder, { recursive: true });
  const lock = join(folder, `${name}.lock`);
  for (;;) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (await isStale(lock)) await rm(lock, { force: true });
      else await wait(200);
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const [holder, info] = await Promise.all([readFile(lock, 'utf8'), stat(lock)]);
    const ageMs = Date.now() - info.mtimeMs;
    if (ageMs > STALE_AFTER_MS) return true;
    // An empty file belongs to a holder between creating it and writing its process id.
    return holder === '' ? ageMs > 5_000 : !isAlive(Number(holder));
  } catch {
    return false;
  }
}

/**
 * Fills a cache folder as a whole or not at all: `fill` works in a folder beside it, which is renamed at the end.
 * A half-filled folder of an interrupted run is therefore never taken for a finished one.
 */
export async function placeFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const draft = `${target}.${process.pid}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  try {
    await fill(draft);
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
