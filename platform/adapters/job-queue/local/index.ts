/**
 * The job queue of one process, persisted in a database opened by `#platform/adapters/database/pglite` (the ledger's).
 * A job that was acknowledged survives `kill -9`; one that was running then waits again at the next start.
 * One queue per database: it takes every running job it finds for one left by a dead process.
 *
 * @example
 * const queue = await createLocalJobQueue({ database });
 * await queue.work('index-feed', async (job) => feed(job.data));
 * await queue.enqueue('index-feed', { outbox: 'o1' }, { id: 'o1' });
 */
import { setTimeout as delay } from 'node:timers/promises';
import { KazeError } from '../../../errors.ts';
import { platformErrors } from '../../../errors-platform.ts';
import { newId } from '../../../ids.ts';
import { type Logger, silentLogger } from '../../../logging.ts';
import type { EnqueueOptions, Job, JobQueue, JobWorker, QueueCounts, WorkOptions } from '../../../ports/job-queue.ts';
import { classifySqlFailure } from '../../database/failures.ts';
import { migrate } from '../../database/migrations.ts';
import type { SqlDatabase } from '../../database/sql-database.ts';
import type { JobQueueCapabilities } from '../capabilities.ts';
import { checkConcurrency, checkJob, checkName, checkSchedule, DEFAULT_ATTEMPTS } from '../input.ts';
import { JobStore } from './store.ts';
import { type QueueTables, queueMigrations } from './tables.ts';
import { LocalWorker } from './worker.ts';

export const localJobQueueCapabilities: JobQueueCapabilities = {
  reachesOtherProcesses: false,
  schedulesMayOverlap: false,
};

export interface LocalJobQueueOptions {
  readonly database: SqlDatabase;
  readonly logger?: Logger;
  /** How long closing waits for running jobs; what still runs then is done again at the next start; default 10,000 ms. */
  readonly closeTimeoutMs?: number;
}

const taken = new WeakSet<SqlDatabase>();

export async function createLocalJobQueue(options: LocalJobQueueOptions): Promise<JobQueue> {
  const { database } = options;
  if (taken.has(database)) throw platformErrors('KAZE_QUEUE_FAILED', 'this database has a job queue already');
  taken.add(database);
  try {
    const { newer } = await migrate(database, 'queue', queueMigrations);
    if (newer) {
      const versions = `tables are at version ${newer.found}, this program knows ${newer.known}`;
      throw platformErrors('KAZE_QUEUE_NEWER', `the job queue was made by a newer Kaze (its ${versions})`, {
        fields: { ...newer },
      });
    }
    const store = new JobStore(database.kysely.withTables<QueueTables>().withSchema(database.schema));
    const recovered = await store.recover(Date.now());
    const logger = options.logger ?? silentLogger;
    if (recovered > 0) logger.info({ jobs: recovered }, 'jobs of the process before this one wait again');
    return new LocalJobQueue({ ...options, logger, store });
  } catch (error) {
    taken.delete(database);
    throw toQueueError(error, 'start');
  }
}

class LocalJobQueue implements JobQueue {
  readonly #options: LocalJobQueueOptions & { readonly store: JobStore; readonly logger: Logger };
  readonly #workers = new Set<LocalWorker>();
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> = Promise.resolve();

  constructor(options: LocalJobQueueOptions & { readonly store: JobStore; readonly logger: Logger }) {
    this.#options = options;
    this.#tick();
  }

  async enqueue(queue: string, data: unknown, options?: EnqueueOptions): Promise<string> {
    const { id = newId(), delayMs, ...job } = checkJob(queue, data, options);
    const runAt = Date.now() + delayMs;
    await this.#call('enqueue', (store) => store.insert({ queue, id, data: job.data, attempts: job.attempts, runAt }));
    this.#wake(queue);
    return id;
  }

  async work<T>(
    queue: string,
    handler: (job: Job<T>, signal: AbortSignal) => Promise<void>,
    options: WorkOptions = {},
  ): Promise<JobWorker> {
    checkName(queue, 'queue');
    const concurrency = checkConcurrency(options.concurrency);
    const { store, logger } = this.#options;
    this.#checkOpen('work');
    const { signal } = this.#closing;
    const worker = new LocalWorker({ queue, concurrency, handler, store, logger, signal });
    this.#workers.add(worker);
    worker.wake();
    return {
      stop: async () => {
        await worker.stop();
        this.#workers.delete(worker);
      },
    };
  }

  async schedule(name: string, queue: string, options: { everyMs: number; data?: unknown }): Promise<void> {
    const data = checkSchedule(name, queue, options);
    const { everyMs } = options;
    await this.#call('schedule', (store) => store.putSchedule({ name, queue, everyMs, data }, Date.now()));
    this.#tick();
  }

  async unschedule(name: string): Promise<void> {
    await this.#call('unschedule', (store) => store.removeSchedule(name));
  }

  async counts(queue: string): Promise<QueueCounts> {
    const { waiting = 0, active = 0, failed = 0 } = await this.#call('counts', (store) => store.counts(queue));
    return { waiting, active, failed };
  }

  async healthy(): Promise<boolean> {
    return this.#call('healthy', (store) => store.counts('-')).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#closing.abort(new Error('the job queue is closing'));
    await this.#ticking;
    const done = new AbortController();
    const stopped = Promise.all([...this.#workers].map((worker) => worker.stop())).finally(() => done.abort());
    const late = delay(this.#options.closeTimeoutMs ?? 10_000, undefined, { signal: done.signal }).catch(() => {});
    await Promise.race([stopped, late]);
    taken.delete(this.#options.database);
  }

  /** Enqueues due runs of schedules and sleeps until the next one. One at a time. */
  #tick(): void {
    this.#ticking = this.#ticking.then(async () => {
      clearTimeout(this.#timer);
      if (this.#closing.signal.aborted) return;
      const { store, logger } = this.#options;
      let waitMs = 60_000;
      try {
        const queues = await store.runDueSchedules(Date.now(), DEFAULT_ATTEMPTS);
        for (const queue of queues) this.#wake(queue);
        const next = await store.nextSchedule();
        if (next !== undefined) waitMs = Math.min(waitMs, Math.max(0, next - Date.now()));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn({ reason }, 'the schedules could not be read, trying again');
        waitMs = 1_000;
      }
      this.#timer = setTimeout(() => this.#tick(), waitMs);
      this.#timer.unref();
    });
  }

  #wake(queue: string): void {
    for (const worker of this.#workers) if (worker.queue === queue) worker.wake();
  }

  async #call<T>(operation: string, work: (store: JobStore) => Promise<T>): Promise<T> {
    this.#checkOpen(operation);
    try {
      return await work(this.#options.store);
    } catch (error) {
      throw toQueueError(error, operation);
    }
  }

  #checkOpen(operation: string): void {
    if (this.#closing.signal.aborted) {
      throw platformErrors('KAZE_QUEUE_UNAVAILABLE', `the job queue is closed (${operation})`, {
        fields: { operation },
      });
    }
  }
}

const CODES = {
  unavailable: 'KAZE_QUEUE_UNAVAILABLE',
  access: 'KAZE_QUEUE_ACCESS',
  full: 'KAZE_QUEUE_FULL',
  other: 'KAZE_QUEUE_FAILED',
} as const;

function toQueueError(error: unknown, operation: string): KazeError {
  if (error instanceof KazeError) return error;
  const code = CODES[classifySqlFailure(error)];
  return platformErrors(code, `the database of the job queue failed (${operation})`, {
    cause: error,
    fields: { operation },
  });
}
