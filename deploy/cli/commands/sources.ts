import { Option } from 'commander';
import { type Define, leaf, wholeNumber } from '../command.ts';

const STATES = ['pending', 'active', 'retired', 'erased', 'failed'] as const;

export const define: Define = (command, cli) => {
  leaf(command, {
    usage: 'list',
    summary: 'list what was read in, by name',
    tenant: 'only this client',
    page: true,
    examples: ['kaze sources list --tenant acme', 'kaze sources list --state failed --json'],
  })
    .addOption(new Option('--state <state>', 'only in this state').choices(STATES))
    .option('--root <name>', 'only of this root')
    .action(async (options) => (await import('../sources/read.ts')).list(cli, options));

  leaf(command, {
    usage: 'show <id>',
    summary: 'show a source and its passages',
    args: { id: 'id of the source' },
    examples: ['kaze sources show 019a… --passages 3'],
  })
    .addOption(new Option('--passages <n>', 'how many passages').default(5).argParser(wholeNumber(1, 1000)))
    .action(async (id, options) => (await import('../sources/read.ts')).show(cli, id, options));

  leaf(command, {
    usage: 'delete <id>',
    summary: 'erase a source for good',
    more: 'Text, vectors and the contents of revisions go; a tombstone (id, when, who) stays. On a terminal it asks first.',
    args: { id: 'id of the source' },
    examples: ['kaze sources delete 019a… --reason "asked for by the client" --yes'],
  })
    .option('--reason <text>', 'why; kept in the audit')
    .option('-y, --yes', 'do not ask')
    .action(async (id, options) => (await import('../sources/erase.ts')).erase(cli, id, options));
};
