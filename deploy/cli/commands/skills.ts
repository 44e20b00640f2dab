import { type Define, leaf } from '../command.ts';

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
    .option('--dir <folder>', 'folder of verticals; the shipped one when left out')
    .action(async (names, options) => (await import('../skills/test.ts')).test(cli, names, options));
};
