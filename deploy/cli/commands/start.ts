import { Option } from 'commander';
import { collect, configure, type Define, wholeNumber } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'start a cell and keep it running',
    more: [
      'Prints where the playground is, a token, a first query and the next command to try. Ctrl-C or SIGTERM ends it in',
      'order; a second Ctrl-C at once. Every setting of docs/configuration.md can be given in the environment, in a file,',
      'or with --set area.field=value; flags stand above the environment, that above the file.',
    ].join('\n'),
    cell: false,
    examples: [
      'kaze start',
      'kaze start --port 0 --data /var/lib/kaze --json',
      'kaze start --config kaze.yaml --set runtime.workers=8',
      'kaze start --verticals my-verticals',
      'KAZE_GRAPH_URL=bolt://db:7687 KAZE_LEDGER_URL=postgres://db/kaze KAZE_BUS_URL=nats://bus KAZE_QUEUE_URL=redis://q kaze start --engines clustered',
    ],
  })
    .addOption(new Option('--port <n>', 'port; 0 takes a free one (KAZE_API_PORT)').argParser(wholeNumber(0, 65_535)))
    .option('--host <address>', 'address to listen on (KAZE_API_HOST)')
    .option('--data <folder>', 'data folder (KAZE_DATA_DIR, else ./.kaze)')
    .option('--token-file <file>', 'file with the administrator’s token, given from outside (KAZE_API_TOKEN_FILE)')
    .option('--config <file>', 'settings as YAML')
    .option('--verticals <folder>', 'folder of further verticals; may be repeated (KAZE_VERTICALS_FOLDERS)', collect)
    .addOption(new Option('--engines <set>', 'engines behind the ports').choices(['embedded', 'clustered']))
    .option('--set <area.field=value>', 'any other setting; may be repeated', collect)
    .action(async (options) => (await import('../cell/start.ts')).start(cli, options));
};
