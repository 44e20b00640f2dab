/**
 * The job queue on Redis (7 or newer, append-only file on, `maxmemory-policy noeviction`) through BullMQ.
 *
 * While Redis is away every call fails with KAZE_QUEUE_UNAVAILABLE within its time limit; workers wait and go on by
 * themselves. A job whose process died is taken over once its lock has run out.
 *
 * @example
 * const queue = await createBullmqJobQueue({ cell: 'main', url: 'redis://127.0.0.1:6379' });
 */
import { type JobsOptions, Queue, Worker } from 'bullmq';
import { platformErrors } from '../../../errors-platform.ts';
import { NAME_PATTERN, newId } from '../../../ids.ts';
import { type Logger, silentLogger } from '../../../logging.ts';
import type { EnqueueOptions, Job, JobQueue, JobWorker, QueueCounts, WorkOptions } from '../../../ports/job-queue.ts';
import type { JobQueueCapabilities } from '../capabilities.ts';
import {
  checkConcurrency,
  checkJob,
  checkName,
  checkSchedule,
  DEFAULT_ATTEMPTS,
  KEPT_FAILED,
  MAX_CRASHES,
  retryPauseMs,
} from '../input.ts';
import { bounded, connectRedis, type RedisConnections } from './connection.ts';

export const bullmqJobQueueCapabilities: JobQueueCapabilities = {
  reachesOtherProcesses: true,
  schedulesMayOverlap: true,
};

export interface BullmqJobQueueOptions {
  /** The cell's name; several cells may share a server. */
  readonly cell: string;
  /** `redis://user:password@host:port/database`, `rediss://` for TLS. */
  readonly url: string;
  /** Bounds every call; default 3,000 ms. */
  readonly requestTimeoutMs?: number;
  /** How long a start waits for a server that does not answer yet; default 30,000 ms. */
  readonly startTimeoutMs?: number;
  /** How long a job of a dead process stays locked; default 15,000 ms. Taken over within twice that time. */
  readonly lockMs?: number;
  /** How long closing waits for running jobs; default 10,000 ms. */
  readonly closeTimeoutMs?: number;
  readonly logger?: Logger;
}

type Settings = Required<BullmqJobQueueOptions>;

export async function createBullmqJobQueue(options: BullmqJobQueueOptions): Promise<JobQueue> {
  if (!NAME_PATTERN.test(options.cell)) {
    throw platformErrors('KAZE_QUEUE_INPUT', `"${options.cell}" is no name of a cell: ${NAME_PATTERN.source}`);
  }
  const settings: Settings = {
    requestTimeoutMs: 3_000,
    startTimeoutMs: 30_000,
    lockMs: 15_000,
    closeTimeoutMs: 10_000,
    logger: silentLogger,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    cell: options.cell,
    url: options.url,
  };
  return new BullmqJobQueue(settings, await connectRedis(settings));
}

class BullmqJobQueue implements JobQueue {
  readonly #settings: Settings;
  readonly #connections: RedisConnections;
  readonly #prefix: string;
  readonly #queues = new Map<string, Queue>();
  readonly #workers = new Set<Worker>();
  readonly #closing = new AbortController();

  constructor(settings: Settings, connections: RedisConnections) {
    this.#settings = settings;
    this.#connections = connections;
    // In braces, so that a Redis cluster keeps a cell's keys on one node, as BullMQ's scripts need.
    this.#prefix = `{kaze-${settings.cell}}`;
  }

  async enqueue(queue: string, data: unknown, options?: EnqueueOptions): Promise<string> {
    const job = checkJob(queue, data, options);
    const id = job.id ?? newId();
    const settings: JobsOptions = { ...jobOptions(job.attempts), jobId: encodeId(id), delay: job.delayMs };
    await this.#call('enqueue', () => this.#queue(queue).add(queue, JSON.parse(job.data), settings));
    return id;
  }

  async work<T>(
    queue: string,
    handler: (job: Job<T>, signal: AbortSignal) => Promise<void>,
    options: WorkOptions = {},
  ): Promise<JobWorker> {
    checkName(queue, 'queue');
    const concurrency = checkConcurrency(options.concurrency);
    const { lockMs, logger } = this.#settings;
    this.#checkOpen('work');
    const worker = new Worker<T>(
      queue,
      async (job, _token, signal) => {
        const signals = signal ? [signal, this.#closing.signal] : [this.#closing.signal];
        const own: Job<T> = { id: decodeId(job.id ?? ''), queue, data: job.data, attempt: job.attemptsMade + 1 };
        await handler(own, AbortSignal.any(signals));
      },
      {
        connection: this.#connections.workers,
        prefix: this.#prefix,
        concurrency,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        maxStalledCount: MAX_CRASHES,
        runRetryDelay: 1_000,
        settings: { backoffStrategy: (attemptsMade) => retryPauseMs(attemptsMade) },
      },
    );
    worker.on('error', (error) =>
      logger.warn({ queue, reason: error.message }, 'a worker of the job queue is interrupted'),
    );
    worker.on('failed', (job, error) => {
      const facts = { queue, job: decodeId(job?.id ?? ''), attempt: job?.attemptsMade, reason: error.message };
      if (job && job.attemptsMade < (job.opts.attempts ?? 1)) logger.warn(facts, 'job failed and is tried again');
      else logger.error(facts, 'job failed for the last time and is kept as failed');
    });
    this.#workers.add(worker);
    try {
      await this.#call('work', () => worker.waitUntilReady());
    } catch (error) {
      await this.#stop(worker);
      throw error;
    }
    return { stop: () => this.#stop(worker) };
  }

  async schedule(name: string, queue: string, options: { everyMs: number; data?: unknown }): Promise<void> {
    const data: unknown = JSON.parse(checkSchedule(name, queue, options));
    await this.#call('schedule', async () => {
      const before = await this.#connections.commands.hget(this.#schedulesKey, name);
      if (before !== null && before !== queue) await this.#queue(before).removeJobScheduler(name);
      await this.#connections.commands.hset(this.#schedulesKey, name, queue);
      const template = { name: queue, data, opts: jobOptions(DEFAULT_ATTEMPTS) };
      await this.#queue(queue).upsertJobScheduler(name, { every: options.everyMs }, template);
    });
  }

  async unschedule(name: string): Promise<void> {
    await this.#call('unschedule', async () => {
      const queue = await this.#connections.commands.hget(this.#schedulesKey, name);
      if (queue === null) return;
      await this.#queue(queue).removeJobScheduler(name);
      await this.#connections.commands.hdel(this.#schedulesKey, name);
    });
  }

  async counts(queue: string): Promise<QueueCounts> {
    checkName(queue, 'queue');
    return this.#call('counts', async () => {
      const own = this.#queue(queue);
      const counts = await own.getJobCounts('wait', 'delayed', 'prioritized', 'active', 'failed');
      // Each schedule keeps its next run as a delayed job; a run counts once it is due.
      const upcoming = Math.min(counts.delayed ?? 0, await own.getJobSchedulersCount());
      const waiting = (counts.wait ?? 0) + (counts.delayed ?? 0) + (counts.prioritized ?? 0) - upcoming;
      return { waiting, active: counts.active ?? 0, failed: counts.failed ?? 0 };
    });
  }

  async healthy(): Promise<boolean> {
    return this.#call('healthy', () => this.#connections.commands.ping()).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new Error('the job queue is closing'));
    await Promise.all([...this.#workers].map((worker) => this.#stop(worker)));
    const limit = { operation: 'close', timeoutMs: this.#settings.requestTimeoutMs };
    await Promise.all([...this.#queues.values()].map((queue) => bounded(queue.close(), limit).catch(() => {})));
    this.#connections.commands.disconnect();
    this.#connections.workers.disconnect();
  }

  /** Waits for running jobs while the server can be told of their end; then lets go. */
  async #stop(worker: Worker): Promise<void> {
    const limit = { operation: 'stop', timeoutMs: this.#settings.closeTimeoutMs };
    await bounded(worker.close(), limit).catch(() => bounded(worker.close(true), limit).catch(() => {}));
    this.#workers.delete(worker);
  }

  #queue(name: string): Queue {
    const known = this.#queues.get(name);
    if (known) return known;
    const queue = new Queue(name, { connection: this.#connections.commands, prefix: this.#prefix });
    // Told by the connection's own listener; unheard here, the event would end the process.
    queue.on('error', () => {});
    this.#queues.set(name, queue);
    return queue;
  }

  get #schedulesKey(): string {
    return `${this.#prefix}:schedules`;
  }

  async #call<T>(operation: string, work: () => Promise<T>): Promise<T> {
    this.#checkOpen(operation);
    return bounded(work(), { operation, timeoutMs: this.#settings.requestTimeoutMs });
  }

  #checkOpen(operation: string): void {
    if (this.#closing.signal.aborted) {
      throw platformErrors('KAZE_QUEUE_UNAVAILABLE', `the job queue is closed (${operation})`, {
        fields: { operation },
      });
    }
  }
}

function jobOptions(attempts: number): JobsOptions {
  const removeOnFail = { count: KEPT_FAILED.count, age: KEPT_FAILED.ageMs / 1_000 };
  return { attempts, backoff: { type: 'custom' }, removeOnComplete: true, removeOnFail };
}

/** BullMQ refuses ids that are whole numbers or contain a colon. */
function encodeId(id: string): string {
  return `k.${encodeURIComponent(id)}`;
}

function decodeId(id: string): string {
  return id.startsWith('k.') ? decodeURIComponent(id.slice(2)) : id;
}
