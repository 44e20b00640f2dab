import { PassThrough } from 'node:stream';
import type { Connect } from '../../../../deploy/cli/cli.ts';
import type { CellClient, Operation, RawAnswer } from '../../../../deploy/cli/connection/cell-client.ts';
import { runIn } from '../../../../deploy/cli/main.ts';
import type { Terminal } from '../../../../deploy/cli/terminal.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunSetup {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** Whether somebody sits before it and types what stands in `stdin`. */
  readonly typed?: boolean;
  /** Width of a terminal on stdout and stderr; none without it. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly connect?: Connect;
}

/** Runs a command line in a surrounding of its own and collects what it wrote. */
export async function kaze(argv: readonly string[], setup: RunSetup = {}): Promise<Ran> {
  const written = { out: '', err: '' };
  const output = (to: 'out' | 'err') => ({
    write: (text: string) => {
      written[to] += text;
    },
    isTTY: setup.columns !== undefined,
    columns: setup.columns,
  });
  const stdin = Object.assign(new PassThrough(), { isTTY: setup.typed === true });
  stdin.end(setup.stdin ?? '');
  const terminal: Terminal = {
    stdin,
    stdout: output('out'),
    stderr: output('err'),
    env: setup.env ?? {},
    cwd: setup.cwd ?? '/nowhere',
    signal: setup.signal ?? new AbortController().signal,
  };
  const code = await runIn(terminal, argv, setup.connect);
  return { code, ...written };
}

type Answers = Readonly<Record<string, unknown>>;

export interface FakeCell {
  readonly connect: Connect;
  /** Operations in the order in which they came. */
  readonly calls: ReadonlyArray<{ readonly name: string; readonly variables: Record<string, unknown> }>;
  readonly uploads: ReadonlyArray<{ readonly name: string; readonly contentType: string; readonly text: string }>;
}

/** A cell that answers each operation by name; an Error is thrown, a function is asked with the variables. */
export function fakeCell(answers: Answers): FakeCell {
  const calls: Array<{ name: string; variables: Record<string, unknown> }> = [];
  const uploads: Array<{ name: string; contentType: string; text: string }> = [];
  const answer = async (name: string, variables: unknown): Promise<never> => {
    const given = variables as Record<string, unknown>;
    calls.push({ name, variables: given });
    if (!(name in answers)) throw new Error(`the test gave no answer to ${name}`);
    const prepared = answers[name];
    const value = typeof prepared === 'function' ? await prepared(given) : prepared;
    if (value instanceof Error) throw value;
    return value as never;
  };
  const client: CellClient = {
    url: 'http://127.0.0.1:4000',
    execute: <D, V>(operation: Operation<D, V>, variables: V) => answer(operation.name, variables),
    raw: (query, variables): Promise<RawAnswer> => answer('raw', { query, variables }),
    async *subscribe<D, V>(operation: Operation<D, V>, variables: V) {
      yield* (await answer(operation.name, variables)) as AsyncIterable<D>;
    },
    download: (path) => answer('download', { path }),
    async upload({ stream, name, contentType }) {
      let text = '';
      for await (const part of stream) text += part;
      uploads.push({ name, contentType, text });
      return { id: `upload-${uploads.length}`, bytes: text.length };
    },
  };
  return { connect: async () => client, calls, uploads };
}
