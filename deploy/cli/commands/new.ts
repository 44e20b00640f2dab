import { type Define, leaf } from '../command.ts';

const PATH = ['--path <folder>', 'folder of verticals beside the shipped one; that one when left out'] as const;
const KEEPS =
  'Nothing is overwritten. What is written is checked as the cell will check it, and the commands that go on are printed.';

export const define: Define = (command, cli) => {
  leaf(command, {
    usage: 'skill <name>',
    summary: 'write a skill that a model runs, with its cases',
    more: KEEPS,
    args: { name: 'a-z, 0-9 and -; unique over all verticals' },
    cell: false,
    examples: [
      'kaze new skill call-brief --vertical crm',
      'kaze new skill haiku --vertical poetry --path my-verticals',
    ],
  })
    .option('--vertical <name>', 'field of business that it belongs to')
    .option(...PATH)
    .action(async (name, options) =>
      (await import('../new/scaffold.ts')).scaffold(cli, { kind: 'skill', name }, options),
    );

  leaf(command, {
    usage: 'agent <name>',
    summary: 'write an agent composed of skills that are there',
    more: KEEPS,
    args: { name: 'a-z, 0-9 and -; unique over all verticals' },
    cell: false,
    examples: ['kaze new agent deal-desk --vertical crm --skills lead-scoring,invoice-check'],
  })
    .option('--vertical <name>', 'field of business that it belongs to')
    .option('--skills <names>', 'skills of any vertical, with commas; all of the vertical when left out')
    .option(...PATH)
    .action(async (name, options) =>
      (await import('../new/scaffold.ts')).scaffold(cli, { kind: 'agent', name }, options),
    );

  leaf(command, {
    usage: 'vertical <name>',
    summary: 'write a vertical: knowledge, a skill with cases, an agent',
    more: KEEPS,
    args: { name: 'a-z, 0-9 and -' },
    cell: false,
    examples: ['kaze new vertical facilities', 'kaze new vertical facilities --path my-verticals --json'],
  })
    .option(...PATH)
    .action(async (name, options) =>
      (await import('../new/scaffold.ts')).scaffold(cli, { kind: 'vertical', name }, options),
    );
};
