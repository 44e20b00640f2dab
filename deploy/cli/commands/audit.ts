import { Option } from 'commander';
import { type Define, leaf, wholeNumber } from '../command.ts';

export const define: Define = (command, cli) => {
  leaf(command, {
    usage: 'list',
    summary: 'list who did what, oldest first',
    tenant: 'only this client',
    examples: ['kaze audit list --tenant acme', 'kaze audit list --subject 019a… --json'],
  })
    .option('--subject <id>', 'only about this thing')
    .option('--actor <id>', 'only by this person or agent')
    .option('--scope <scope>', 'only in this scope, such as vertical:seo')
    .addOption(new Option('--limit <n>', 'how many at most').default(50).argParser(wholeNumber(1, 1000)))
    .option('--after <sequence>', 'go on after this number')
    .action(async (options) => (await import('../audit/audit.ts')).list(cli, options));

  leaf(command, {
    usage: 'verify',
    summary: 'check the whole chain of the audit',
    more: 'Ends with 1 when a link is broken. Keep the head elsewhere to notice a chain that was cut short.',
    examples: ['kaze audit verify', 'kaze audit verify --json'],
  }).action(async (options) => (await import('../audit/audit.ts')).verify(cli, options));
};
