import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where a running process serves, for commands of the same user on the same machine. */
export interface Address {
  readonly url: string;
  readonly pid: number;
}

export interface AddressFile<A extends Address> {
  /** `undefined` when nothing runs here, or when the file cannot be read as one. */
  read(folder: string): Promise<A | undefined>;
  write(folder: string, address: A): Promise<void>;
  /** Only by the process that wrote it: another may have started meanwhile. */
  remove(folder: string): Promise<void>;
}

/** @param name of the file within the folder, such as `cell.json` */
export function addressFile<A extends Address>(name: string): AddressFile<A> {
  const pathIn = (folder: string) => join(folder, name);
  async function read(folder: string): Promise<A | undefined> {
    const text = await readFile(pathIn(folder), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as A;
    } catch {
      return undefined;
    }
  }
  return {
    read,
    write: (folder, address) => writeWhole(pathIn(folder), `${JSON.stringify(address)}\n`),
    async remove(folder) {
      if ((await read(folder))?.pid === process.pid) await rm(pathIn(folder), { force: true });
    },
  };
}

/** A reader never sees half of it, nor anyone but the owner any of it. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}.new`;
  await writeFile(partial, text, { mode: 0o600 });
  await rename(partial, file);
}
