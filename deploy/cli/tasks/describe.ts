import type { TaskRowFragment } from '../connection/operations.ts';
import { type Style, styledState } from '../output/style.ts';
import { details } from '../output/table.ts';
import { dollars, localTime, tenantOfScope } from '../output/values.ts';

/** One task as lines of name and value. */
export function describeTask(task: TaskRowFragment, style: Style): string {
  const { errorCode, errorMessage } = task;
  return details([
    ['task', task.id],
    ['state', task.state],
    ['agent', task.agent?.name],
    ['skill', task.skill],
    ['client', tenantOfScope(task.scope)],
    ['queued', localTime(task.createdAt)],
    ['started', task.startedAt && localTime(task.startedAt)],
    ['ended', task.finishedAt && localTime(task.finishedAt)],
    ['attempt', task.attempt > 0 ? `${task.attempt} of ${task.maxAttempts}` : null],
    ['cost', task.costMicros > 0 ? dollars(task.costMicros) : null],
    ['progress', task.progress],
    ['error', errorCode && `${errorMessage ?? ''} [${errorCode}]`],
    ['way out', task.errorRemedy],
  ]).replace(/^(state +)(\S+)$/m, (_, name: string, state: string) => name + styledState(style, state));
}

interface Check {
  readonly criterion: string;
  readonly passed: boolean;
  readonly skipped: boolean | null;
  readonly explanation: string;
  readonly remedy: string | null;
}

/** Checks of an outcome, one a line, with what would mend a failed one. */
export function describeChecks(checks: readonly Check[], style: Style): string {
  return checks
    .map(({ criterion, passed, skipped, explanation, remedy }) => {
      const mark = skipped ? style('skipped', 'gray') : passed ? style('passed ', 'green') : style('failed ', 'red');
      return `  ${mark}  ${criterion}: ${explanation}${!passed && !skipped && remedy ? `\n           ${remedy}` : ''}`;
    })
    .join('\n');
}
