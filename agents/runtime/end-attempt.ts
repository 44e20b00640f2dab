import { type GraphStore, type NodePatch, Task, TaskStep } from '#graph-schema';
import type { Clock, Logger } from '#platform';
import { openIncident } from './claim.ts';
import { backoffMs, classify, type Failure } from './domain/failure.ts';
import { cancelled, deadLetter, failed, handedBack, queuedAgain, waiting } from './final-states.ts';
import type { RuntimeSettings } from './settings.ts';
import type { TaskRun } from './task-run.ts';
import { WHY } from './telemetry.ts';

export interface EndContext {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: RuntimeSettings;
}

/**
 * Writes how an attempt without an outcome ended: again later, ended for good, a dead letter with an incident, given
 * back. Says what kind of end it was; when the claim is lost there is nothing to write.
 */
export async function endAttempt(context: EndContext, run: TaskRun, error: unknown): Promise<Failure> {
  const failure = classify(error);
  log(run.logger, failure, error);
  if (failure.kind === 'lost') return failure;
  const { task, lease } = run;
  const isFinal = (patch: NodePatch<typeof Task>) => patch.state !== 'queued';
  await context.store.transact(lease.principal, { why: WHY.end }, async (unit) => {
    const held = await lease.hold(unit);
    // Someone asked to end it while it failed: then it is ended, not tried again.
    const patch = held.cancelRequested ? cancelled(unit.now) : patchFor(failure, { run, now: unit.now, context });
    await unit.update(Task, task.id, { ...patch, costMicros: run.costMicros });
    await run.recordUses(unit);
    if (patch.errorCode === 'KAZE_TASK_ATTEMPTS') openIncident(unit, task, patch.errorMessage ?? 'no outcome');
    if (!isFinal(patch)) return;
    unit.audit({ action: `task.${patch.state}`, subject: task.id, subjectType: 'Task', scope: task.scope });
    await unit.discard(TaskStep, run.stepIds);
  });
  return failure;
}

function patchFor(
  failure: Failure,
  { run, now, context }: { run: TaskRun; now: number; context: EndContext },
): NodePatch<typeof Task> {
  const { task } = run;
  if (failure.kind === 'lost' || failure.kind === 'handed-back') return handedBack(task);
  if (failure.kind === 'waiting') return waiting(task, failure.error);
  if (failure.kind === 'cancelled') return cancelled(now);
  if (failure.kind === 'final') return failed(failure.error, now);
  if (task.attempt >= task.maxAttempts) return deadLetter(task, now, failure.error);
  return queuedAgain(failure.error, now + backoffMs(task.attempt, context.settings.backoff));
}

function log(logger: Logger, failure: Failure, error: unknown): void {
  const code = 'error' in failure ? failure.error.code : undefined;
  if (failure.kind === 'retry' && failure.crashed) logger.error({ err: error, code }, 'an actor crashed');
  else logger.info({ err: error, code, ended: failure.kind }, 'an attempt ended without an outcome');
}
