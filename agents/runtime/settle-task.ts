import { Outcome, Task, type UnitOfWork } from '#graph-schema';
import { agentError } from '../errors.ts';

export interface Settlement {
  readonly taskId: string;
  readonly outcomeId: string;
  readonly to: 'awaiting_approval' | 'delivered' | 'rejected';
  /** What a person made of the outputs, as JSON. */
  readonly editedOutput?: string;
  /** Instead of the outcome's notes. */
  readonly notes?: readonly string[];
}

const FROM = {
  awaiting_approval: ['running'],
  delivered: ['running', 'awaiting_approval'],
  rejected: ['awaiting_approval'],
} as const;

/**
 * The transition of a task and its outcome that follows from a decision, within the decision's transaction. For
 * governance; no one else decides. Errors: KAZE_TASK_STATE when the task is no longer where a decision finds it.
 */
export async function settleTask(unit: UnitOfWork, settlement: Settlement): Promise<void> {
  const { taskId, outcomeId, to, editedOutput, notes } = settlement;
  const last = to === 'awaiting_approval' ? {} : { finishedAt: unit.now };
  const change = { state: to, progress: null, leaseOwner: null, leaseUntil: null, ...last };
  const task = await unit.update(Task, taskId, change, { expect: { state: FROM[to] } });
  if (!task) {
    throw agentError('KAZE_TASK_STATE', `the task ${taskId} is no longer waiting for a decision`, {
      fields: { id: taskId },
    });
  }
  await unit.update(Outcome, outcomeId, {
    state: to,
    ...(to === 'delivered' ? { deliveredAt: unit.now } : {}),
    ...(editedOutput === undefined ? {} : { editedOutput }),
    ...(notes === undefined ? {} : { notes }),
  });
}
