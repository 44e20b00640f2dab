import { InvalidArgumentError, Option } from 'commander';
import { DEMO_NAMES } from '../../demo/names.ts';
import { collect, configure, type Define, wholeNumber } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'fill the cell with three example clients at work',
    more: [
      `Sets up ${DEMO_NAMES.join(', ')} (a bakery chain, a software firm, a law office), reads in their documents,`,
      'gives their agents tasks, and decides about most outcomes as a person of the client; some wait for you. All of it',
      'is made up and made here; nothing leaves the machine. A second run adds nothing twice, an interrupted one goes on.',
    ].join('\n'),
    examples: ['kaze demo', 'kaze demo --client demo-law', 'kaze demo --rows 20000 --json'],
  })
    .addOption(
      new Option('--client <name>', `only this one, may be repeated: ${DEMO_NAMES.join(', ')}`).argParser(clients),
    )
    .addOption(
      new Option('--rows <n>', 'queries in the bakery’s export; the rest grows with it')
        .default(6_000)
        .argParser(wholeNumber(3_000, 40_000)),
    )
    .action(async (options) => (await import('../demo/demo.ts')).demo(cli, options));
};

function clients(name: string, list: readonly string[] | undefined): readonly string[] {
  if ((DEMO_NAMES as readonly string[]).includes(name)) return collect(name, list);
  throw new InvalidArgumentError(`It is one of ${DEMO_NAMES.join(', ')}.`);
}
