import { Agent, type Principal, Task } from '#graph-schema';
import { agentError } from '../../errors.ts';
import { tenantOfScope } from '../../ids.ts';
import type { KeptInputs } from '../domain/task-inputs.ts';
import { submitTask } from './submit-task.ts';
import type { TaskRef, VerbContext } from './verb-context.ts';

const ENDED = ['failed', 'rejected', 'cancelled', 'delivered'];

/** Queues a new task like an ended one, on the present version of the skill, linked to it. */
export async function retryTask(context: VerbContext, principal: Principal, id: string): Promise<TaskRef> {
  const task = await context.store.get(principal, Task, id);
  if (!task) throw agentError('KAZE_TASK_UNKNOWN', `there is no task ${id.slice(0, 80)}`, { fields: { id } });
  if (!ENDED.includes(task.state)) {
    throw agentError('KAZE_TASK_STATE', `the task ${id} is ${task.state}; only an ended task is tried again`, {
      fields: { id, state: task.state },
    });
  }
  const agent = task.assignee === null ? undefined : await context.store.get(principal, Agent, task.assignee);
  if (!agent) throw agentError('KAZE_AGENT_UNKNOWN', `the agent of the task ${id} is gone`, { fields: { id } });
  return submitTask(context, principal, {
    agent: agent.name,
    tenant: tenantOfScope(task.scope),
    skill: task.skill,
    inputs: {},
    kept: JSON.parse(task.inputs) as KeptInputs,
    retryOf: id,
    maxAttempts: task.maxAttempts,
    ...(task.budgetMicros === null ? {} : { budgetMicros: task.budgetMicros }),
    ...(task.channel === null ? {} : { channel: task.channel }),
  });
}
