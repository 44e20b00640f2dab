import { Option } from 'commander';
import { collect, configure, type Define } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'fill a new data folder from an archive',
    more: [
      'The folder (and, clustered, the databases) must be empty: nothing is ever replaced. All tokens are revoked, a new one',
      'is made at the next start, the search index is rebuilt, and tasks that were queued or running are parked until',
      '`kaze tasks resume`. The cell is not started.',
    ].join('\n'),
    cell: false,
    examples: ['kaze restore monday.kaze.tgz --data ./restored', 'kaze start --data ./restored'],
  })
    .argument('<file>', 'archive that kaze backup wrote')
    .requiredOption('--data <folder>', 'data folder to fill')
    .option('--config <file>', 'settings as YAML')
    .addOption(new Option('--engines <set>', 'engines behind the ports').choices(['embedded', 'clustered']))
    .option('--set <area.field=value>', 'any other setting; may be repeated', collect)
    .action(async (file, options) => (await import('../cell/restore.ts')).restore(cli, file, options));
};
