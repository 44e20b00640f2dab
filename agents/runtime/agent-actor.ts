import type { Principal } from '#graph-schema';
import { newId } from '#platform';
import { agentError } from '../errors.ts';
import { type Claim, claimTask } from './claim.ts';
import { endAttempt } from './end-attempt.ts';
import { beginRun, type RunServices, runTask } from './run-task.ts';
import type { RuntimeSettings } from './settings.ts';
import type { SkillVersions } from './skill-versions.ts';
import type { Slots } from './slots.ts';
import type { TaskRun } from './task-run.ts';

export interface ActorServices extends RunServices {
  readonly principal: Principal;
  readonly settings: RuntimeSettings;
  readonly versions: SkillVersions;
  readonly slots: Slots;
}

export interface ActorCallbacks {
  /** The inbox is empty: there may be more to do. */
  readonly idle: () => void;
  /** It failed in a way that its handler does not declare. */
  readonly crashed: (error: Error) => void;
}

const INBOX = 16;
/** No error: nobody hears of it, and one is made for every abort without a reason. */
const ENDED = 'the attempt has ended';

/**
 * One agent at work in this process: an inbox of task ids, one task at a time, and state that nobody else touches. It
 * is told about tasks; whether it gets one is decided by the claim.
 */
export class AgentActor {
  readonly agentId: string;
  readonly #services: ActorServices;
  readonly #callbacks: ActorCallbacks;
  readonly #inbox: string[] = [];
  #run: TaskRun | undefined;
  #working: Promise<void> = Promise.resolve();
  #isWorking = false;
  #stopped = false;
  #heldUntil = 0;

  constructor(agentId: string, services: ActorServices, callbacks: ActorCallbacks) {
    this.agentId = agentId;
    this.#services = services;
    this.#callbacks = callbacks;
  }

  /** The attempt that runs now. */
  get run(): TaskRun | undefined {
    return this.#run;
  }

  /** Whether it wants to hear of more tasks. */
  get isOpen(): boolean {
    return !this.#stopped && !this.#isWorking && this.#services.clock.now() >= this.#heldUntil;
  }

  tell(taskId: string): void {
    if (this.#stopped || this.#inbox.length >= INBOX || this.#inbox.includes(taskId)) return;
    if (this.#run?.task.id === taskId) return;
    this.#inbox.push(taskId);
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#working = this.#work();
  }

  /** Looks at once again, whatever was found before. */
  release(): void {
    this.#heldUntil = 0;
  }

  /** Takes no more tasks; resolves when the present one has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#inbox.length = 0;
    await this.#working;
  }

  /** Gives the present task back. */
  handBack(): void {
    this.#run?.end(agentError('KAZE_TASK_HANDED_BACK', 'the worker shuts down'));
  }

  async #work(): Promise<void> {
    try {
      for (let id = this.#inbox.shift(); id !== undefined; id = this.#inbox.shift()) await this.#attempt(id);
    } finally {
      this.#isWorking = false;
      if (!this.#stopped) this.#callbacks.idle();
    }
  }

  async #attempt(taskId: string): Promise<void> {
    const { slots, logger } = this.#services;
    const leave = await slots.enter();
    try {
      if (this.#stopped) return;
      const claim = await this.#claim(taskId);
      if (claim.kind === 'claimed') await this.#execute(claim);
      else if (claim.kind !== 'gone') this.#hold();
    } catch (error) {
      // The graph was away; the sweep finds the task again.
      logger.warn({ err: error, task: taskId }, 'a task could not be claimed or ended');
      this.#hold();
    } finally {
      this.#run = undefined;
      leave();
    }
  }

  #claim(taskId: string): Promise<Claim> {
    const { store, principal, settings } = this.#services;
    const { leaseMs, maxInterruptions } = settings;
    const request = { taskId, agentId: this.agentId, owner: newId(), leaseMs, maxInterruptions };
    return claimTask(store, principal, request);
  }

  async #execute({ kind: _, ...claimed }: Extract<Claim, { kind: 'claimed' }>): Promise<void> {
    const services = this.#services;
    const { leaseMs } = services.settings;
    const owner = claimed.task.leaseOwner!;
    const begun = { ...claimed, owner, leaseMs, principal: services.principal };
    const run = await beginRun(services, begun);
    this.#run = run;
    if (this.#stopped) this.handBack();
    const timers = this.#limitTime(run);
    try {
      await runTask(services, begun, run);
    } catch (error) {
      const reason = run.signal.aborted ? run.signal.reason : error;
      const failure = await endAttempt(services, run, reason);
      if (failure.kind === 'retry' && failure.crashed) this.#callbacks.crashed(failure.error);
    } finally {
      timers.abort(ENDED);
      // Whatever of the handler still runs is told to stop, and finds every way to write closed.
      run.end(agentError('KAZE_TASK_LEASE_LOST', 'the attempt has ended'));
    }
  }

  #limitTime(run: TaskRun): AbortController {
    const { clock } = this.#services;
    const { id, timeoutMs, deadlineAt } = run.task;
    const timers = new AbortController();
    const after = (ms: number, reason: () => Error) => {
      void clock.sleep(Math.min(ms, 2 ** 31 - 1), timers.signal).then(
        () => run.end(reason()),
        () => {},
      );
    };
    const fields = { task: id, timeoutMs };
    after(timeoutMs, () =>
      agentError('KAZE_TASK_TIMEOUT', `an attempt at ${id} took longer than ${timeoutMs} ms`, { fields }),
    );
    if (deadlineAt !== null) {
      const message = `the deadline of ${id} passed while it ran`;
      after(Math.max(0, deadlineAt - clock.now()), () => agentError('KAZE_TASK_DEADLINE', message));
    }
    return timers;
  }

  #hold(): void {
    this.#inbox.length = 0;
    this.#heldUntil = this.#services.clock.now() + this.#services.settings.pollMs;
  }
}
