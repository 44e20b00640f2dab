import { link, rm, writeFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Cli } from '../cli.ts';
import { cliError, usageError } from '../errors.ts';
import { fileError } from '../input/read-text.ts';
import { bytes as written } from '../output/values.ts';

export interface OutputFileOptions {
  /** Where to; `-` for standard output. */
  readonly output: string;
  /** Told by the file's name when left out. */
  readonly format?: string;
  readonly json?: boolean;
}

interface GivenOutcome {
  readonly state: string;
  readonly output: unknown;
  readonly editedOutput: unknown;
}

const ENDINGS: Readonly<Record<string, string>> = { md: 'markdown', htm: 'html', yml: 'yaml' };

/**
 * Writes one output of an outcome to a file of its own: the one whose name ends in the format (`report_html`,
 * `scores_csv`), or all of them as JSON. What a person edited comes before what was made. Nothing is overwritten.
 * Errors: KAZE_CLI_USAGE, KAZE_CLI_NOT_FOUND with the formats that there are, KAZE_CLI_FILE.
 */
export async function writeOutput(cli: Cli, outcome: GivenOutcome, options: OutputFileOptions): Promise<void> {
  const { output } = options;
  const outputs = (outcome.editedOutput ?? outcome.output) as Readonly<Record<string, unknown>>;
  const { name, content } = choose(outputs, formatOf(options));
  if (output === '-') {
    if (typeof content !== 'string') throw usageError(`${name} is no text: name a file for it`);
    cli.terminal.stdout.write(content);
    return;
  }
  const target = resolve(cli.terminal.cwd, output);
  const partial = `${target}.${process.pid}.part`;
  try {
    await writeFile(partial, content, { flag: 'wx', mode: 0o600 });
    // A link, unlike a renaming, does not replace a file that is there already.
    await link(partial, target);
  } catch (error) {
    const exists = (error as { code?: string }).code === 'EEXIST';
    if (exists) throw cliError('KAZE_CLI_FILE', `${output} exists already; nothing is overwritten`, { path: output });
    throw fileError(output, error, 'written');
  } finally {
    await rm(partial, { force: true });
  }
  const size = Buffer.byteLength(content);
  cli.result(options, { file: target, output: name, bytes: size }, () => `${target} (${name}, ${written(size)})`);
  if (outcome.state !== 'delivered' && !options.json) cli.note(`This outcome is ${outcome.state.replace('_', ' ')}.`);
  const edited = editedForm(outcome, name);
  if (edited && !options.json)
    cli.note(`${edited} was edited at approval; ${name} is as it was made and does not have the change.`);
}

/** Another form of the same thing (`report_markdown` beside `report_html`) that a person edited while this one stayed. */
function editedForm(outcome: GivenOutcome, name: string): string | undefined {
  const edited = editedOutputs(outcome);
  const stem = (one: string) => one.slice(0, Math.max(0, one.lastIndexOf('_')));
  if (stem(name) === '' || edited.includes(name)) return undefined;
  return edited.find((one) => stem(one) === stem(name));
}

/** The outputs that a person changed when approving them. */
export function editedOutputs({ output, editedOutput }: Pick<GivenOutcome, 'output' | 'editedOutput'>): string[] {
  if (!isRecord(output) || !isRecord(editedOutput)) return [];
  return Object.keys(editedOutput).filter((name) => !isDeepStrictEqual(editedOutput[name], output[name]));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function formatOf({ format, output }: OutputFileOptions): string {
  const ending = extname(output).slice(1).toLowerCase();
  const wanted = format?.toLowerCase() ?? ending;
  if (wanted === '') throw usageError('say which output is meant: --format html, or a file name such as report.html');
  return ENDINGS[wanted] ?? wanted;
}

function choose(
  outputs: Readonly<Record<string, unknown>>,
  format: string,
): { name: string; content: string | Buffer } {
  if (format === 'json') return { name: 'json', content: `${JSON.stringify(outputs, null, 2)}\n` };
  const found = Object.entries(outputs).find(([name]) => name === format || name.endsWith(`_${format}`));
  const content = found && contentOf(found[1]);
  if (found && content !== undefined) return { name: found[0], content };
  const files = Object.entries(outputs).flatMap(([name, value]) => (contentOf(value) === undefined ? [] : [name]));
  const there =
    files.length > 0 ? `it has ${files.join(', ')}, and json` : 'it has no output that is a file, only json';
  const why = found
    ? `the outcome's ${found[0]} is empty; its notes say why`
    : `the outcome has no output as ${format}`;
  throw cliError('KAZE_CLI_NOT_FOUND', `${why}; ${there}`, { format });
}

/** A text, or what carries its bytes in base64; undefined for what is no file. */
function contentOf(value: unknown): string | Buffer | undefined {
  if (typeof value === 'string') return value;
  const base64 = (value as { base64?: unknown } | null)?.base64;
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined;
}
