import { Option } from 'commander';
import { configure, type Define, wholeNumber } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'answer a question from the graph, with citations',
    more: 'Says so when the graph does not hold the answer. Without --tenant the only client of the cell is meant.',
    tenant: true,
    examples: [
      'kaze ask "How many days of annual leave are there?" --tenant acme',
      'kaze ask "Who approves travel?" --tenant acme --json',
    ],
  })
    .argument('<question...>', 'the question')
    .addOption(new Option('--passages <n>', 'passages to answer from').default(12).argParser(wholeNumber(1, 50)))
    .action(async (words: string[], options) =>
      (await import('../conversation/ask.ts')).ask(cli, words.join(' '), options),
    );
};
