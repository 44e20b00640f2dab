export interface Job<T = unknown> {
  readonly id: string;
  readonly queue: string;
  readonly data: T;
  /** 1 on the first try. */
  readonly attempt: number;
}

export interface EnqueueOptions {
  /** A second job with the same id in the same queue is dropped while the first is waiting, running or kept. */
  readonly id?: string;
  readonly delayMs?: number;
  /** Tries in all; default 5, with exponential back-off from 250 ms. After the last, the job is kept as failed. */
  readonly attempts?: number;
}

export interface WorkOptions {
  /** Jobs of this queue at a time in this process; default 1. */
  readonly concurrency?: number;
}

export interface JobWorker {
  /** Takes no more jobs; resolves when the running ones have ended. */
  stop(): Promise<void>;
}

export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly failed: number;
}

/** The platform's own jobs (index feed, ingestion, timers, schedules): at least once, so handlers are idempotent. */
export interface JobQueue {
  /** Resolves with the job's id when the job is kept. Errors: KAZE_QUEUE_UNAVAILABLE. */
  enqueue(queue: string, data: unknown, options?: EnqueueOptions): Promise<string>;
  work<T>(
    queue: string,
    handler: (job: Job<T>, signal: AbortSignal) => Promise<void>,
    options?: WorkOptions,
  ): Promise<JobWorker>;
  /** Runs a job every `everyMs` (at least 1,000) across all processes; the same name replaces the schedule. */
  schedule(name: string, queue: string, options: { everyMs: number; data?: unknown }): Promise<void>;
  unschedule(name: string): Promise<void>;
  counts(queue: string): Promise<QueueCounts>;
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
