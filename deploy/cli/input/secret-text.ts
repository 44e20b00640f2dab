import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Cli } from '../cli.ts';
import { cliError } from '../errors.ts';

const MAX_BYTES = 1_048_576;

/**
 * A value that must not be seen: from a pipe, without the line break at its end; or typed or pasted at the terminal, which
 * shows nothing of it. Never from the command line, which other users of the machine can read.
 * Errors: KAZE_CLI_INPUT, KAZE_CLI_INTERRUPTED.
 */
export async function secretText(cli: Cli, prompt: string): Promise<string> {
  const text = cli.terminal.stdin.isTTY ? await typed(cli, prompt) : await piped(cli);
  const value = text.replace(/\r?\n$/, '');
  if (value.trim() === '') throw cliError('KAZE_CLI_INPUT', 'no value came in; type one, or pipe it in');
  return value;
}

async function piped({ terminal }: Cli): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of terminal.stdin as AsyncIterable<Buffer | string>) {
    const buffer = typeof part === 'string' ? Buffer.from(part) : part;
    bytes += buffer.length;
    if (bytes > MAX_BYTES) throw cliError('KAZE_CLI_INPUT', `the value is larger than ${MAX_BYTES} bytes`);
    parts.push(buffer);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw cliError('KAZE_CLI_INPUT', 'the value is not UTF-8 text');
  }
}

/** What readline would echo goes nowhere. */
async function typed({ terminal }: Cli, prompt: string): Promise<string> {
  const { stdin, stderr, signal } = terminal;
  const nowhere = new Writable({ write: (_part, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 });
  const ended = new AbortController();
  // While readline reads keys, Ctrl-C and Ctrl-D are keys of its own.
  lines.once('SIGINT', () => ended.abort());
  lines.once('close', () => ended.abort());
  stderr.write(prompt);
  try {
    return await lines.question('', { signal: AbortSignal.any([signal, ended.signal]) });
  } catch (error) {
    if (signal.aborted || ended.signal.aborted) throw cliError('KAZE_CLI_INTERRUPTED', 'interrupted; nothing was kept');
    throw error;
  } finally {
    lines.close();
    stderr.write('\n');
  }
}
