import { type NodePatch, type Principal, Task } from '#graph-schema';
import { agentError } from '../../errors.ts';
import { requireTaskRole } from './require-task-role.ts';
import type { TaskRef, VerbContext } from './verb-context.ts';

const WAITING = ['queued', 'parked', 'awaiting_approval'];

/** Ends what waits at once; a running task is asked to end, and does so when its handler hears of it. */
export async function cancelTask(
  context: VerbContext,
  principal: Principal,
  { id, reason }: { readonly id: string; readonly reason?: string },
): Promise<TaskRef> {
  const seen = await context.store.get(principal, Task, id);
  if (!seen) throw agentError('KAZE_TASK_UNKNOWN', `there is no task ${id.slice(0, 80)}`, { fields: { id } });
  const act = { principal, action: 'task.cancel', subject: id, scope: seen.scope, detail: { reason: reason ?? null } };
  await context.audit.record(act, async (attempt) => {
    requireTaskRole(principal, 'cancel tasks');
    await context.store.transact(principal, { why: reason ?? 'cancelled' }, async (unit) => {
      let before: string | undefined;
      const task = await unit.update(Task, id, (current): NodePatch<typeof Task> | undefined => {
        before = current.state;
        if (current.state === 'running') return { cancelRequested: true };
        if (!WAITING.includes(current.state)) return undefined;
        return { state: 'cancelled', cancelRequested: true, finishedAt: unit.now, progress: null };
      });
      if (!task && before !== 'cancelled') {
        throw agentError('KAZE_TASK_STATE', `the task ${id} is ${before ?? 'gone'} and cannot be cancelled`, {
          fields: { id, state: before },
        });
      }
      if (before === 'awaiting_approval') await context.gate.withdraw(unit, id);
      unit.audit({ action: act.action, subject: id, subjectType: 'Task', scope: seen.scope, attempt });
    });
  });
  context.woken();
  return { task: id };
}
