import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import type { CellClient } from '../connection/cell-client.ts';
import type { TaskRowFragment } from '../connection/operations.ts';
import { cliError } from '../errors.ts';
import { styledState } from '../output/style.ts';
import { oneLine } from '../output/text.ts';
import { localTime } from '../output/values.ts';
import { followTask } from './follow.ts';
import { isLast, nextStep, type TaskState } from './states.ts';

export interface WatchOptions {
  readonly id: string;
  readonly json?: boolean;
  /** Also ends here, with success. */
  readonly until?: TaskState;
}

export async function watch(cli: Cli, id: string, options: CellOptions & { until?: TaskState }): Promise<void> {
  await watchTask(cli, await cli.connect(options), { id, json: options.json, until: options.until });
}

/** Prints each change. Errors: KAZE_CLI_TASK_ENDED when it ends undelivered, KAZE_CLI_NOT_FOUND, KAZE_CLI_INTERRUPTED. */
export async function watchTask(cli: Cli, client: CellClient, options: WatchOptions): Promise<void> {
  const { id, until } = options;
  const { signal } = cli.terminal;
  for await (const task of followTask(client, id, { signal, note: (text) => cli.note(text) })) {
    cli.event(options, task, () => line(task, (state) => styledState(cli.style, state)));
    if (task.state === until || isLast(task.state)) return conclude(cli, task, options);
    const step = task.state === 'awaiting_approval' || task.state === 'parked' ? nextStep(task) : undefined;
    if (step && !options.json) cli.note(step);
  }
}

function line(task: TaskRowFragment, paint: (state: string) => string): string {
  const attempt = task.attempt > 1 ? ` (attempt ${task.attempt} of ${task.maxAttempts})` : '';
  const text = task.errorMessage ?? task.progress ?? '';
  return `${localTime(new Date().toISOString())}  ${paint(task.state)}${attempt}${text ? `  ${oneLine(text)}` : ''}`;
}

function conclude(cli: Cli, task: TaskRowFragment, { until, json }: WatchOptions): void {
  if (!json) {
    const shown = task.state === 'delivered' ? `the outcome: kaze tasks show ${task.id}` : nextStep(task);
    if (shown) cli.note(shown);
  }
  if (task.state === until || task.state === 'delivered') return;
  const why = task.errorMessage ? `: ${task.errorMessage}` : '';
  throw cliError('KAZE_CLI_TASK_ENDED', `the task ${task.id} ended as ${task.state}${why}`, {
    id: task.id,
    state: task.state,
    errorCode: task.errorCode ?? undefined,
  });
}
