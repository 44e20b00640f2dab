import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import { TaskDetail } from '../connection/operations.ts';
import { cliError, usageError } from '../errors.ts';
import { harmless, wrap } from '../output/text.ts';
import { describeChecks, describeTask } from './describe.ts';
import { editedOutputs, writeOutput } from './output-file.ts';
import { nextStep } from './states.ts';

export interface ShowOptions extends CellOptions {
  readonly output?: string;
  readonly format?: string;
}

export async function show(cli: Cli, id: string, options: ShowOptions): Promise<void> {
  const { output, format } = options;
  if (format !== undefined && output === undefined) throw usageError('--format belongs to --output FILE');
  const client = await cli.connect(options);
  const { task } = await client.execute(TaskDetail, { id }, { signal: cli.terminal.signal });
  if (!task) throw unknownTask(id);
  if (output !== undefined) {
    const [made] = task.outcomes.nodes;
    if (!made) throw cliError('KAZE_CLI_NOT_FOUND', `the task ${id} has no outcome yet; it is ${task.state}`, { id });
    return writeOutput(cli, made, { output, format, json: options.json });
  }
  cli.result(options, task, () => {
    const parts = [describeTask(task, cli.style)];
    const [outcome] = task.outcomes.nodes;
    if (outcome) {
      parts.push(
        `outcome ${outcome.id} (${outcome.state})\n${wrap(harmless(outcome.summary), cli.width ?? 100, '  ')}`,
      );
      if (outcome.notes.length > 0)
        parts.push(`notes\n${outcome.notes.map((note) => `  ${harmless(note)}`).join('\n')}`);
      const edited = editedOutputs(outcome);
      if (edited.length > 0) parts.push(`edited at approval\n  ${edited.map(harmless).join(', ')}`);
      const checks = outcome.evaluations.nodes;
      if (checks.length > 0) parts.push(`checks\n${describeChecks(checks, cli.style)}`);
      parts.push(
        `The outputs: kaze tasks show ${id} --json, or one as a file with --output; why: whyOutcome(id: "${id}") in the playground.`,
      );
    }
    return parts.join('\n\n');
  });
  const step = nextStep(task);
  if (step && !options.json) cli.note(step);
}

export const unknownTask = (id: string) =>
  cliError('KAZE_CLI_NOT_FOUND', `there is no task ${id} that this token may see; kaze tasks list shows them`, { id });
