import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../../logging.ts';
import type { Job, JobWorker } from '../../../ports/job-queue.ts';
import type { JobStore, StoredJob } from './store.ts';

export interface WorkerOptions {
  readonly queue: string;
  readonly concurrency: number;
  readonly handler: (job: Job<never>, signal: AbortSignal) => Promise<void>;
  readonly store: JobStore;
  readonly logger: Logger;
  /** Aborted when the queue closes. */
  readonly signal: AbortSignal;
}

/** Looks again at least this often, whatever the timers say. */
const LONGEST_WAIT_MS = 30_000;

export class LocalWorker implements JobWorker {
  readonly #options: WorkerOptions;
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #stopped = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  get queue(): string {
    return this.#options.queue;
  }

  /** Takes what is due now, as far as there is room, and sets the timer for what is due later. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#lookAgain) {
        this.#lookAgain = false;
        this.wake();
      }
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all(this.#running);
  }

  async #look(): Promise<void> {
    const { queue, concurrency, store, logger } = this.#options;
    clearTimeout(this.#timer);
    let waitMs = LONGEST_WAIT_MS;
    try {
      const room = concurrency - this.#running.size;
      const jobs = room > 0 ? await store.claim(queue, Date.now(), room) : [];
      for (const job of jobs) this.#start(job);
      // With no room left, the end of a job wakes the worker.
      if (this.#running.size < concurrency) {
        const next = await store.nextDue(queue);
        if (next !== undefined) waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, next - Date.now()));
      }
    } catch (error) {
      logger.warn({ queue, reason: reasonOf(error) }, 'the job queue could not be read, trying again');
      waitMs = 1_000;
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.wake(), waitMs);
    this.#timer.unref();
  }

  #start(job: StoredJob): void {
    const run = this.#run(job).finally(() => {
      this.#running.delete(run);
      this.wake();
    });
    this.#running.add(run);
  }

  async #run(job: StoredJob): Promise<void> {
    const { store, handler, signal, logger } = this.#options;
    const facts = { queue: job.queue, job: job.id, attempt: job.failures + 1 };
    let settle: () => Promise<unknown>;
    try {
      const data = JSON.parse(job.data) as never;
      await handler({ id: job.id, queue: job.queue, data, attempt: job.failures + 1 }, signal);
      settle = () => store.remove(job);
    } catch (error) {
      const reason = reasonOf(error);
      settle = async () => {
        const next = await store.fail(job, reason, Date.now());
        if (next === 'failed') logger.error({ ...facts, reason }, 'job failed for the last time and is kept as failed');
        else logger.warn({ ...facts, reason }, 'job failed and is tried again');
      };
    }
    for (const pauseMs of [100, 500, 2_000, 10_000, undefined]) {
      try {
        await settle();
        return;
      } catch (error) {
        if (pauseMs === undefined || signal.aborted) {
          // It stays marked as running and is done once more after the next start: at least once.
          logger.error({ ...facts, reason: reasonOf(error) }, 'the end of a job could not be stored');
          return;
        }
        await delay(pauseMs);
      }
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
