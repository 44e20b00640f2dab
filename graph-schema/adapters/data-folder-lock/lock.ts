import { closeSync, openSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { graphError } from '../../errors.ts';
import { readHolder, removeHolder, writeHolder } from './holder.ts';

export interface DataFolderLock {
  /** The folder by its real path. */
  readonly folder: string;
  release(): Promise<void>;
}

const FILE = 'cell.lock';

/**
 * Takes the folder for this process; made when missing. Held until `release()` or the end of the process, however it
 * ends: it is a lock of the operating system on one open file, so there is nothing stale to clean up, a recycled
 * process id means nothing, and every spelling of the folder's path meets the same lock.
 *
 * @throws KAZE_GRAPH_LOCKED naming the holder's process id; nothing in the folder is touched then.
 *   KAZE_GRAPH_UNAVAILABLE where the file cannot be opened or the system has no such lock
 */
export async function acquireDataFolderLock(folder: string): Promise<DataFolderLock> {
  await mkdir(folder, { recursive: true });
  const real = await realpath(folder);
  const fd = await lockedFile(real);
  await writeHolder(real);
  let isHeld = true;
  return {
    folder: real,
    release: async () => {
      if (!isHeld) return;
      isHeld = false;
      await removeHolder(real);
      closeSync(fd);
    },
  };
}

/** A bare descriptor, since Node closes a `FileHandle` that nobody refers to, and the lock would end with it. */
async function lockedFile(folder: string): Promise<number> {
  let fd: number | undefined;
  try {
    const { tryLock } = await import('fs-native-extensions');
    fd = openSync(join(folder, FILE), 'a+', 0o600);
    if (tryLock(fd)) return fd;
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw unavailable(folder, error as NodeJS.ErrnoException);
  }
  closeSync(fd);
  throw await locked(folder);
}

function unavailable(folder: string, cause: NodeJS.ErrnoException): Error {
  const reason = ['ADDON_NOT_FOUND', 'CANNOT_LOAD'].includes(cause.code ?? '')
    ? `fs-native-extensions has no build that runs on ${process.platform}-${process.arch}`
    : cause.message;
  return graphError('KAZE_GRAPH_UNAVAILABLE', `The data folder ${folder} cannot be locked: ${reason}.`, { cause });
}

async function locked(folder: string): Promise<Error> {
  const holder = await readHolder(folder);
  const who = holder ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : 'another process';
  const text = `The data folder ${folder} is in use by ${who}. Stop it or choose another folder.`;
  return graphError('KAZE_GRAPH_LOCKED', text, { fields: { folder, pid: holder?.pid } });
}
