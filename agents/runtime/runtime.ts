import { Agent, type GraphStore, Incident, systemPrincipal, Task } from '#graph-schema';
import type { EventBus, Subscription } from '#platform';
import { agentError } from '../errors.ts';
import { tenantOfScope } from '../ids.ts';
import { type ActorServices, AgentActor } from './agent-actor.ts';
import { deadlinePassed } from './final-states.ts';
import { FollowUps } from './follow-ups.ts';
import { endParts, OPEN_STATES } from './parts.ts';
import type { RunServices } from './run-task.ts';
import { DEFAULT_SETTINGS, type RuntimeSettings } from './settings.ts';
import { SkillVersions } from './skill-versions.ts';
import { Slots } from './slots.ts';
import { Supervisor } from './supervisor.ts';
import type { TaskRun } from './task-run.ts';

export interface RuntimeOptions extends RunServices {
  readonly bus?: EventBus;
  readonly settings?: Partial<RuntimeSettings>;
}

export interface AgentRuntime {
  /** Looks for work now, not at the next poll. */
  readonly wake: () => void;
  /** Tasks that run in this process now. */
  readonly running: number;
  /** Takes no more tasks, waits a while for those that run, and gives back what is left. */
  stop(): Promise<void>;
}

const SWEEP = 200;

/** Starts the workers of this process. Any number of processes may run on one graph. */
export async function startRuntime(options: RuntimeOptions): Promise<AgentRuntime> {
  const runtime = new Runtime(options);
  await runtime.start();
  return runtime;
}

type TenantSupervisor = Supervisor<AgentActor>;

class Runtime implements AgentRuntime {
  readonly #options: RuntimeOptions;
  readonly #settings: RuntimeSettings;
  readonly #store: GraphStore;
  readonly #principal = systemPrincipal('runtime');
  readonly #services: ActorServices;
  readonly #tenants: Supervisor<TenantSupervisor>;
  readonly #stopping = new AbortController();
  /** Aborts once nothing runs any more: until then claims are renewed. */
  readonly #drained = new AbortController();
  #subscriptions: Subscription[] = [];
  #loops: Promise<unknown> = Promise.resolve();
  #nudged = false;
  #wakeUp: () => void = () => {};
  #lastExpiry = 0;
  readonly #followUps: FollowUps;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#store = options.store;
    const { concurrency, restarts } = this.#settings;
    this.#services = {
      ...options,
      principal: this.#principal,
      settings: this.#settings,
      versions: new SkillVersions(options.store),
      slots: new Slots(concurrency),
    };
    this.#followUps = new FollowUps(options);
    // The root holds one supervisor a client, each of these one actor an agent: what fails there stays there.
    this.#tenants = new Supervisor({
      clock: options.clock,
      limits: restarts,
      start: (tenant) => this.#tenantSupervisor(tenant),
      onGiveUp: (tenant) => options.logger.error({ tenant }, 'the supervisor of a client was given up'),
    });
  }

  get running(): number {
    return this.#runs().length;
  }

  async start(): Promise<void> {
    const { bus } = this.#options;
    if (this.#settings.soleProcess) await this.#takeOver();
    if (bus) {
      this.#subscriptions = await Promise.all([
        bus.subscribe('graph.task.changed.v1', (event) => this.#heard(event.data.id)),
        bus.subscribe('graph.agent.changed.v1', () => this.wake()),
      ]);
    }
    this.#loops = Promise.all([this.#sweepLoop(), this.#renewLoop()]);
  }

  readonly wake = (): void => {
    for (const actor of this.#actors()) actor.release();
    this.#nudge();
  };

  #nudge(): void {
    this.#nudged = true;
    this.#wakeUp();
  }

  async stop(): Promise<void> {
    const { clock } = this.#options;
    this.#stopping.abort();
    await Promise.all(this.#subscriptions.map((subscription) => subscription.stop()));
    const ended = this.#tenants.stop();
    const patience = new AbortController();
    const late = clock.sleep(this.#settings.drainMs, patience.signal).then(
      () => {
        for (const actor of this.#actors()) actor.handBack();
      },
      () => {},
    );
    // Claims are kept alive while they drain: the renewal loop ends only with them.
    await ended;
    patience.abort();
    await late;
    this.#drained.abort();
    await this.#loops;
  }

  #tenantSupervisor(tenant: string): TenantSupervisor {
    const { clock, logger } = this.#options;
    const supervisor: TenantSupervisor = new Supervisor({
      clock,
      limits: this.#settings.restarts,
      start: (agentId) =>
        new AgentActor(agentId, this.#services, {
          idle: () => this.#nudge(),
          crashed: (error) => supervisor.crashed(agentId, error),
        }),
      onRestart: (agentId) =>
        void this.#countRestart(agentId).catch((err) => logger.warn({ err }, 'restart not counted')),
      onGiveUp: (agentId, error) =>
        void this.#giveUp(agentId, error).catch((err) => logger.error({ err, tenant }, 'an agent could not be paused')),
    });
    return supervisor;
  }

  async #countRestart(agentId: string): Promise<void> {
    await this.#store.transact(this.#principal, { why: 'actor started again' }, (unit) =>
      unit.update(Agent, agentId, (agent) => ({ restarts: agent.restarts + 1 })),
    );
  }

  async #giveUp(agentId: string, error: Error): Promise<void> {
    const { maxRestarts, windowMs } = this.#settings.restarts;
    const why = `it crashed more than ${maxRestarts} times within ${windowMs} ms; last: ${error.message}`.slice(0, 900);
    await this.#store.transact(this.#principal, { why: 'restart limit' }, async (unit) => {
      const expect = { state: 'active' };
      const agent = await unit.update(Agent, agentId, { state: 'paused', pausedReason: why }, { expect });
      if (!agent) return;
      const summary = `Agent ${agent.name} is paused: ${why}`;
      const id = unit.create(Incident, { scope: agent.scope, kind: 'restart_limit', state: 'open', summary });
      unit.relate(Incident, 'agent', id, agentId);
      unit.audit({ action: 'agent.pause', subject: agentId, subjectType: 'Agent', scope: agent.scope });
    });
  }

  /** What a process before this one left running is free at once. */
  async #takeOver(): Promise<void> {
    const where = { state: { eq: 'running' } };
    for (const { id } of await this.#store.list(this.#principal, Task, { where, limit: 10_000 })) {
      await this.#store.transact(this.#principal, { why: 'left by an ended process' }, (unit) =>
        unit.update(Task, id, { leaseUntil: 0 }, { expect: { state: 'running' } }),
      );
    }
  }

  async #sweepLoop(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#nudged = false;
      const began = clock.now();
      await this.#sweep().catch((err) => logger.warn({ err }, 'looking for tasks failed; it is tried again'));
      if (this.#nudged) {
        // Many changes in a row: looking takes at most half of the time.
        await clock.sleep(Math.min(this.#settings.pollMs, clock.now() - began), signal).catch(() => {});
        continue;
      }
      const woken = new AbortController();
      this.#wakeUp = () => woken.abort();
      await clock.sleep(this.#settings.pollMs, AbortSignal.any([signal, woken.signal])).catch(() => {});
    }
  }

  /** Finds tasks that can be begun and tells their agents' actors. */
  async #sweep(): Promise<void> {
    const now = this.#options.clock.now();
    const closed = [...this.#actors()].filter((actor) => !actor.isOpen).map(({ agentId }) => agentId);
    const where = {
      state: { in: ['queued', 'running'] },
      or: [
        {
          state: { eq: 'queued' },
          or: [{ notBefore: { isNull: true } }, { notBefore: { lte: now } }],
          subtasks: { none: { state: { in: [...OPEN_STATES] } } },
        },
        { state: { eq: 'running' }, leaseUntil: { lt: now } },
      ],
      assignee: { isNull: false },
      ...(closed.length > 0 ? { not: { assignee: { in: closed.slice(0, 1_000) } } } : {}),
      dependsOn: { none: { state: { ne: 'delivered' } } },
    };
    const orderBy = [{ property: 'createdAt', direction: 'asc' as const }];
    const tasks = await this.#store.list(this.#principal, Task, { where, orderBy, limit: SWEEP });
    if (this.#stopping.signal.aborted) return;
    for (const { id, scope, assignee } of tasks) {
      this.#tenants.child(tenantOfScope(scope)).child(assignee!).tell(id);
    }
    await this.#expire(now);
  }

  /** Ends queued tasks that are too late, also those whose agent is paused or busy. */
  async #expire(now: number): Promise<void> {
    if (now - this.#lastExpiry < this.#settings.pollMs) return;
    this.#lastExpiry = now;
    const where = { state: { eq: 'queued' }, deadlineAt: { lt: now } };
    for (const { id } of await this.#store.list(this.#principal, Task, { where, limit: SWEEP })) {
      await this.#store.transact(this.#principal, { why: 'deadline passed' }, (unit) =>
        unit.update(Task, id, (task) => deadlinePassed(task, unit.now), { expect: { state: 'queued' } }),
      );
    }
    await endParts(this.#options, this.#principal, now);
    await this.#followUps.sweep();
  }

  async #renewLoop(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#drained;
    while (!signal.aborted) {
      await clock.sleep(Math.max(10, this.#settings.leaseMs / 3), signal).catch(() => {});
      if (!signal.aborted) await Promise.all(this.#runs().map((run) => this.#renew(run)));
    }
  }

  async #renew(run: TaskRun): Promise<void> {
    try {
      const task = await run.lease.renew();
      if (task.cancelRequested) run.end(cancelRequested(task.id));
    } catch (error) {
      const lost = agentError('KAZE_TASK_LEASE_LOST', `the lease of ${run.task.id} was lost`, { cause: error });
      if (isLost(error) || run.lease.hasRunOut) run.end(lost);
      else run.logger.warn({ err: error }, 'a lease could not be renewed yet');
    }
  }

  /** Something about a task changed: a request to end it reaches its handler at once. */
  async #heard(id: unknown): Promise<void> {
    const run = this.#runs().find(({ task }) => task.id === id);
    if (run) {
      const task = await this.#store.get(this.#principal, Task, run.task.id);
      if (task?.cancelRequested) run.end(cancelRequested(task.id));
    } else {
      this.#nudge();
    }
  }

  *#actors(): Generator<AgentActor> {
    for (const [, tenant] of this.#tenants.children) for (const [, actor] of tenant.children) yield actor;
  }

  #runs(): TaskRun[] {
    return [...this.#actors()].map(({ run }) => run).filter((run) => run !== undefined);
  }
}

const isLost = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'KAZE_TASK_LEASE_LOST';

const cancelRequested = (id: string) =>
  agentError('KAZE_TASK_CANCELLED', `the task ${id} was asked to end`, { fields: { task: id } });
