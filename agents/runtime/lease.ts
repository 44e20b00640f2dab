import { type GraphStore, type NodePatch, type Principal, Task, type UnitOfWork } from '#graph-schema';
import type { Clock } from '#platform';
import { agentError } from '../errors.ts';
import type { TaskNode } from './nodes.ts';
import { WHY } from './telemetry.ts';

export interface LeaseOptions {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly principal: Principal;
  readonly task: TaskNode;
  readonly owner: string;
  readonly leaseMs: number;
}

/**
 * A worker's claim on one attempt of one task. Every write of the attempt goes through it: it locks the task and looks
 * whether the claim still holds, so a worker that was thought dead can change nothing when it comes back.
 */
export class Lease {
  readonly task: TaskNode;
  readonly #options: LeaseOptions;
  #until: number;
  /** The task as the last write left it, for one more: then it need not be asked for before it is changed. */
  #last: TaskNode | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.task = options.task;
    this.#until = options.task.leaseUntil ?? 0;
    this.#last = options.task;
  }

  get principal(): Principal {
    return this.#options.principal;
  }

  /** Whether it ran out by this machine's clock, so that another worker may have taken the task. */
  get hasRunOut(): boolean {
    return this.#options.clock.now() >= this.#until;
  }

  /** Locks the task and changes it, if the claim holds. Errors: KAZE_TASK_LEASE_LOST. */
  async hold(unit: UnitOfWork, patch: NodePatch<typeof Task> = {}): Promise<TaskNode> {
    const { owner, task } = this.#options;
    const expect = { state: 'running', leaseOwner: owner };
    // Once: where it has changed meanwhile, the unit comes again and asks.
    if (this.#last) unit.lockAs(Task, this.#last);
    this.#last = undefined;
    const held = await unit.update(Task, task.id, patch, { expect });
    if (held) return held;
    throw agentError('KAZE_TASK_LEASE_LOST', `attempt ${task.attempt} of the task ${task.id} lost its lease`, {
      fields: { task: task.id, attempt: task.attempt },
    });
  }

  /** One transaction under the claim. Errors: KAZE_TASK_LEASE_LOST, KAZE_TASK_CANCELLED once someone asked to end it. */
  async write(why: string, patch: NodePatch<typeof Task>, work: (unit: UnitOfWork) => Promise<void>): Promise<void> {
    const { store, principal, task } = this.#options;
    const left = await store.transact(principal, { why }, async (unit) => {
      const held = await this.hold(unit, patch);
      if (held.cancelRequested) {
        throw agentError('KAZE_TASK_CANCELLED', `the task ${task.id} was asked to end`, { fields: { task: task.id } });
      }
      await work(unit);
      return unit.get(Task, task.id);
    });
    this.#leftAs(left);
  }

  /** Keeps the claim for another while. Gives the task as it is. Errors: KAZE_TASK_LEASE_LOST, and the graph's. */
  async renew(patch: NodePatch<typeof Task> = {}): Promise<TaskNode> {
    const { store, principal, leaseMs } = this.#options;
    const options = { why: WHY.renew, timeoutMs: Math.ceil((leaseMs * 2) / 3) };
    let until = this.#until;
    const held = await store.transact(principal, options, (unit) => {
      until = unit.now + leaseMs;
      return this.hold(unit, { ...patch, leaseUntil: until });
    });
    this.#until = until;
    this.#leftAs(held);
    return held;
  }

  /** Only what was committed: what another write has changed since is found out by its version. */
  #leftAs(task: TaskNode | undefined): void {
    if (task && task.version > (this.#last?.version ?? 0)) this.#last = task;
  }
}
