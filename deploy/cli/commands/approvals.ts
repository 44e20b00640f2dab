import { Option } from 'commander';
import { type Define, leaf } from '../command.ts';

const STATES = ['pending', 'approved', 'edited', 'rejected', 'withdrawn', 'all'] as const;

export const define: Define = (command, cli) => {
  leaf(command, {
    usage: 'list',
    summary: 'list what waits for a person',
    tenant: 'only this client',
    page: true,
    examples: ['kaze approvals list', 'kaze approvals list --state all --tenant acme --json'],
  })
    .addOption(new Option('--state <state>', 'only in this state').choices(STATES).default('pending'))
    .action(async (options) => (await import('../approvals/read.ts')).list(cli, options));

  leaf(command, {
    usage: 'show <id>',
    summary: 'show what waits, with its checks',
    args: { id: 'id of the approval or of its task' },
    examples: ['kaze approvals show 019a…', 'kaze approvals show 019a… --output > outputs.json'],
  })
    .option('--output', 'print the outputs alone, as JSON')
    .action(async (id, options) => (await import('../approvals/read.ts')).show(cli, id, options));
};
