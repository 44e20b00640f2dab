import type { CaseResult, SkillScorecard } from '#agents';
import { VERTICALS } from '../../cell/shipped.ts';
import type { Cli, OutputOptions } from '../cli.ts';
import { definitionsOf, shortPath } from '../definitions/further-folder.ts';
import { cliError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../output/table.ts';
import { harmless } from '../output/text.ts';
import { plural } from '../output/values.ts';
import { statusFor } from '../progress/status.ts';

export interface TestOptions extends OutputOptions {
  /** Folder of verticals beside the shipped one, whose own skills are meant; the shipped one when left out. */
  readonly dir?: string;
}

const INDENT = '  ';

/** Runs the cases that stand beside skills, without a cell, and prints a scorecard for each skill. */
export async function test(cli: Cli, names: readonly string[], options: TestOptions): Promise<void> {
  const [agents, { createOfflineModel }] = await Promise.all([
    import('#agents'),
    import('../../cell/offline-model.ts'),
  ]);
  const handlers = new agents.SkillHandlers(agents.handlers, agents.validators);
  const metricsOf = (skill: string) => {
    const handler = handlers.handler(skill);
    return handler && Object.keys(handler.metrics);
  };
  const { cwd } = cli.terminal;
  const { folder, loaded, isOwn, pathOf } = await definitionsOf(options.dir, { cwd, metricsOf });
  const own = { ...loaded, skills: loaded.skills.filter(({ source }) => isOwn(source.file)) };
  const wanted =
    names.length > 0 ? [...new Set(names)] : await agents.skillsWithCases({ folder: VERTICALS, loaded: own });
  if (wanted.length === 0) {
    throw cliError('KAZE_CLI_NOT_FOUND', `no skill in ${folder} has cases; docs/skills.md says how to write them`);
  }
  const status = statusFor(cli);
  const cards: SkillScorecard[] = [];
  try {
    const model = await createOfflineModel();
    for (const name of wanted) {
      cli.terminal.signal.throwIfAborted();
      status.say(`running the cases of ${name}`);
      cards.push(await agents.runSkillCases(name, { folder: VERTICALS, loaded, handlers, model }));
    }
  } finally {
    status.end();
  }
  const passed = cards.every((card) => card.passed);
  const fileOf = (skill: string) => {
    const definition = loaded.skills.find(({ name }) => name === skill)!;
    return shortPath(pathOf(agents.casesFile(definition)), cwd);
  };
  cli.result(options, { ok: passed, skills: cards }, () =>
    cards.map((card) => scorecard(cli, card, fileOf(card.skill))).join('\n\n'),
  );
  if (!passed) cli.exitCode = EXIT.failed;
}

function scorecard(cli: Cli, card: SkillScorecard, file: string): string {
  const failed = card.cases.filter(({ passed }) => !passed).length;
  const verdict = failed === 0 ? cli.style('all passed', 'green') : cli.style(`${failed} failed`, 'red');
  const head = `${card.skill} (${card.vertical ?? 'no vertical'}, ${card.runBy}): ${plural(card.cases.length, 'case')}, ${verdict}`;
  const lines = card.cases.flatMap((one) => caseLines(cli, one, file));
  type Row = SkillScorecard['criteria'][number];
  const columns = [
    { title: 'CRITERION', value: (row: Row) => row.criterion, flexible: true },
    { title: 'AS WANTED', value: (row: Row) => String(row.asWanted), right: true },
    { title: 'OTHERWISE', value: (row: Row) => String(row.otherwise), right: true },
    { title: 'NOT JUDGED', value: (row: Row) => String(row.skipped), right: true },
  ];
  const width = cli.width === undefined ? undefined : cli.width - INDENT.length;
  const criteria = card.criteria.length > 0 ? ['', table(card.criteria, columns, width).replace(/^/gm, INDENT)] : [];
  return [head, '', ...lines, ...criteria].join('\n');
}

function caseLines(cli: Cli, one: CaseResult, file: string): string[] {
  const mark = one.passed ? cli.style('ok  ', 'green') : cli.style('FAIL', 'red');
  const said = one.description === '' ? '' : `  ${one.description}`;
  const head = harmless(`  ${mark}  ${one.name}${one.passed ? said : `  ${file}:${one.line}`}`);
  return one.passed ? [head] : [head, ...reasons(one).flatMap(({ expected, found }) => pair(expected, found))];
}

const pair = (expected: string, found: string): string[] => [
  harmless(`          expected  ${expected}`),
  harmless(`          found     ${found}`),
];

function reasons(one: CaseResult): Array<{ readonly expected: string; readonly found: string }> {
  const criteria = one.criteria
    .filter(({ passed, skipped, wantedToFail }) => (wantedToFail ? passed || skipped : !passed && !skipped))
    .map(({ criterion, wantedToFail, explanation }) => {
      const expected = wantedToFail ? `the criterion to fail: ${criterion}` : `the criterion to hold: ${criterion}`;
      return { expected, found: explanation };
    });
  return [...one.expectations.filter(({ passed }) => !passed), ...criteria];
}
