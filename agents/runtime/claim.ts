import {
  Agent,
  type GraphStore,
  Incident,
  type NodeDefinition,
  type NodeOf,
  type NodePatch,
  type Principal,
  Task,
  type UnitOfWork,
} from '#graph-schema';
import { cancelled, deadlinePassed, vanishedTooOften } from './final-states.ts';
import type { AgentNode, TaskNode } from './nodes.ts';
import { WHY } from './telemetry.ts';

export type Claim =
  | {
      readonly kind: 'claimed';
      readonly task: TaskNode;
      readonly agent: AgentNode;
      /** Whether it was never run before, so that no steps of it are kept. */
      readonly isFirst: boolean;
      readonly skillVersionId: string;
    }
  /** Another worker has it, or it ended meanwhile. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'agent-paused' }
  | { readonly kind: 'agent-busy' };

export interface ClaimRequest {
  readonly taskId: string;
  readonly agentId: string;
  /** New with every claim: it tells this claim from all others. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly maxInterruptions: number;
}

/**
 * Takes a task for one worker. The agent is locked first: it works on one task at a time, in whatever process. What can
 * no longer be begun (cancelled, too late, attempts used up) is ended here, so that it does not stay in the queue.
 */
export function claimTask(store: GraphStore, principal: Principal, request: ClaimRequest): Promise<Claim> {
  const { taskId, agentId, owner } = request;
  return store.transact(principal, { why: WHY.claim }, async (unit): Promise<Claim> => {
    const where = {
      state: { eq: 'running' },
      assignee: { eq: agentId },
      leaseUntil: { gte: unit.now },
      id: { ne: taskId },
    };
    // In this order and in one journey: what the agent does is looked at under its lock.
    const [agent, others, before, [skillVersionId = '']] = await Promise.all([
      locked(unit, Agent, agentId),
      unit.list(Task, { where, limit: 1 }),
      locked(unit, Task, taskId),
      unit.related(Task, 'skillVersion', taskId),
    ]);
    if (!agent) return { kind: 'gone' };
    if (agent.state !== 'active') return { kind: 'agent-paused' };
    if (others.length > 0) return { kind: 'agent-busy' };
    const task = await unit.update(Task, taskId, (current) =>
      claimable(current, unit.now) ? claimedOrEnded(current, request, unit.now) : undefined,
    );
    if (task?.errorCode === 'KAZE_TASK_ATTEMPTS' && task.state === 'failed')
      openIncident(unit, task, task.errorMessage!);
    if (task?.state !== 'running' || task.leaseOwner !== owner) return { kind: 'gone' };
    return { kind: 'claimed', task, agent, isFirst: before?.startedAt === null, skillVersionId };
  });
}

function claimedOrEnded(task: TaskNode, request: ClaimRequest, now: number): NodePatch<typeof Task> {
  if (task.cancelRequested) return cancelled(now);
  if (task.deadlineAt !== null && task.deadlineAt <= now) return deadlinePassed(task, now);
  const isTakenOver = task.state === 'running';
  const interruptions = isTakenOver ? (task.steps > 0 ? 0 : (task.interruptions ?? 0)) + 1 : 0;
  if (interruptions > request.maxInterruptions) return vanishedTooOften(task, now);
  return {
    state: 'running',
    // A vanished worker is no fault of the task: its attempt goes on.
    attempt: isTakenOver ? task.attempt : task.attempt + 1,
    interruptions,
    steps: 0,
    startedAt: task.startedAt ?? now,
    notBefore: null,
    leaseOwner: request.owner,
    leaseUntil: now + request.leaseMs,
  };
}

function claimable(task: TaskNode, now: number): boolean {
  if (task.state === 'queued') return task.notBefore === null || task.notBefore <= now;
  return task.state === 'running' && (task.leaseUntil ?? 0) < now;
}

async function locked<D extends NodeDefinition>(
  unit: UnitOfWork,
  definition: D,
  id: string,
): Promise<NodeOf<D> | undefined> {
  let node: NodeOf<D> | undefined;
  await unit.update(definition, id, (current) => {
    node = current;
    return undefined;
  });
  return node;
}

/** An open incident about a task that no attempt could end. */
export function openIncident(unit: UnitOfWork, task: TaskNode, what: string): void {
  const id = unit.create(Incident, {
    scope: task.scope,
    kind: 'dead_letter',
    state: 'open',
    summary: `Task ${task.id} (${task.skill}): ${what}`.slice(0, 4_000),
  });
  unit.relate(Incident, 'task', id, task.id);
  if (task.assignee !== null) unit.relate(Incident, 'agent', id, task.assignee);
}
