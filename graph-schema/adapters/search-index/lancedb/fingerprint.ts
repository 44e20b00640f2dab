import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SearchFingerprint } from '../../../ports/search-index.ts';

const FILE = 'fingerprint.json';
const shape = z.strictObject({
  storeId: z.string(),
  generation: z.number(),
  model: z.string(),
  table: z.string().regex(/^entries_[0-9a-f]{16}$/),
});

/** For which graph the index is, and in which table. */
export type StoredFingerprint = SearchFingerprint & { readonly table: string };

/** Undefined when there is none or it cannot be read: then the index is rebuilt. */
export async function readFingerprint(folder: string): Promise<StoredFingerprint | undefined> {
  try {
    return shape.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Either the whole new content is there after a crash, or the old one. */
export async function writeFingerprint(folder: string, fingerprint: StoredFingerprint): Promise<void> {
  const target = join(folder, FILE);
  const file = await open(`${target}.new`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(shape.parse(fingerprint)));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${target}.new`, target);
}

export async function removeFingerprint(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true });
}
