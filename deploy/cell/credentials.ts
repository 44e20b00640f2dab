import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where a running cell can be found, for commands on the same machine. */
export interface CellAddress {
  readonly url: string;
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

const addressFile = (folder: string) => join(folder, 'cell.json');
const tokenFile = (folder: string) => join(folder, 'credentials', 'token');

export async function readAddress(folder: string): Promise<CellAddress | undefined> {
  const text = await readFile(addressFile(folder), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as CellAddress;
  } catch {
    return undefined;
  }
}

export async function writeAddress(folder: string, address: CellAddress): Promise<void> {
  await writeWhole(addressFile(folder), `${JSON.stringify(address)}\n`);
}

/** Only by the cell that wrote it: another may have started meanwhile. */
export async function removeAddress(folder: string, pid: number): Promise<void> {
  if ((await readAddress(folder))?.pid === pid) await rm(addressFile(folder), { force: true });
}

/** The administrator's token of this data folder, in a file that its owner alone can read. */
export async function readToken(folder: string): Promise<string | undefined> {
  const text = await readFile(tokenFile(folder), 'utf8').catch(() => undefined);
  return text?.trim() || undefined;
}

export async function writeToken(folder: string, token: string): Promise<void> {
  await writeWhole(tokenFile(folder), `${token}\n`);
}

/** Tells this data folder from others of the same cell; made once, and it outlives the credentials. */
export async function folderId(folder: string): Promise<string> {
  const file = join(folder, 'folder-id');
  const known = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (/^[0-9a-f]{16}$/.test(known)) return known;
  const id = randomBytes(8).toString('hex');
  await writeWhole(file, `${id}\n`);
  return id;
}

/** A reader never sees half of it, nor anyone but the owner any of it. */
async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}.new`;
  await writeFile(partial, text, { mode: 0o600 });
  await rename(partial, file);
}
