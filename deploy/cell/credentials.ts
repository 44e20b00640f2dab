import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Address, addressFile, writeWhole } from '../address-file.ts';

/** Where a running cell can be found, for commands on the same machine. */
export interface CellAddress extends Address {
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

export const cellAddress = addressFile<CellAddress>('cell.json');

const tokenFile = (folder: string) => join(folder, 'credentials', 'token');

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
