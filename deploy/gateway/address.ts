import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a running gateway is and how the command line of the same user may tell it of keys. */
export interface GatewayAddress {
  readonly url: string;
  readonly pid: number;
  /** Made at each start. */
  readonly token: string;
}

const addressFile = (folder: string) => join(folder, 'gateway.json');

/** Readable by its owner alone, and never half of it. */
export async function writeAddress(folder: string, address: GatewayAddress): Promise<void> {
  const partial = `${addressFile(folder)}.${process.pid}.new`;
  await writeFile(partial, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  await rename(partial, addressFile(folder));
}

export async function readAddress(folder: string): Promise<GatewayAddress | undefined> {
  const text = await readFile(addressFile(folder), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as GatewayAddress;
  } catch {
    return undefined;
  }
}

/** Only by the gateway that wrote it. */
export async function removeAddress(folder: string): Promise<void> {
  if ((await readAddress(folder))?.pid === process.pid) await rm(addressFile(folder), { force: true });
}
