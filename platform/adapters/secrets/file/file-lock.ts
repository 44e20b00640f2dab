import { open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../../process-alive.ts';

const WAIT_MS = 10_000;
const POLL_MS = 20;
/** Far longer than anybody holds it: what is older was left behind. */
const ABANDONED_MS = 8_000;

/**
 * Runs `work` while this process holds the lock file, which names its process and machine. A lock whose process is gone
 * counts for nothing; only one at a time may remove such a one, and looks again before it does, so nobody removes
 * a lock that somebody else has just taken.
 *
 * Errors: EEXIST (an error of the file system) when the lock is held for ten seconds.
 */
export async function withFileLock(lock: string, work: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    try {
      await take(lock);
      break;
    } catch (error) {
      if (!isHeld(error) || Date.now() > deadline) throw error;
    }
    if (await isStale(lock)) await removeStale(lock);
    else await delay(POLL_MS);
  }
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<void> {
  const handle = await open(lock, 'wx', 0o600);
  try {
    await handle.writeFile(`${process.pid} ${hostname()}`);
  } finally {
    await handle.close();
  }
}

async function removeStale(lock: string): Promise<void> {
  const breaker = `${lock}.breaker`;
  try {
    await take(breaker);
  } catch (error) {
    if (!isHeld(error)) throw error;
    if ((await ageMs(breaker)) > ABANDONED_MS) await rm(breaker, { force: true });
    await delay(POLL_MS);
    return;
  }
  try {
    if (await isStale(lock)) await rm(lock, { force: true });
  } finally {
    await rm(breaker, { force: true });
  }
}

async function isStale(lock: string): Promise<boolean> {
  const [pid, machine] = (await readFile(lock, 'utf8').catch(() => '')).split(' ');
  const owner = Number(pid);
  // A process of another machine (or container) cannot be asked for; nor can one that has not written its name yet.
  const elsewhere = machine !== undefined && machine !== hostname();
  if (!(owner > 0) || elsewhere) return (await ageMs(lock)) > ABANDONED_MS;
  return !isAlive(owner);
}

/** 0 when it is not there. */
async function ageMs(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}

const isHeld = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';
