import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Cli } from '../cli.ts';
import { type CommandError, cliError, usageError } from '../errors.ts';

const MAX_TEXT_BYTES = 50_000_000;

/** A whole file, or standard input for `-`, as UTF-8. Errors: KAZE_CLI_FILE, KAZE_CLI_INPUT (larger than 50 MB, not UTF-8). */
export async function readText(cli: Cli, path: string): Promise<string> {
  const { stream, name } = path === '-' ? standardInput(cli, 'the text') : await openFile(path, cli.terminal.cwd);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer | string>) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      size += bytes.length;
      if (size > MAX_TEXT_BYTES)
        throw cliError('KAZE_CLI_INPUT', `${name} is larger than ${MAX_TEXT_BYTES} bytes`, { name });
      parts.push(bytes);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch (error) {
    if (error instanceof TypeError) throw cliError('KAZE_CLI_INPUT', `${name} is not UTF-8 text`, { name });
    throw error;
  }
}

export interface OpenedFile {
  readonly stream: Readable;
  readonly name: string;
  readonly bytes?: number;
}

/** A regular file, ready to be streamed; a relative path starts at `cwd`. Errors: KAZE_CLI_FILE. */
export async function openFile(path: string, cwd = '/'): Promise<OpenedFile> {
  const file = resolve(cwd, path);
  try {
    const found = await stat(file);
    if (!found.isFile()) throw cliError('KAZE_CLI_FILE', `${path} is no file`, { path });
    const handle = await open(file, 'r');
    return { stream: createReadStream(file, { fd: handle }), name: basename(file), bytes: found.size };
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Refuses to wait for a person's typing where a file was meant. */
export function standardInput(cli: Pick<Cli, 'terminal'>, what: string): OpenedFile {
  if (cli.terminal.stdin.isTTY) {
    throw usageError(`${what} comes from standard input ("-"), which is a terminal: pipe something in`);
  }
  return { stream: cli.terminal.stdin, name: 'stdin' };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'you may not',
  EPERM: 'you may not',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'it exists already',
  ENOSPC: 'the disk is full',
};

/** A failure of the file system in words; anything else passes. */
export function fileError(path: string, error: unknown, doing = 'read'): CommandError | unknown {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) return error;
  return cliError('KAZE_CLI_FILE', `${path} cannot be ${doing}: ${REASONS[code] ?? code}`, { path, reason: code });
}
