import { type DemoQuery, demoQueries } from '../../demo/index.ts';
import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import { styledState } from '../output/style.ts';
import { table } from '../output/table.ts';
import { duration } from '../output/values.ts';
import type { ShownTask } from './cell-view.ts';
import { type ClientRun, shownTaskOf } from './run-client.ts';

export interface DemoReport {
  readonly url: string;
  readonly runs: readonly ClientRun[];
  readonly skills: ReadonlySet<string>;
  readonly elapsedMs: number;
}

interface Row {
  readonly client: string;
  readonly skill: string;
  readonly about: string;
  readonly state: string;
  readonly task: string;
}

/** What stands in the graph now, what waits for the user, and what to look at. */
export function report(cli: Cli, options: CellOptions, made: DemoReport): void {
  const { url, runs, elapsedMs } = made;
  const rows = runs.flatMap(rowsOf);
  const waiting = runs.flatMap(waitingOf);
  const outcome = rows.find(({ state }) => state === 'delivered')?.task ?? 'id of an outcome';
  const queries = demoQueries(
    outcome,
    runs.map(({ plan }) => plan.name),
  );
  const next = nextCommands(rows, waiting, flagsOf(options));
  const value = {
    ...{ url, elapsedMs: Math.round(elapsedMs) },
    clients: runs.map(({ plan, added, unfinished }) => ({ name: plan.name, title: plan.title, added, unfinished })),
    ...{ tasks: rows, waiting, notYet: notYetOf(made), queries, next },
  };
  cli.result(options, value, () => {
    const { style } = cli;
    const columns = [
      { title: 'CLIENT', value: (row: Row) => row.client },
      { title: 'SKILL', value: (row: Row) => row.skill },
      {
        title: 'STATE',
        // What is queued and at rest waits for a part of it.
        value: ({ state }: Row) => (state === 'queued' ? 'waits for a step' : state),
        paint: (text: string) => styledState(style, text),
      },
      { title: 'WHAT FOR', value: (row: Row) => row.about, flexible: true },
    ];
    return [
      style(headline(runs, elapsedMs), 'green'),
      '',
      table(rows, columns, cli.width),
      ...notYetOf(made).map((skill) => `${skill} is not implemented yet, so its tasks were left out`),
      ...unfinishedText(runs),
      ...(waiting.length > 0
        ? ['', 'Waiting for you:', ...waiting.map(({ about, client }) => `  ${about} (${client})`)]
        : []),
      '',
      'Next:',
      ...next.map((line) => `  ${line}`),
      '',
      `To explore in the playground, ${style(`${url}/`, 'underline')} (your token goes under "Headers"):`,
      ...queries.flatMap(queryText),
    ].join('\n');
  });
}

const rowsOf = ({ plan, tasks }: ClientRun): Row[] =>
  plan.tasks.flatMap((task) => {
    const found = shownTaskOf(task, tasks);
    const { skill, about } = task;
    return found ? [{ client: plan.name, skill, about, state: found.state, task: found.id }] : [];
  });

interface Waiting {
  readonly client: string;
  readonly skill: string;
  readonly about: string;
  readonly task: string;
}

function waitingOf({ plan, tasks }: ClientRun): Waiting[] {
  const planned = new Map(plan.tasks.map((task) => [shownTaskOf(task, tasks)?.id, task.about]));
  return tasks
    .filter(({ state, isPending }) => state === 'awaiting_approval' && isPending)
    .map((task) => ({
      ...{ client: plan.name, skill: task.skill, task: task.id },
      about: planned.get(task.id) ?? whatOf(task),
    }));
}

/** A to-do says what is to be done. */
function whatOf({ inputs, skill }: ShownTask): string {
  const { what } = (inputs ?? {}) as { what?: { text?: string } };
  return what?.text ?? skill;
}

const notYetOf = ({ runs, skills }: DemoReport): string[] => [
  ...new Set(runs.flatMap(({ plan }) => plan.tasks.map(({ skill }) => skill)).filter((skill) => !skills.has(skill))),
];

function headline(runs: readonly ClientRun[], elapsedMs: number): string {
  const isNew = runs.some(({ added }) => Object.values(added).some((count) => count > 0));
  const names = runs.map(({ plan }) => plan.name).join(', ');
  return isNew
    ? `At work in the cell: ${names} (${duration(elapsedMs)})`
    : `All there already, nothing added: ${names}`;
}

const unfinishedText = (runs: readonly ClientRun[]): string[] =>
  runs.flatMap(({ plan, unfinished }) =>
    unfinished.map(
      (key) => `${key} of ${plan.name} is still at work and has not moved for minutes; run kaze demo again later`,
    ),
  );

/** What the user named to reach the cell, the next commands need as well. */
function flagsOf({ data, url }: CellOptions): string {
  return `${url === undefined ? '' : ` --url ${url}`}${data === undefined ? '' : ` --data ${data}`}`;
}

function nextCommands(rows: readonly Row[], waiting: readonly Waiting[], flags: string): string[] {
  const [first] = waiting;
  const delivered = rows.find(({ state }) => state === 'delivered');
  const lines = [
    ...(first ? [`npx kaze approvals show ${first.task}`, `npx kaze approve ${first.task}`] : []),
    ...(delivered ? [`npx kaze tasks show ${delivered.task}`] : []),
    ...(rows.some(({ client }) => client === 'demo-law')
      ? [
          'npx kaze ask "How long are copies of identity cards kept?" --client demo-law',
          'npx kaze chat --client demo-law',
        ]
      : []),
  ];
  return lines.map((line) => line + flags);
}

const queryText = ({ title, query }: DemoQuery): string[] => ['', `# ${title}`, query];
