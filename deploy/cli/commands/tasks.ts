import { InvalidArgumentError, Option } from 'commander';
import { collect, type Define, leaf, wholeNumber } from '../command.ts';
import { futureInstant } from '../input/instant.ts';
import { TASK_STATES } from '../tasks/states.ts';

export const define: Define = (command, cli) => {
  leaf(command, {
    usage: 'submit',
    summary: 'queue a task for an agent',
    more: 'Inputs: name=value, name=@file, name=- (standard input) or name:=JSON. A repeated name is a\nlist, of values or of files; kaze skills show says where several files are taken.',
    tenant: true,
    examples: [
      'kaze tasks submit --agent seo-strategist --client acme --skill keyword-research --input current_rankings=@queries.csv --input business_context=@about.md --json',
      'cat queries.csv | kaze tasks submit --agent seo-strategist --client acme --skill keyword-research --input current_rankings=- --input business_context=@about.md --watch',
    ],
  })
    .requiredOption('--agent <name>', 'name of the agent')
    .requiredOption('--skill <name>', 'name of the skill')
    .option('--input <name=value>', 'an input; may be repeated', collect)
    .option('--key <text>', 'the same key gives the same task again')
    .option('--goal <id>', 'the goal that it serves')
    .addOption(new Option('--budget <dollars>', 'what it may cost, in US dollars').argParser(dollarsToMicros))
    .addOption(
      new Option('--deadline <when>', 'not begun or continued after this: 2h, or a date').argParser((text) =>
        futureInstant(text),
      ),
    )
    .addOption(new Option('--attempts <n>', 'how often it may be begun').argParser(wholeNumber(1, 20)))
    .option('--watch', 'follow it until it ends or waits for a person')
    .action(async (options) => (await import('../tasks/submit.ts')).submit(cli, options));

  leaf(command, {
    usage: 'list',
    summary: 'list tasks, newest first',
    tenant: 'only this client',
    page: true,
    examples: ['kaze tasks list --tenant acme', 'kaze tasks list --state awaiting_approval --json'],
  })
    .addOption(
      new Option('--state <state>', `only in this state, may be repeated: ${TASK_STATES.join(', ')}`).argParser(
        stateList,
      ),
    )
    .option('--agent <name>', 'only of this agent')
    .option('--skill <name>', 'only with this skill')
    .action(async (options) => (await import('../tasks/list.ts')).list(cli, options));

  leaf(command, {
    usage: 'show <id>',
    summary: 'show a task with its outcome and checks',
    args: { id: 'id of the task' },
    examples: [
      'kaze tasks show 019a…',
      'kaze tasks show 019a… --json',
      'kaze tasks show 019a… --output report.html',
      'kaze tasks show 019a… --output - --format csv',
    ],
  })
    .option('--output <file>', 'write an output of the outcome to this file, - for standard output')
    .option('--format <name>', 'which one: html, markdown, pdf, csv, json; by the file name when left out')
    .action(async (id, options) => (await import('../tasks/show.ts')).show(cli, id, options));

  leaf(command, {
    usage: 'watch <id>',
    summary: 'follow a task, live, until it ends',
    more: 'With --json each change is one line. Ends with 0 when it was delivered, with 1 when it ended otherwise.',
    args: { id: 'id of the task' },
    examples: ['kaze tasks watch 019a…', 'kaze tasks watch 019a… --until awaiting_approval'],
  })
    .addOption(new Option('--until <state>', 'end also in this state, with 0').choices(TASK_STATES))
    .action(async (id, options) => (await import('../tasks/watch.ts')).watch(cli, id, options));

  leaf(command, {
    usage: 'cancel <id>',
    summary: 'ask a task to end',
    args: { id: 'id of the task' },
    examples: ['kaze tasks cancel 019a… --reason "wrong file"'],
  })
    .option('--reason <text>', 'why; kept in the audit')
    .action(async (id, options) => (await import('../tasks/change.ts')).cancel(cli, id, options));

  leaf(command, {
    usage: 'retry <id>',
    summary: 'queue a new task like one that ended',
    args: { id: 'id of the ended task' },
    examples: ['kaze tasks retry 019a…'],
  }).action(async (id, options) => (await import('../tasks/change.ts')).retry(cli, id, options));

  leaf(command, {
    usage: 'resume <id>',
    summary: 'let a task go on that a restore has parked',
    args: { id: 'id of the parked task' },
    examples: ['kaze tasks resume 019a…'],
  }).action(async (id, options) => (await import('../tasks/change.ts')).resume(cli, id, options));
};

function stateList(state: string, list: readonly string[] | undefined): readonly string[] {
  return checkedState(state) ? collect(state, list) : [];
}

function checkedState(state: string): boolean {
  if ((TASK_STATES as readonly string[]).includes(state)) return true;
  throw new InvalidArgumentError(`It is one of ${TASK_STATES.join(', ')}.`);
}

function dollarsToMicros(text: string): number {
  const value = /^\d+(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isNaN(value)) return Math.round(value * 1e6);
  throw new InvalidArgumentError('Give US dollars, such as 0.50.');
}
