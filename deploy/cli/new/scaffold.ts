import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { LoadedDefinitions } from '#agents';
import { nearestName } from '#platform';
import { VERTICALS } from '../../cell/shipped.ts';
import type { Cli, OutputOptions } from '../cli.ts';
import { definitionsOf, shortPath } from '../definitions/further-folder.ts';
import { CommandError, cliError, usageError } from '../errors.ts';
import { harmless } from '../output/text.ts';
import { renderTemplate, type TemplateFile, type TemplateKind } from './templates.ts';

export interface NewOptions extends OutputOptions {
  /** Folder of verticals beside the shipped one; that one when left out. */
  readonly path?: string;
  readonly vertical?: string;
  /** Names of skills of a new agent, with commas between them. */
  readonly skills?: string;
}

const NAME = /^[a-z][a-z0-9-]{0,47}$/;
const READ_BY =
  'A cell that has the folder (kaze start --verticals, KAZE_VERTICALS_FOLDERS) takes up what comes into it while it runs.';
const KEPT_NAMES = ['client', 'platform'];

interface Plan {
  readonly vertical: string;
  readonly files: readonly TemplateFile[];
  /** Command lines that go on from here, without the folder. */
  readonly next: readonly string[];
}

/** Writes a new skill, agent or vertical from its template and checks it as the cell will. Nothing is overwritten. */
export async function scaffold(
  cli: Cli,
  { kind, name }: { readonly kind: TemplateKind; readonly name: string },
  options: NewOptions,
): Promise<void> {
  const agents = await import('#agents');
  if (!NAME.test(name) || KEPT_NAMES.includes(name)) {
    throw usageError(
      `"${name}" cannot be the name of a ${kind}: a-z, 0-9 and -, beginning with a letter, at most 48, not ${KEPT_NAMES.join(' or ')}`,
    );
  }
  const { cwd } = cli.terminal;
  const folder = options.path === undefined ? resolve(VERTICALS) : resolve(cwd, options.path);
  const { loaded } = await definitionsOf(existsSync(folder) ? folder : undefined, { cwd });
  const plan = { skill: newSkill, agent: newAgent, vertical: newVertical }[kind](name, { loaded, folder, options });
  const files = plan.files.map(({ path, text }) => ({ file: join(folder, plan.vertical, path), text }));
  await writeAll(files);
  const problems = await problemsOf(files, { folder, cwd });
  if (problems.length > 0) {
    throw new CommandError(
      'KAZE_DEFINITION_INVALID',
      `what was written has problems:\n${agents.formatProblems(problems)}`,
    );
  }
  const next = commandsFrom(plan, { cli, folder });
  const shown = files.map(({ file }) => shortPath(file, cwd));
  const value = { kind, name, vertical: plan.vertical, folder, files: files.map(({ file }) => file), next };
  cli.result(options, value, () =>
    [
      `${kind} ${name}`,
      ...shown.map((file) => harmless(`  ${file}`)),
      '',
      'Next:',
      ...next.map((line) => harmless(`  $ ${line}`)),
      ...(options.path === undefined ? [] : ['', READ_BY]),
    ].join('\n'),
  );
}

/** What is wrong with files that were written: by themselves, or, where that is not enough to tell, among all others. */
async function problemsOf(
  files: ReadonlyArray<{ readonly file: string }>,
  { folder, cwd }: { readonly folder: string; readonly cwd: string },
) {
  const { loadDefinitions } = await import('#agents');
  const isWritten = (path: string) => files.some(({ file }) => file === path);
  const alone = await loadDefinitions(folder);
  if (!alone.problems.some(({ file }) => isWritten(resolve(folder, file)))) return [];
  const { loaded, pathOf } = await definitionsOf(folder, { cwd });
  return loaded.problems.filter(({ file }) => isWritten(pathOf(file)));
}

interface Surrounding {
  readonly loaded: LoadedDefinitions;
  readonly folder: string;
  readonly options: NewOptions;
}

function newSkill(name: string, { loaded, folder, options }: Surrounding): Plan {
  const vertical = verticalOf(options, loaded, folder);
  refuseTaken('skill', name, loaded.skills);
  const file = `${vertical}/skills/${name}.yaml`;
  return {
    vertical,
    files: renderTemplate('skill', { name }),
    next: [
      `kaze skills validate FOLDER/${file}`,
      `kaze skills test ${name}`,
      `kaze new agent ${name}-agent --vertical ${vertical} --skills ${name}`,
    ],
  };
}

function newAgent(name: string, { loaded, folder, options }: Surrounding): Plan {
  const vertical = verticalOf(options, loaded, folder);
  refuseTaken('agent', name, loaded.agents);
  const known = loaded.skills.map((skill) => skill.name);
  const own = loaded.skills.filter((skill) => skill.vertical === vertical).map((skill) => skill.name);
  const wanted = options.skills === undefined ? own : options.skills.split(',').map((one) => one.trim());
  const unknown = wanted.filter((one) => !known.includes(one));
  if (unknown.length > 0 || wanted.length === 0) {
    const what =
      unknown.length > 0
        ? `there is no skill ${unknown.map((one) => `"${one}"`).join(', ')}`
        : `the vertical ${vertical} has no skill`;
    const hint =
      known.length > 0
        ? `there is ${[...known].sort().join(', ')}`
        : `kaze new skill NAME --vertical ${vertical} makes one`;
    throw cliError('KAZE_CLI_NOT_FOUND', `${what}; ${hint}`, { skills: unknown });
  }
  const hasPack = loaded.knowledge.some((item) => item.vertical === vertical);
  const knowledge = [...(hasPack ? [`${vertical}/*`] : []), 'client/{client_id}/business-context'];
  const list = (lines: readonly string[]) => lines.map((line) => `  - ${line}`).join('\n');
  const values = { name, title: titleOf(name), skills: list(wanted), knowledge: list(knowledge) };
  const file = `${vertical}/agents/${name}.yaml`;
  return {
    vertical,
    files: renderTemplate('agent', values),
    next: [
      `kaze agents validate FOLDER/${file}`,
      `kaze agents bind ${name} --tenant CLIENT`,
      [
        'kaze tasks submit',
        `--agent ${name} --tenant CLIENT --skill ${wanted[0]}`,
        ...inputsOf(wanted[0]!, loaded),
      ].join(' '),
    ],
  };
}

/** What a task of a skill has to be given, as it is written on the command line. */
const inputsOf = (name: string, { skills }: LoadedDefinitions): string[] =>
  skills
    .find((skill) => skill.name === name)!
    .inputs.filter(({ required }) => required)
    .map((input) => `--input ${input.name}=${input.type === 'file' ? '@FILE' : 'TEXT'}`);

function newVertical(name: string, { loaded, folder }: Surrounding): Plan {
  if (loaded.verticals.includes(name) || existsSync(join(folder, name))) {
    throw taken(`the vertical ${name} is there already, in ${join(folder, name)}`, { vertical: name });
  }
  refuseTaken('skill', `${name}-brief`, loaded.skills);
  refuseTaken('agent', `${name}-assistant`, loaded.agents);
  const today = new Date().toISOString().slice(0, 10);
  return {
    vertical: name,
    files: renderTemplate('vertical', { name, title: titleOf(name), today }),
    next: [
      `kaze skills test ${name}-brief`,
      `kaze knowledge lint --vertical ${name}`,
      `kaze agents bind ${name}-assistant --tenant CLIENT`,
    ],
  };
}

/** Errors: KAZE_CLI_USAGE without a vertical, KAZE_CLI_NOT_FOUND for one that is not there. */
function verticalOf({ vertical }: NewOptions, { verticals }: LoadedDefinitions, folder: string): string {
  const there = verticals.length > 0 ? `there is ${verticals.join(', ')}` : `${folder} has none yet`;
  if (vertical === undefined) throw usageError(`--vertical says to which vertical it belongs; ${there}`);
  if (verticals.includes(vertical)) return vertical;
  const nearest = nearestName(vertical, verticals);
  const hint = nearest === undefined ? `${there}; kaze new vertical NAME makes one` : `did you mean ${nearest}?`;
  throw cliError('KAZE_CLI_NOT_FOUND', `there is no vertical "${vertical}"; ${hint}`, { vertical });
}

interface Named {
  readonly name: string;
  readonly source: { readonly file: string };
}

/** Names of skills and agents are unique over all verticals. */
function refuseTaken(kind: 'skill' | 'agent', name: string, all: readonly Named[]): void {
  const other = all.find((one) => one.name === name);
  if (other)
    throw taken(
      `there is ${kind === 'agent' ? 'an' : 'a'} ${kind} ${name} already, in ${other.source.file}; choose another name`,
      { name },
    );
}

const taken = (message: string, fields: Readonly<Record<string, string>>) =>
  cliError('KAZE_CLI_EXISTS', message, fields);

async function writeAll(files: ReadonlyArray<{ readonly file: string; readonly text: string }>): Promise<void> {
  const there = files.filter(({ file }) => existsSync(file)).map(({ file }) => file);
  if (there.length > 0) {
    throw cliError('KAZE_CLI_EXISTS', `${there.join(', ')} is there already and stays as it is`, { files: there });
  }
  for (const { file, text } of files) {
    try {
      await makeFolder(dirname(file));
      await writeFile(file, text, { flag: 'wx' });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST')
        throw cliError('KAZE_CLI_EXISTS', `${file} is there already and stays as it is`, { files: [file] });
      throw cliError('KAZE_CLI_FILE', `${file} cannot be written: ${code ?? String(error)}`, { file });
    }
  }
}

/** One by one: below a folder in which none can be made, such as /proc, mkdir's own way of doing so never ends. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeFolder(dirname(folder));
  await mkdir(folder);
}

/** `customer-success`: `Customer success`. */
const titleOf = (name: string): string => name.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());

/** Commands that look at definitions are told where these are; those that need a cell come once one has the folder. */
function commandsFrom(plan: Plan, { cli, folder }: { readonly cli: Cli; readonly folder: string }): string[] {
  const short = shortPath(folder, cli.terminal.cwd);
  const placed = plan.next.map((line) => line.replace('FOLDER', short));
  if (folder === resolve(VERTICALS)) return placed;
  const needsCell = (line: string) => /^kaze (agents bind|tasks submit)/.test(line);
  const looking = placed
    .filter((line) => !needsCell(line))
    .map((line) => {
      if (/^kaze (skills test|knowledge lint)/.test(line)) return `${line} --dir ${short}`;
      return line.startsWith('kaze new') ? `${line} --path ${short}` : line;
    });
  return [...looking, `kaze start --verticals ${short}`, ...placed.filter(needsCell)];
}
