import { configure, type Define } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'print the version of Kaze, and of the cell',
    more: 'The cell’s is left out where none answers.',
    examples: ['kaze version', 'kaze version --json'],
  }).action(async (options) => (await import('../version/version.ts')).version(cli, options));
};
