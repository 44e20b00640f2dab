import { type GraphStore, type Principal, type ReadConnection, Task, tenantScope } from '#graph-schema';
import { derivedId } from '#platform';
import { agentError } from '../errors.ts';
import type { DeliveryGate } from '../ports/delivery-gate.ts';
import type { EndedPart, Json, TaskPart } from '../skills/handler.ts';
import { cancelled, deadlinePassed } from './final-states.ts';
import type { AgentNode } from './nodes.ts';
import { type QueueServices, queueTask } from './queue-task.ts';
import type { TaskRun } from './task-run.ts';
import { WHY } from './telemetry.ts';

/** States of a part for which its task waits. */
export const OPEN_STATES = ['queued', 'running', 'awaiting_approval', 'parked'] as const;
const BATCH = 200;

interface PartOf {
  readonly run: TaskRun;
  readonly agent: AgentNode;
  readonly tenant: string;
}

/** Queues a part once, and gives how it ended. Errors: KAZE_TASK_WAITING while it has not; those of a submission. */
export async function runPart(
  services: QueueServices,
  { run, agent, tenant }: PartOf,
  part: TaskPart,
): Promise<EndedPart> {
  const { task, lease } = run;
  run.countOutsideSteps();
  const id = derivedId(tenantScope(tenant), 'part', task.id, part.key);
  const found = await readPart(services.store, lease.principal, id);
  if (!found) {
    const order = {
      id,
      tenant,
      agent: agent.name,
      skill: part.skill,
      inputs: part.inputs,
      askedOf: part.askedOf,
      deadlineAt: part.deadlineAt,
      parent: task.id,
    };
    const write = await queueTask(services, lease.principal, order);
    await lease.write(WHY.part, {}, write);
  } else if (!(OPEN_STATES as readonly string[]).includes(found.state)) return found.ended;
  throw agentError('KAZE_TASK_WAITING', part.waiting ?? `waits for ${part.skill} (task ${id})`, {
    fields: { part: id },
  });
}

const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));
const newest = { first: 1, orderBy: [{ property: 'createdAt', direction: 'desc' as const }] };
const SELECT = {
  properties: own('id', 'state', 'errorCode', 'errorMessage'),
  relations: {
    outcomes: { field: 'outcomes', page: newest, select: { properties: own('output', 'editedOutput') } },
    approvals: {
      field: 'approvals',
      page: newest,
      select: {
        properties: own('reason', 'decidedAt'),
        relations: { decidedBy: { field: 'decidedBy', select: { properties: own('id', 'name') } } },
      },
    },
  },
};

async function readPart(store: GraphStore, principal: Principal, id: string) {
  const roots = [{ key: 'part', node: 'Task', find: { by: 'id' as const, id }, select: SELECT }];
  const part = (await store.read(principal, { roots })).part as Record<string, unknown> | null;
  if (!part) return undefined;
  const [outcome] = (part.outcomes as ReadConnection).nodes;
  const [approval] = (part.approvals as ReadConnection).nodes;
  const made: unknown = outcome?.editedOutput ?? outcome?.output ?? null;
  const ended: EndedPart = {
    task: id,
    state: part.state as EndedPart['state'],
    outputs: (typeof made === 'string' ? JSON.parse(made) : made) as Record<string, Json> | null,
    decidedBy: (approval?.decidedBy as EndedPart['decidedBy'] | undefined) ?? null,
    decidedAt: (approval?.decidedAt as number | null | undefined) ?? null,
    reason: ((approval?.reason ?? part.errorMessage) as string | null | undefined) ?? null,
    errorCode: (part.errorCode as string | null) ?? null,
  };
  return { state: part.state as string, ended };
}

export interface EndPartsServices {
  readonly store: GraphStore;
  readonly gate: DeliveryGate;
}

/** Ends parts that are too late while they wait for a person, and parts of tasks that ended without them. */
export async function endParts({ store, gate }: EndPartsServices, principal: Principal, now: number): Promise<void> {
  const parentEnded = { parent: { some: { state: { in: ['failed', 'cancelled', 'rejected'] } } } };
  const where = {
    state: { in: ['queued', 'awaiting_approval'] },
    parent: { some: {} },
    or: [{ deadlineAt: { lt: now } }, parentEnded],
  };
  for (const { id, deadlineAt } of await store.list(principal, Task, { where, limit: BATCH })) {
    await store.transact(principal, { why: 'a part that is no longer waited for' }, async (unit) => {
      let waited = false;
      const isLate = deadlineAt !== null && deadlineAt < unit.now;
      const ended = await unit.update(Task, id, (task) => {
        waited = task.state === 'awaiting_approval';
        if (!waited && task.state !== 'queued') return undefined;
        return isLate ? deadlinePassed(task, unit.now) : cancelled(unit.now);
      });
      if (ended && waited) await gate.withdraw(unit, id);
    });
  }
}
