import { mkdir, mkdtemp, open, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { graphError } from '../../errors.ts';
import { readHolder, removeHolder, writeHolder } from './holder.ts';

export interface DataFolderLock {
  /** The folder by its real path. */
  readonly folder: string;
  release(): Promise<void>;
}

const FILE = 'cell.lock';
const REPAIRS = 5;

type Carrier = { close(): void };

/**
 * Takes the folder for this process; made when missing. Held until `release()` or the end of the process, however it
 * ends: it is a lock of the operating system on one file (`flock`, on Windows `LockFileEx`), so there is nothing stale
 * to clean up, a recycled process id means nothing, and every spelling of the folder's path meets the same lock.
 *
 * Node has no call for such a lock. The embedded graph's native library takes one on each database that it opens, so
 * the carrier is an empty database of its own that is never written (some 10 ms and 9 MB).
 *
 * @throws KAZE_GRAPH_LOCKED naming the holder's process id; nothing in the folder is touched then
 */
export async function acquireDataFolderLock(folder: string): Promise<DataFolderLock> {
  await mkdir(folder, { recursive: true });
  const real = await realpath(folder);
  const carrier = await takeCarrier(real);
  await writeHolder(real);
  let isHeld = true;
  return {
    folder: real,
    release: async () => {
      if (!isHeld) return;
      isHeld = false;
      await removeHolder(real);
      carrier.close();
    },
  };
}

async function takeCarrier(folder: string): Promise<Carrier> {
  const { default: grafeo } = await import('@grafeo-db/js');
  const file = join(folder, FILE);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return grafeo.GrafeoDB.create(file);
    } catch (error) {
      const { message } = error as Error;
      if (/cannot be locked/i.test(message)) throw await locked(folder, error);
      if (attempt > REPAIRS || !/GRAFEO-[XS]00/.test(message)) {
        throw graphError('KAZE_GRAPH_UNAVAILABLE', `The data folder ${folder} cannot be locked: ${message}.`, {
          cause: error,
        });
      }
      await repair(file, grafeo.GrafeoDB);
    }
  }
}

/**
 * A file torn by a power cut is written anew **in place**: its inode, which carries the lock, never changes, so that
 * two starters who both repair can still not both win.
 */
async function repair(file: string, database: { create(path: string): Carrier }): Promise<void> {
  const draftFolder = await mkdtemp(`${file}.`);
  try {
    const draft = join(draftFolder, 'empty');
    database.create(draft).close();
    const bytes = await readFile(draft);
    const handle = await open(file, 'r+');
    try {
      await handle.write(bytes, 0, bytes.length, 0);
      await handle.truncate(bytes.length);
    } finally {
      await handle.close();
    }
    await rm(`${file}.wal`, { recursive: true, force: true });
  } finally {
    await rm(draftFolder, { recursive: true, force: true });
  }
}

async function locked(folder: string, cause: unknown): Promise<Error> {
  const holder = await readHolder(folder);
  const who = holder ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : 'another process';
  return graphError(
    'KAZE_GRAPH_LOCKED',
    `The data folder ${folder} is in use by ${who}. Stop it or choose another folder.`,
    {
      cause,
      fields: { folder, pid: holder?.pid },
    },
  );
}
