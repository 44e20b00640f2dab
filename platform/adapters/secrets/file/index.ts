/**
 * Secrets in one encrypted file, readable by its owner alone. The key comes from outside of the data folder
 * (`KAZE_SECRETS_KEY`, `KAZE_SECRETS_KEY_FILE`). A change by another process is seen at the next read;
 * two that write at once wait for each other.
 *
 * @example
 * const secrets = await openFileSecrets({ file: join(dataFolder, 'secrets.json'), key });
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isKazeError } from '../../../errors.ts';
import { platformErrors } from '../../../errors-platform.ts';
import { newId } from '../../../ids.ts';
import type { Secret, Secrets } from '../../../ports/secrets.ts';
import { checkPath, checkValue } from '../paths.ts';
import { seal, unseal } from './envelope.ts';
import { withFileLock } from './file-lock.ts';

export interface FileSecretsOptions {
  /** Made at the first `put`. */
  readonly file: string;
  /** At least 16 characters. */
  readonly key: string;
}

type Values = ReadonlyMap<string, Secret>;

/** Errors: KAZE_SECRETS_KEY_WEAK, KAZE_SECRETS_KEY_WRONG, KAZE_SECRETS_TAMPERED, KAZE_SECRETS_UNREADABLE. */
export async function openFileSecrets(options: FileSecretsOptions): Promise<Secrets> {
  if (options.key.length < 16) {
    const message = `the key of the secrets file has ${options.key.length} characters, at least 16 are needed`;
    throw platformErrors('KAZE_SECRETS_KEY_WEAK', message);
  }
  const secrets = new FileSecrets(options);
  await secrets.list('');
  return secrets;
}

class FileSecrets implements Secrets {
  readonly #options: FileSecretsOptions;
  #read: { readonly stamp: string; readonly values: Values } = { stamp: 'none', values: new Map() };
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: FileSecretsOptions) {
    this.#options = options;
  }

  async get(path: string): Promise<Secret | undefined> {
    checkPath(path);
    return (await this.#inTurn(() => this.#current())).get(path);
  }

  async list(prefix: string): Promise<readonly string[]> {
    const values = await this.#inTurn(() => this.#current());
    return [...values.keys()].filter((path) => path.startsWith(prefix)).sort();
  }

  async put(path: string, value: string): Promise<void> {
    checkPath(path);
    checkValue(path, value);
    await this.#change((values) => values.set(path, { value, version: newId() }));
  }

  async remove(path: string): Promise<void> {
    checkPath(path);
    await this.#change((values) => values.delete(path));
  }

  describe(): string {
    return `encrypted file ${this.#options.file} (${this.#read.values.size} secrets)`;
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => {});
    this.#read = { stamp: 'none', values: new Map() };
  }

  /** What stands in the file now; read and opened again only when the file is another one. */
  async #current(): Promise<Values> {
    const { file, key } = this.#options;
    try {
      const stamp = await stampOf(file);
      if (stamp !== this.#read.stamp) {
        const plain = await unseal(await readFile(file, 'utf8'), key, file);
        this.#read = { stamp, values: new Map(Object.entries(JSON.parse(plain) as Record<string, Secret>)) };
      }
    } catch (cause) {
      if (isKazeError(cause)) throw cause;
      if (codeOf(cause) !== 'ENOENT') throw unreadable(file, cause);
      this.#read = { stamp: 'none', values: new Map() };
    }
    return this.#read.values;
  }

  async #change(edit: (values: Map<string, Secret>) => void): Promise<void> {
    const { file, key } = this.#options;
    await this.#inTurn(async () => {
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await withFileLock(`${file}.lock`, async () => {
          const values = new Map(await this.#current());
          edit(values);
          await replaceFile(file, await seal(JSON.stringify(Object.fromEntries(values)), key));
          this.#read = { stamp: await stampOf(file), values };
        });
      } catch (cause) {
        throw isKazeError(cause) ? cause : unreadable(file, cause);
      }
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** Another file, another content: each writing makes a new one. */
async function stampOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true });
  return `${found.ino} ${found.size} ${found.mtimeNs}`;
}

/** Written beside, flushed, renamed: a reader or a crash finds the old file or the new one, never a part. */
async function replaceFile(file: string, text: string): Promise<void> {
  const fresh = `${file}.${process.pid}.${randomUUID()}`;
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(fresh, 0o600);
    await rename(fresh, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** So that the new name outlives a power cut too; where folders cannot be flushed, nothing is lost but that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function unreadable(file: string, cause: unknown): Error {
  if (codeOf(cause) === 'EEXIST') {
    const message = `another process has held ${file}.lock for ten seconds, so ${file} was not written; try again`;
    return platformErrors('KAZE_SECRETS_UNREADABLE', message, { cause, fields: { file } });
  }
  const message = `the secrets file ${file} cannot be read or written (${codeOf(cause) ?? 'unknown reason'})`;
  return platformErrors('KAZE_SECRETS_UNREADABLE', message, { cause, fields: { file } });
}
