import {
  Agent,
  type GraphStore,
  Incident,
  type NodeOf,
  type NodePatch,
  type Principal,
  Task,
  type UnitOfWork,
} from '#graph-schema';
import { cancelled, deadLetter, deadlinePassed } from './final-states.ts';
import { WHY } from './telemetry.ts';

export type TaskNode = NodeOf<typeof Task>;
export type AgentNode = NodeOf<typeof Agent>;

export type Claim =
  | { readonly kind: 'claimed'; readonly task: TaskNode; readonly agent: AgentNode }
  /** Another worker has it, or it ended meanwhile. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'agent-paused' }
  | { readonly kind: 'agent-busy' };

export interface ClaimRequest {
  readonly taskId: string;
  readonly agentId: string;
  readonly owner: string;
  readonly leaseMs: number;
}

/**
 * Takes a task for one worker. The agent is locked first: it works on one task at a time, in whatever process. What can
 * no longer be begun (cancelled, too late, attempts used up) is ended here, so that it does not stay in the queue.
 */
export function claimTask(store: GraphStore, principal: Principal, request: ClaimRequest): Promise<Claim> {
  const { taskId, agentId, owner, leaseMs } = request;
  return store.transact(principal, { why: WHY.claim }, async (unit): Promise<Claim> => {
    const agent = await locked(unit, agentId);
    if (!agent) return { kind: 'gone' };
    if (agent.state !== 'active') return { kind: 'agent-paused' };
    const where = {
      state: { eq: 'running' },
      assignee: { eq: agentId },
      leaseUntil: { gte: unit.now },
      id: { ne: taskId },
    };
    if ((await unit.list(Task, { where, limit: 1 })).length > 0) return { kind: 'agent-busy' };
    let letter: TaskNode | undefined;
    const task = await unit.update(Task, taskId, (current): NodePatch<typeof Task> | undefined => {
      if (!claimable(current, unit.now)) return undefined;
      if (current.cancelRequested) {
        return cancelled(unit.now);
      }
      if (current.deadlineAt !== null && current.deadlineAt <= unit.now) return deadlinePassed(current, unit.now);
      if (current.attempt >= current.maxAttempts) {
        letter = current;
        return deadLetter(current, unit.now);
      }
      return {
        state: 'running',
        attempt: current.attempt + 1,
        steps: 0,
        startedAt: current.startedAt ?? unit.now,
        notBefore: null,
        leaseOwner: owner,
        leaseUntil: unit.now + leaseMs,
      };
    });
    if (letter) openIncident(unit, letter, `all ${letter.maxAttempts} attempts ended without an outcome`);
    return task?.leaseOwner === owner && task.state === 'running' ? { kind: 'claimed', task, agent } : { kind: 'gone' };
  });
}

function claimable(task: TaskNode, now: number): boolean {
  if (task.state === 'queued') return task.notBefore === null || task.notBefore <= now;
  return task.state === 'running' && (task.leaseUntil ?? 0) < now;
}

async function locked(unit: UnitOfWork, agentId: string): Promise<AgentNode | undefined> {
  let agent: AgentNode | undefined;
  await unit.update(Agent, agentId, (current) => {
    agent = current;
    return undefined;
  });
  return agent;
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
