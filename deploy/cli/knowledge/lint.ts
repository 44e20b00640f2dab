import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cli, OutputOptions } from '../cli.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { harmless } from '../output/text.ts';
import { plural } from '../output/values.ts';

export interface LintOptions extends OutputOptions {
  readonly vertical?: string;
  readonly dir?: string;
  readonly maxAge?: number;
}

const SHIPPED = fileURLToPath(new URL('../../../agents/verticals/', import.meta.url));

/** Reads the packs of a folder of verticals and tells what is wrong with them, to stdout as file:line:column. */
export async function lint(cli: Cli, options: LintOptions): Promise<void> {
  const agents = await import('#agents');
  const folder = options.dir === undefined ? SHIPPED : resolve(cli.terminal.cwd, options.dir);
  const loaded = await agents.loadDefinitions(folder);
  const { vertical } = options;
  const packs = [...new Set([...loaded.verticals, ...loaded.knowledge.map((item) => item.vertical)])];
  if (vertical !== undefined && !packs.includes(vertical))
    throw usageError(`there is no pack "${vertical}" in ${folder}; it has ${packs.join(', ') || 'none'}`);
  const today = new Date().toISOString().slice(0, 10);
  const linted = agents.lintKnowledge(loaded.knowledge, {
    today,
    ...(options.maxAge === undefined ? {} : { maxAgeDays: options.maxAge }),
  });
  // What the loader says about relations the lint says again, with its rule.
  const told = new Set(linted.map(({ file, line, message }) => `${file}:${line} ${message}`));
  const unread = loaded.problems
    .filter(({ file, line, message }) => file.includes('/knowledge/') && !told.has(`${file}:${line} ${message}`))
    .map((problem) => ({ ...problem, rule: 'unreadable' as const, path: null }));
  const wanted = ({ file }: { readonly file: string }): boolean =>
    vertical === undefined || file.startsWith(`${vertical}/`);
  const problems = [...unread, ...linted].filter(wanted).map((problem) => ({
    ...problem,
    file: shown(join(folder, problem.file), cli.terminal.cwd),
  }));
  const items = loaded.knowledge.filter((item) => vertical === undefined || item.vertical === vertical).length;
  cli.result(options, { ok: problems.length === 0, items, problems }, () =>
    problems.length === 0
      ? `${plural(items, 'item')}: ${cli.style('nothing is wrong', 'green')}`
      : problems.map((one) => harmless(`${agents.formatProblem(one)} [${one.rule}]`)).join('\n'),
  );
  if (problems.length === 0) return;
  if (!options.json) cli.note(`${plural(problems.length, 'problem')} in ${plural(items, 'item')}`);
  cli.exitCode = EXIT.failed;
}

/** Relative to where the command was called, as long as that is no way up and down again. */
function shown(file: string, cwd: string | undefined): string {
  const short = cwd === undefined ? file : relative(cwd, file);
  return short.startsWith('..') || isAbsolute(short) ? file : short;
}
