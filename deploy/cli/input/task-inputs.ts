import { usageError } from '../errors.ts';

export interface TaskInputs {
  readonly values: Readonly<Record<string, unknown>>;
  /** Inputs whose value is a file's content; `-` is standard input. */
  readonly files: ReadonlyArray<{ readonly input: string; readonly path: string }>;
}

const FORM = 'give name=value, name=@file, name=- (standard input) or name:=JSON';

/**
 * Reads `--input` values: `name=value`, `name=@file`, `name=-`, `name:=JSON`; a repeated name is a list of values, or of
 * files for a skill that takes several. A value that begins with @ and is meant so is given as JSON: `name:='"@here"'`.
 * Errors: KAZE_CLI_USAGE.
 */
export function parseTaskInputs(given: readonly string[]): TaskInputs {
  const values = new Map<string, unknown[]>();
  const files: Array<{ input: string; path: string }> = [];
  for (const text of given) {
    const { name, kind, rest } = split(text);
    if (kind === 'json') add(values, name, json(name, rest));
    else if (rest === '-') files.push({ input: name, path: '-' });
    else if (rest.startsWith('@')) files.push({ input: name, path: path(name, rest.slice(1)) });
    else add(values, name, rest);
  }
  refuseTwice(files, values);
  return {
    values: Object.fromEntries([...values].map(([name, list]) => [name, list.length === 1 ? list[0] : list])),
    files,
  };
}

function split(text: string): { name: string; kind: 'text' | 'json'; rest: string } {
  const found = /^([^=:\s]+)(:?=)([\s\S]*)$/.exec(text);
  if (!found) throw usageError(`--input "${text}" has no name: ${FORM}`, { input: text });
  return { name: found[1]!, kind: found[2] === ':=' ? 'json' : 'text', rest: found[3]! };
}

function path(name: string, file: string): string {
  if (file !== '') return file;
  throw usageError(`--input ${name}=@ names no file: ${FORM}`, { input: name });
}

function json(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usageError(`--input ${name}:= is no JSON; for plain text write ${name}=value`, { input: name });
  }
}

const add = (values: Map<string, unknown[]>, name: string, value: unknown): void =>
  void values.set(name, [...(values.get(name) ?? []), value]);

function refuseTwice(files: TaskInputs['files'], values: ReadonlyMap<string, unknown>): void {
  for (const { input, path } of files) {
    if (values.has(input)) {
      throw usageError(`--input ${input} is given as a value and as a file; give all of it as files, or none`, {
        input,
      });
    }
    if (path === '-' && files.filter((one) => one.path === '-').length > 1) {
      throw usageError('two inputs come from standard input; only one can', { input });
    }
  }
}
