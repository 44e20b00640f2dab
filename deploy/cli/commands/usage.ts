import { type Command, InvalidArgumentError, Option } from 'commander';
import { configure, type Define } from '../command.ts';
import { pastInstant } from '../input/instant.ts';

const DIMENSIONS = [
  ...['tenant', 'agent', 'task', 'taskType', 'skillVersion', 'provider', 'model'],
  ...['keyId', 'virtualKeyId', 'outcome', 'day', 'hour', 'minute'],
] as const;

export const define: Define = (command, cli) => {
  const summed = configure(command, {
    summary: 'sum what models cost',
    tenant: 'only this client',
    examples: [
      'kaze usage',
      'kaze usage --by tenant,model --from 30d --json',
      'kaze usage --by keyId,agent,hour --key 019a… --from 1d',
    ],
  });
  usageOptions(summed).action(async (options) => (await import('../usage/usage.ts')).usage(cli, options));
};

/** What is summed, and by what; the same for a cell and for a gateway alone. */
export function usageOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--by <list>', `up to four of ${DIMENSIONS.join(', ')}`)
        .default(['tenant'], 'tenant')
        .argParser(dimensions),
    )
    .option('--agent <id>', 'only of this agent')
    .option('--task <id>', 'only of this task')
    .option('--task-type <name>', 'only this kind of work: a skill')
    .option('--key <id>', 'only with this one of the provider’s keys')
    .addOption(new Option('--from <when>', 'from then on: 30d (ago), or a date').argParser((text) => pastInstant(text)))
    .addOption(new Option('--to <when>', 'before then').argParser((text) => pastInstant(text)));
}

function dimensions(text: string): readonly string[] {
  const list = text.split(',').map((one) => one.trim());
  const wrong = list.find((one) => !(DIMENSIONS as readonly string[]).includes(one));
  if (wrong === undefined && list.length <= 4) return list;
  throw new InvalidArgumentError(`Give up to four of ${DIMENSIONS.join(', ')}.`);
}
