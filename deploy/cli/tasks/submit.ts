import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import type { CellClient } from '../connection/cell-client.ts';
import { TaskSubmit } from '../connection/operations.ts';
import { theTenant } from '../connection/tenant.ts';
import { cliError } from '../errors.ts';
import { contentTypeOf } from '../ingest/file-types.ts';
import { openFile, standardInput } from '../input/read-text.ts';
import { parseTaskInputs, type TaskInputs } from '../input/task-inputs.ts';
import { describeTask } from './describe.ts';

export interface SubmitOptions extends CellOptions, TenantOptions {
  readonly agent: string;
  readonly skill: string;
  readonly input?: readonly string[];
  readonly key?: string;
  readonly goal?: string;
  /** Micro US dollars. */
  readonly budget?: number;
  /** ISO 8601. */
  readonly deadline?: string;
  readonly attempts?: number;
  readonly watch?: boolean;
}

/** Queues a task; files go ahead as uploads. */
export async function submit(cli: Cli, options: SubmitOptions): Promise<void> {
  const inputs = parseTaskInputs(options.input ?? []);
  const { signal } = cli.terminal;
  const client = await cli.connect(options);
  const tenant = await theTenant(client, tenantFrom(options), { signal });
  const files = await uploadFiles(cli, client, inputs);
  const input = {
    agent: options.agent,
    skill: options.skill,
    tenant,
    inputs: inputs.values,
    files,
    idempotencyKey: options.key,
    goal: options.goal,
    budgetMicros: options.budget,
    deadlineAt: options.deadline,
    maxAttempts: options.attempts,
  };
  const { submitTask } = await client.execute(TaskSubmit, { input }, { signal });
  const { task } = submitTask;
  if (!task) throw cliError('KAZE_CLI_NOT_FOUND', 'the task was queued, but this token may not see it');
  if (options.watch) {
    const { watchTask } = await import('./watch.ts');
    cli.note(`task ${task.id} is ${task.state}`);
    await watchTask(cli, client, { id: task.id, json: options.json, until: 'awaiting_approval' });
    return;
  }
  cli.result(options, task, () => describeTask(task, cli.style));
  if (!options.json) cli.note(`follow it with: kaze tasks watch ${task.id}`);
}

/** All files are opened before the first is sent: a wrong path must not leave half of them in the cell. */
async function uploadFiles(cli: Cli, client: CellClient, { files }: TaskInputs) {
  const opened = [];
  try {
    for (const { input, path } of files) {
      const file = path === '-' ? standardInput(cli, `--input ${input}`) : await openFile(path, cli.terminal.cwd);
      opened.push({ input, file });
    }
    const sent: Array<{ input: string; upload: string }> = [];
    for (const { input, file } of opened) {
      const { stream, name } = file;
      const { signal } = cli.terminal;
      const { id } = await client.upload({ stream, name, contentType: contentTypeOf(name) }, { signal });
      sent.push({ input, upload: id });
    }
    return sent;
  } finally {
    for (const { file } of opened) if (file.bytes !== undefined) file.stream.destroy();
  }
}
