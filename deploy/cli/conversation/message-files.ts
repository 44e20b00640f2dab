import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Cli } from '../cli.ts';
import type { CellClient } from '../connection/cell-client.ts';
import { contentTypeOf } from '../ingest/file-types.ts';
import { openFile } from '../input/read-text.ts';

export interface MessageFile {
  /** Undefined where the agent finds out what the file is for. */
  readonly input?: string;
  readonly path: string;
}

/** `@path`, `@"a path"`, each also behind `name=`, at the beginning of a word. */
const MARK = /(^|\s)(?:([A-Za-z][\w-]*)=)?@(?:"([^"]+)"|(\S+))/gu;

export interface MessageWithFiles {
  /** As it is sent: a file by its own name, not by its place on this machine. */
  readonly text: string;
  readonly files: readonly MessageFile[];
  /** Words that look like a file and are none. */
  readonly missing: readonly string[];
}

/**
 * The files that a line names. A word that begins with @ and names no file is text, since people are written to in that
 * way.
 */
export async function messageFiles(line: string, cwd: string): Promise<MessageWithFiles> {
  const files: MessageFile[] = [];
  const missing: string[] = [];
  let text = '';
  let at = 0;
  for (const mark of line.matchAll(MARK)) {
    const [whole, before = '', input, quoted, plain = ''] = mark;
    const path = await firstFile(quoted === undefined ? [plain, plain.replace(/[.,;:!?)]+$/u, '')] : [quoted], cwd);
    if (path === undefined) {
      if (quoted !== undefined || input !== undefined || /[./\\]/u.test(plain)) missing.push(quoted ?? plain);
      continue;
    }
    files.push(input === undefined ? { path } : { input, path });
    const rest = quoted === undefined ? plain.slice(path.length) : '';
    text += `${line.slice(at, mark.index)}${before}@${basename(path)}${rest}`;
    at = mark.index + whole.length;
  }
  return { text: text + line.slice(at), files, missing };
}

/** A full stop may end the sentence or belong to the name. */
async function firstFile(paths: readonly string[], cwd: string): Promise<string | undefined> {
  for (const path of paths) {
    const found = await stat(resolve(cwd, path)).catch(() => undefined);
    if (found?.isFile()) return path;
  }
  return undefined;
}

/** Sends them ahead; gives what `sendMessage` takes. Errors: KAZE_CLI_FILE and those of the upload. */
export async function sendFiles(
  cli: Cli,
  client: CellClient,
  files: readonly MessageFile[],
): Promise<Array<{ input?: string; upload: string }>> {
  const sent: Array<{ input?: string; upload: string }> = [];
  const { cwd, signal } = cli.terminal;
  for (const { input, path } of files) {
    const { stream, name } = await openFile(path, cwd);
    try {
      const { id } = await client.upload({ stream, name, contentType: contentTypeOf(name) }, { signal });
      sent.push({ ...(input === undefined ? {} : { input }), upload: id });
    } finally {
      stream.destroy();
    }
  }
  return sent;
}
