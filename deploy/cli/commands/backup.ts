import { configure, type Define } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'write one archive of the graph and the ledger',
    more: [
      'The cell goes on running. The archive holds neither credentials nor secrets and is readable by you alone; an existing',
      'file is not overwritten. A write that was cut short leaves nothing under the name.',
    ].join('\n'),
    examples: ['kaze backup monday.kaze.tgz', 'kaze backup /backups/monday.kaze.tgz --json'],
  })
    .argument('<file>', 'archive to write')
    .action(async (file, options) => (await import('../cell/backup.ts')).backup(cli, file, options));
};
