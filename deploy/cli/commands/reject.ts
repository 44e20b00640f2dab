import { configure, type Define } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'refuse what waits, with a reason',
    more: 'The task ends as rejected; the reason is kept for those who improve the skill.',
    examples: ['kaze reject 019a… --reason "the branded terms belong to another client"'],
  })
    .argument('<id>', 'id of the task or of the approval')
    .requiredOption('--reason <text>', 'why')
    .action(async (id, options) => {
      const { decide } = await import('../approvals/decide.ts');
      await decide(cli, { id, decision: 'reject', reason: options.reason }, options);
    });
};
