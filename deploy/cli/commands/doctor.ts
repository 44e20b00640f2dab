import { configure, type Define } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'say what is configured and what is wrong',
    more: 'Works without a running cell too: then it looks at this machine and at the settings alone. Ends with 1 when something is wrong.',
    examples: ['kaze doctor', 'kaze doctor --config kaze.yaml --json'],
  })
    .option('--config <file>', 'settings as YAML, for when no cell runs')
    .action(async (options) => (await import('../cell/doctor.ts')).doctor(cli, options));
};
