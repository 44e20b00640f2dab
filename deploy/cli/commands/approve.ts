import { configure, type Define } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'deliver what waits for a person',
    more: 'The first decision wins; a second one is told who decided.',
    examples: ['kaze approve 019a…', 'kaze approve 019a… --reason "checked against the console" --json'],
  })
    .argument('<id>', 'id of the task or of the approval')
    .option('--reason <text>', 'why')
    .action(async (id, options) => {
      const { decide } = await import('../approvals/decide.ts');
      await decide(cli, { id, decision: 'approve', reason: options.reason }, options);
    });
};
