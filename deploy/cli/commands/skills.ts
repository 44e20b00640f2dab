import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type Define, leaf, wholeNumber } from '../command.ts';

export const define: Define = (command, cli) => {
  leaf(command, {
    usage: 'list',
    summary: 'list skills, by name',
    page: true,
    examples: ['kaze skills list', 'kaze skills list --vertical seo --json'],
  })
    .option('--vertical <name>', 'only of this field of business')
    .action(async (options) => (await import('../skills/read.ts')).list(cli, options));

  leaf(command, {
    usage: 'show <skill>',
    summary: 'show a skill: inputs, outputs, criteria, who has it',
    args: { skill: 'name or id' },
    examples: ['kaze skills show keyword-research'],
  }).action(async (skill, options) => (await import('../skills/read.ts')).show(cli, skill, options));

  leaf(command, {
    usage: 'validate <file...>',
    summary: 'check definitions of skills, without a cell',
    more: 'Prints file:line:column, what was expected, and the nearest name. Ends with 2 when something is wrong.',
    args: { file: 'YAML files; - is standard input' },
    cell: false,
    examples: ['kaze skills validate agents/verticals/seo/skills/keyword-research.yaml'],
  }).action(async (files, options) =>
    (await import('../definitions/validate.ts')).validate(cli, { kind: 'skill', files }, options),
  );

  defineVersions(command, cli);

  leaf(command, {
    usage: 'test [name...]',
    summary: 'run the cases that stand beside skills, without a cell',
    more: 'Prints a scorecard: each case with what was expected and found, and how often each quality criterion held.\nCases without written answers of a model use the offline one. Ends with 1 when a case fails.',
    args: { name: 'names of skills; all that have cases when left out' },
    cell: false,
    examples: [
      'kaze skills test invoice-check',
      'kaze skills test --json',
      'kaze skills test haiku --dir my-verticals',
    ],
  })
    .option('--dir <folder>', 'folder of verticals beside the shipped one; that one when left out')
    .action(async (names, options) => (await import('../skills/test.ts')).test(cli, names, options));
};

const number = wholeNumber(1, 1_000_000);

function defineVersions(command: Command, cli: Cli): void {
  leaf(command, {
    usage: 'versions <skill>',
    summary: 'list the versions of a skill, and which is in use',
    args: { skill: 'name or id' },
    examples: ['kaze skills versions keyword-research'],
  })
    .option('--limit <n>', 'how many at most', wholeNumber(1, 200), 20)
    .action(async (skill, options) => (await import('../skills/versions.ts')).versions(cli, skill, options));

  const diff = leaf(command, {
    usage: 'diff <skill>',
    summary: 'show what differs between two versions of a skill',
    more: 'Without numbers: the version in use and the newest, or that before and this. With one: that and the one in use.',
    args: { skill: 'name or id' },
    examples: ['kaze skills diff keyword-research', 'kaze skills diff keyword-research 1 3'],
  });
  diff.argument('[from]', 'number of a version', number).argument('[to]', 'number of another', number);
  diff.action(async (skill, from, to, options) =>
    (await import('../skills/versions.ts')).diff(cli, { skill, from, to }, options),
  );

  const pin = leaf(command, {
    usage: 'pin <skill>',
    summary: 'keep new tasks at a version of a skill',
    more: 'Newer versions are there and not used. Tasks that are queued or running finish on theirs.',
    args: { skill: 'name or id' },
    tenant: 'client, where the name of an agent is not unique',
    examples: [
      'kaze skills pin keyword-research 2',
      'kaze skills pin keyword-research 2 --agent seo-strategist --tenant acme',
    ],
  });
  pin.argument('<version>', 'number of the version', number);
  pinOptions(pin).action(async (skill, version, options) =>
    (await import('../skills/versions.ts')).pin(cli, { skill, version }, options),
  );

  pinOptions(
    leaf(command, {
      usage: 'unpin <skill>',
      summary: 'let new tasks run the newest version again',
      args: { skill: 'name or id' },
      tenant: 'client, where the name of an agent is not unique',
      examples: ['kaze skills unpin keyword-research'],
    }),
  ).action(async (skill, options) => (await import('../skills/versions.ts')).unpin(cli, skill, options));

  pinOptions(
    leaf(command, {
      usage: 'rollback <skill>',
      summary: 'pin a skill to the version before the one in use',
      more: 'Versions that this Kaze cannot run, since their handler is of another revision, are passed over.',
      args: { skill: 'name or id' },
      tenant: 'client, where the name of an agent is not unique',
      examples: ['kaze skills rollback keyword-research --reason "drops long queries"'],
    }),
  ).action(async (skill, options) => (await import('../skills/versions.ts')).rollback(cli, skill, options));
}

const pinOptions = (command: Command): Command =>
  command
    .option('--agent <agent>', 'only this agent, id or name; all agents when left out')
    .option('--reason <text>', 'why; kept with the change');
