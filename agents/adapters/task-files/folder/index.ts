import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { NAME_PATTERN, newId } from '#platform';
import { agentError } from '../../../errors.ts';
import type { StoredFile, TaskFiles } from '../../../ports/task-files.ts';

const HASH = /^[0-9a-f]{64}$/;

/**
 * Input files of tasks in one folder: `<tenant>/<first two of the hash>/<hash>`. Equal contents of one client are kept
 * once; clients share nothing. A file appears under its name only when all of it is on the disk.
 */
export async function createFolderTaskFiles({ folder }: { readonly folder: string }): Promise<TaskFiles> {
  const incoming = path.join(folder, 'incoming');
  await mkdir(incoming, { recursive: true });
  await removeLeftovers(incoming);
  const place = (tenant: string, sha256: string) => {
    if (!NAME_PATTERN.test(tenant) || !HASH.test(sha256)) {
      throw agentError('KAZE_TASK_FILE', 'a file of a task is named by a client and a SHA-256 hash');
    }
    return path.join(folder, tenant, sha256.slice(0, 2), sha256);
  };
  return {
    keep: (tenant, content) => keep({ incoming, content, place: (sha256) => place(tenant, sha256) }),
    open: (tenant, sha256) => read(place(tenant, sha256)),
  };
}

const LEFTOVER_MS = 24 * 3_600_000;

/** What a killed process left half written; young ones may belong to another process on the same folder. */
async function removeLeftovers(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const file = path.join(incoming, name);
    const info = await stat(file).catch(() => undefined);
    if (info && info.mtimeMs < Date.now() - LEFTOVER_MS) await rm(file, { force: true });
  }
}

interface Keep {
  readonly incoming: string;
  readonly content: AsyncIterable<Uint8Array>;
  readonly place: (sha256: string) => string;
}

async function keep({ incoming, content, place }: Keep): Promise<StoredFile> {
  const temporary = path.join(incoming, newId());
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    const file = await open(temporary, 'wx', 0o600);
    try {
      for await (const part of content) {
        hash.update(part);
        bytes += part.byteLength;
        await file.writeFile(part);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const sha256 = hash.digest('hex');
    const target = place(sha256);
    await mkdir(path.dirname(target), { recursive: true });
    await rename(temporary, target);
    await syncFolder(path.dirname(target));
    return { sha256, bytes };
  } catch (cause) {
    await rm(temporary, { force: true });
    const code = (cause as NodeJS.ErrnoException).code;
    // What the sender's stream throws is the caller's affair; only the disk is ours.
    if (code === undefined || (cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw agentError('KAZE_TASK_FILE', `a file of a task cannot be kept (${code})`, { cause, fields: { code } });
  }
}

/** Makes the new name itself survive, not only the contents. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

async function* read(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const part of createReadStream(file)) yield part as Uint8Array;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const what =
      code === 'ENOENT'
        ? 'is not in the files folder of this process; where several processes serve one cell, KAZE_DATA_FILES_DIR must name one folder for all'
        : `cannot be read (${code})`;
    throw agentError('KAZE_TASK_FILE', `a file of a task ${what}`, { cause, fields: { code } });
  }
}
