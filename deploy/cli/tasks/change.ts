import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import { TaskCancel, TaskResume, TaskRetry, type TaskRowFragment } from '../connection/operations.ts';
import { describeTask } from './describe.ts';
import { unknownTask } from './show.ts';

export async function cancel(cli: Cli, id: string, options: CellOptions & { reason?: string }): Promise<void> {
  const client = await cli.connect(options);
  const variables = { input: { id, reason: options.reason } };
  const { cancelTask } = await client.execute(TaskCancel, variables, { signal: cli.terminal.signal });
  report(cli, options, cancelTask.task ?? undefined, id);
}

export async function retry(cli: Cli, id: string, options: CellOptions): Promise<void> {
  const client = await cli.connect(options);
  const { retryTask } = await client.execute(TaskRetry, { input: { id } }, { signal: cli.terminal.signal });
  report(cli, options, retryTask.task ?? undefined, id);
}

export async function resume(cli: Cli, id: string, options: CellOptions): Promise<void> {
  const client = await cli.connect(options);
  const { resumeTask } = await client.execute(TaskResume, { input: { id } }, { signal: cli.terminal.signal });
  report(cli, options, resumeTask.task ?? undefined, id);
}

function report(cli: Cli, options: CellOptions, task: TaskRowFragment | undefined, id: string): void {
  if (!task) throw unknownTask(id);
  cli.result(options, task, () => describeTask(task, cli.style));
}
