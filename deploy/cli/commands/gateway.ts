import type { Command } from 'commander';
import { Option } from 'commander';
import { collect, configure, type Define, leaf, wholeNumber } from '../command.ts';
import { futureInstant, pastInstant } from '../input/instant.ts';
import { usageOptions } from './usage.ts';

export const define: Define = (command, cli) => {
  const start = configure(command.command('start', { isDefault: true }), {
    summary: 'run the gateway alone, for clients of OpenAI and Anthropic',
    more: [
      'Ctrl-C or SIGTERM lets calls under way end; a second Ctrl-C ends at once. Usage and keys lie in the data folder,',
      'or in PostgreSQL with KAZE_LEDGER_URL. Every setting of docs/configuration.md under gateway, ledger, models,',
      'secrets, log and telemetry can be given in the environment, in a file, or with --set area.field=value.',
    ].join('\n'),
    cell: false,
    examples: [
      'kaze gateway',
      'kaze gateway start --port 0 --json',
      'ANTHROPIC_API_KEY=… KAZE_LEDGER_URL=postgres://db/kaze kaze gateway --set models.policyFile=policy.yaml',
    ],
  });
  start
    .addOption(
      new Option('--port <n>', 'port; 0 takes a free one (KAZE_GATEWAY_PORT)').argParser(wholeNumber(0, 65_535)),
    )
    .option('--host <address>', 'address to listen on (KAZE_GATEWAY_HOST)');
  settings(start).action(async (options) => (await import('../gateway/start.ts')).start(cli, options));

  leaf(command, {
    usage: 'report',
    summary: 'show which models were chosen for what, how well they did, and what that cost',
    more: [
      'By type of task: choices and cost of each model, and its mean quality: approved 1, edited .5,',
      'rejected 0, without a person whether criteria were met; with the interval of 95% confidence. Then',
      'what was lost or won, by estimate, over always taking the best or always the cheapest model.',
    ].join('\n'),
    tenant: 'only the tasks of this client',
    examples: [
      'kaze gateway report',
      'kaze gateway report --alone',
      'kaze gateway report --since 30d --task-type keyword-research --json',
    ],
  })
    .addOption(new Option('--since <when>', 'since then: 30d (ago), or a date').argParser((text) => pastInstant(text)))
    .option('--task-type <name>', 'only this kind of work: a skill')
    .option('--alone', 'of the gateway that runs without a cell on the data folder')
    .action(async (options) => (await import('../gateway/report.ts')).report(cli, options));

  const usage = leaf(command, {
    usage: 'usage',
    summary: 'sum what calls cost, of a gateway that runs without a cell',
    more: 'Of the gateway on the data folder, whether it runs or not; `kaze usage` is the same of a cell.',
    tenant: 'only this client',
    cell: false,
    examples: [
      'kaze gateway usage --by tenant,agent,model',
      'kaze gateway usage --tenant acme --by day --from 30d --json',
    ],
  });
  settings(usageOptions(usage)).action(async (options) => (await import('../gateway/usage.ts')).usage(cli, options));

  const keys = command.command('keys').summary('create, list and revoke virtual keys').helpCommand(false);
  keys.description('Create, list and revoke virtual keys, of a gateway that runs on the data folder or not.');
  settings(
    leaf(keys, {
      usage: 'create <name>',
      summary: 'make a virtual key; it is shown this once',
      args: { name: 'what it is for' },
      tenant: 'the client that pays for its calls; must be given',
      cell: false,
      examples: [
        'kaze gateway keys create laptop --tenant acme',
        'kaze gateway keys create ci --tenant acme --agent support --model openai/gpt-5 --model "offline/*" --expires 30d --json',
      ],
    }),
  )
    .option('--agent <name>', 'the only agent it speaks for; the caller names one when left out')
    .option('--model <name>', 'a model that it may use: provider/name, name or provider/*; may be repeated', collect)
    .addOption(
      new Option('--expires <when>', 'when it ends: 30d, 12h, or a date').argParser((text) => futureInstant(text)),
    )
    .action(async (name, options) => (await import('../gateway/keys.ts')).create(cli, name, options));

  settings(
    leaf(keys, {
      usage: 'list',
      summary: 'list virtual keys, never the keys themselves',
      cell: false,
      examples: ['kaze gateway keys list', 'kaze gateway keys list --json'],
    }),
  ).action(async (options) => (await import('../gateway/keys.ts')).list(cli, options));

  settings(
    leaf(keys, {
      usage: 'revoke <id>',
      summary: 'end a virtual key',
      more: 'A gateway that runs on the data folder refuses it at once, others within gateway.keyCacheMs.',
      args: { id: 'id of the key' },
      cell: false,
      examples: ['kaze gateway keys revoke 019a…'],
    }),
  ).action(async (id, options) => (await import('../gateway/keys.ts')).revoke(cli, id, options));
};

function settings(command: Command): Command {
  return command
    .option('--data <folder>', 'data folder (KAZE_DATA_DIR, else ./.kaze)')
    .option('--config <file>', 'settings as YAML')
    .option('--set <area.field=value>', 'any other setting; may be repeated', collect);
}
