import { type Principal, Task } from '#graph-schema';
import { agentError } from '../../errors.ts';
import { requireTaskRole } from './require-task-role.ts';
import type { TaskRef, VerbContext } from './verb-context.ts';

/** Lets a task go on that a restore parked. Only people resume: what was parked may have happened elsewhere since. */
export async function resumeTask(context: VerbContext, principal: Principal, id: string): Promise<TaskRef> {
  const seen = await context.store.get(principal, Task, id);
  if (!seen) throw agentError('KAZE_TASK_UNKNOWN', `there is no task ${id.slice(0, 80)}`, { fields: { id } });
  const act = { principal, action: 'task.resume', subject: id, scope: seen.scope };
  await context.audit.record(act, async (attempt) => {
    requireTaskRole(principal, 'resume tasks');
    if (principal.kind === 'agent') throw agentError('KAZE_TASK_FORBIDDEN', 'only a person resumes a parked task');
    await context.store.transact(principal, { why: 'resumed' }, async (unit) => {
      const cleared = { leaseOwner: null, leaseUntil: null, notBefore: null, progress: null };
      const change = { state: 'queued' as const, cancelRequested: false, ...cleared };
      if (!(await unit.update(Task, id, change, { expect: { state: 'parked' } }))) {
        throw agentError('KAZE_TASK_STATE', `the task ${id} is not parked`, { fields: { id, state: seen.state } });
      }
      unit.audit({ action: act.action, subject: id, subjectType: 'Task', scope: seen.scope, attempt });
    });
  });
  context.woken();
  return { task: id };
}
