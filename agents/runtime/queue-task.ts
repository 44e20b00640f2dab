import { type GraphStore, type Principal, Task, tenantScope, type UnitOfWork } from '#graph-schema';
import { canonicalJson } from '../definitions/index.ts';
import { agentError } from '../errors.ts';
import type { TaskFiles } from '../ports/task-files.ts';
import type { SkillHandlers } from '../registry/skill-handlers.ts';
import { requireRunnable } from '../skill-versions/runnable.ts';
import type { Json } from '../skills/handler.ts';
import { checkInputs } from './domain/task-inputs.ts';
import { taskLimits } from './domain/task-limits.ts';
import { skillInputs } from './skill-inputs.ts';
import { SkillVersions } from './skill-versions.ts';
import { findAgent } from './verbs/find-agent.ts';

export interface QueueServices {
  readonly store: GraphStore;
  readonly handlers: SkillHandlers;
  readonly files: TaskFiles;
}

/** A task that another one leads to: a part of it, or what follows from its outcome. */
export interface TaskOrder {
  readonly id: string;
  readonly tenant: string;
  readonly agent: string;
  readonly skill: string;
  readonly inputs: Readonly<Record<string, Json>>;
  /** Id of the task that it comes from. */
  readonly parent: string;
  readonly askedOf?: string;
  readonly deadlineAt?: number;
}

const ATTEMPTS = 3;

/**
 * Checks a task as a submission is checked and gives what writes it, for the caller's transaction. It is asked for by
 * whoever asked for the parent, in the same thread. Errors: those of a submission.
 */
export async function queueTask(
  services: QueueServices,
  principal: Principal,
  order: TaskOrder,
): Promise<(unit: UnitOfWork) => Promise<void>> {
  const { store, handlers, files } = services;
  const found = await findAgent(store, principal, order);
  const version = await new SkillVersions(store).pinned(principal, found.skillVersionId);
  if (!version)
    throw agentError('KAZE_SKILL_NOT_IMPLEMENTED', `the present version of ${order.skill} holds no definition`);
  const { definition } = version;
  const handler = handlers.handler(order.skill);
  requireRunnable(order.skill, version, handler);
  const kept = checkInputs(order.skill, definition.inputs, { values: order.inputs, files: [] });
  await handler?.check?.(skillInputs(order.tenant, kept, files));
  const limits = taskLimits(definition.limits, found.limits, undefined);
  const { id, parent } = order;
  return async (unit) => {
    unit.create(Task, {
      id,
      scope: tenantScope(order.tenant),
      skill: order.skill,
      state: 'queued',
      inputs: canonicalJson(kept),
      attempt: 0,
      maxAttempts: ATTEMPTS,
      steps: 0,
      maxSteps: limits.maxSteps,
      timeoutMs: limits.timeoutMs,
      deadlineAt: order.deadlineAt ?? null,
      budgetMicros: limits.budgetMicros,
      costMicros: 0,
      cancelRequested: false,
      channel: (await unit.get(Task, parent))?.channel ?? null,
      assignee: found.id,
    });
    unit.relate(Task, 'agent', id, found.id);
    unit.relate(Task, 'skillVersion', id, found.skillVersionId);
    unit.relate(Task, 'parent', id, parent);
    if (order.askedOf !== undefined) unit.relate(Task, 'askedOf', id, order.askedOf);
    for (const edge of ['requestedBy', 'conversation', 'goal'] as const) {
      const [end] = await unit.related(Task, edge, parent);
      if (end !== undefined) unit.relate(Task, edge, id, end);
    }
    unit.audit({ action: 'task.queue', subject: id, subjectType: 'Task', scope: tenantScope(order.tenant) });
  };
}
