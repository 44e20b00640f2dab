import { type Define, leaf } from '../command.ts';

const KEY =
  'Kept in an encrypted file, whose key comes from KAZE_SECRETS_KEY or KAZE_SECRETS_KEY_FILE, or in\nVault, with KAZE_SECRETS_ENGINE=vault and the other settings in secrets.';

export const define: Define = (command, cli) => {
  const options = (leafCommand: ReturnType<typeof leaf>) =>
    leafCommand
      .option('--data <folder>', 'data folder of the cell (KAZE_DATA_DIR, else ./.kaze)')
      .option('--config <file>', 'settings as YAML');

  options(
    leaf(command, {
      usage: 'set <name>',
      summary: 'keep a secret',
      more: `The value is asked for without being shown, or read from a pipe; it is never an argument. A secret that is there\nis replaced; a running cell finds the new value at its next look.\n${KEY}`,
      args: { name: 'such as providers/anthropic/studio' },
      cell: false,
      examples: [
        'kaze secrets set providers/anthropic/studio',
        'pass show anthropic | kaze secrets set providers/anthropic/studio',
      ],
    }),
  ).action(async (name, given) => (await import('../secrets/secrets.ts')).set(cli, name, given));

  options(
    leaf(command, {
      usage: 'list',
      summary: 'list the names of the secrets',
      more: KEY,
      cell: false,
      examples: ['kaze secrets list', 'kaze secrets list --json'],
    }),
  ).action(async (given) => (await import('../secrets/secrets.ts')).list(cli, given));

  options(
    leaf(command, {
      usage: 'remove <name>',
      summary: 'remove a secret',
      more: KEY,
      args: { name: 'as list shows it' },
      cell: false,
      examples: ['kaze secrets remove providers/anthropic/studio'],
    }),
  ).action(async (name, given) => (await import('../secrets/secrets.ts')).remove(cli, name, given));
};
