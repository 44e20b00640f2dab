import { relative, sep } from 'node:path';
import type { Cli, OutputOptions } from '../cli.ts';
import { definitionsOf, shortPath } from '../definitions/further-folder.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { harmless } from '../output/text.ts';
import { plural } from '../output/values.ts';

export interface LintOptions extends OutputOptions {
  readonly vertical?: string;
  readonly dir?: string;
  readonly maxAge?: number;
}

/** Reads the packs of a folder of verticals and tells what is wrong with them, to stdout as file:line:column. */
export async function lint(cli: Cli, options: LintOptions): Promise<void> {
  const agents = await import('#agents');
  const { cwd } = cli.terminal;
  const { folder, loaded, isOwn, pathOf } = await definitionsOf(options.dir, { cwd });
  const { vertical } = options;
  const own = loaded.knowledge.filter(({ file }) => isOwn(file));
  const packs = [...new Set(own.map((item) => item.vertical))];
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
    isOwn(file) && (vertical === undefined || relative(folder, pathOf(file)).startsWith(vertical + sep));
  const problems = [...unread, ...linted].filter(wanted).map((problem) => ({
    ...problem,
    file: shortPath(pathOf(problem.file), cwd),
  }));
  const items = own.filter((item) => vertical === undefined || item.vertical === vertical).length;
  cli.result(options, { ok: problems.length === 0, items, problems }, () =>
    problems.length === 0
      ? `${plural(items, 'item')}: ${cli.style('nothing is wrong', 'green')}`
      : problems.map((one) => harmless(`${agents.formatProblem(one)} [${one.rule}]`)).join('\n'),
  );
  if (problems.length === 0) return;
  if (!options.json) cli.note(`${plural(problems.length, 'problem')} in ${plural(items, 'item')}`);
  cli.exitCode = EXIT.failed;
}
