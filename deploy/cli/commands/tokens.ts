import { Option } from 'commander';
import { type Define, leaf } from '../command.ts';
import { futureInstant } from '../input/instant.ts';

const ROLES = ['viewer', 'reviewer', 'curator', 'operator', 'admin', 'agent'] as const;

export const define: Define = (command, cli) => {
  leaf(command, {
    usage: 'create <name>',
    summary: 'make a token; it is shown this once',
    args: { name: 'what it is for' },
    tenant: 'the only client it reaches; the whole cell when left out',
    examples: [
      'kaze tokens create "weekly report" --role viewer --tenant acme --expires 30d',
      'kaze tokens create ci --role operator --json',
    ],
  })
    .addOption(new Option('--role <role>', 'what it allows').choices(ROLES).makeOptionMandatory())
    .addOption(
      new Option('--expires <when>', 'when it ends: 30d, 12h, or a date').argParser((text) => futureInstant(text)),
    )
    .option('--owner <id>', 'id of the person or agent it belongs to; you when left out')
    .addOption(new Option('--owner-type <type>', 'what the owner is').choices(['Person', 'Agent']).default('Person'))
    .action(async (name, options) => (await import('../tokens/tokens.ts')).create(cli, name, options));

  leaf(command, {
    usage: 'list',
    summary: 'list tokens, never the tokens themselves',
    examples: ['kaze tokens list', 'kaze tokens list --json'],
  }).action(async (options) => (await import('../tokens/tokens.ts')).list(cli, options));

  leaf(command, {
    usage: 'revoke <id>',
    summary: 'end a token at once',
    args: { id: 'id of the token' },
    examples: ['kaze tokens revoke 019a…'],
  }).action(async (id, options) => (await import('../tokens/tokens.ts')).revoke(cli, id, options));
};
