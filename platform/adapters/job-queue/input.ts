import { platformErrors } from '../../errors-platform.ts';
import type { EnqueueOptions } from '../../ports/job-queue.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const MAX_DATA_BYTES = 1_048_576;
const MAX_DELAY_MS = 366 * 86_400_000;
/** Tries of a job in all where nothing else was asked. */
export const DEFAULT_ATTEMPTS = 5;
/** How often a job may be running when its process dies before it is kept as failed: such a job may be the cause. */
export const MAX_CRASHES = 10;
/** Failed jobs kept: their number, and for how long. */
export const KEPT_FAILED = { count: 10_000, ageMs: 30 * 86_400_000 };

export interface CheckedJob {
  readonly id: string | undefined;
  readonly data: string;
  readonly delayMs: number;
  readonly attempts: number;
}

/** Checks a job and gives its wire form. Errors: KAZE_QUEUE_INPUT. */
export function checkJob(queue: string, data: unknown, options: EnqueueOptions = {}): CheckedJob {
  checkName(queue, 'queue');
  const { id, delayMs = 0, attempts = DEFAULT_ATTEMPTS } = options;
  if (id !== undefined && (id === '' || id.length > 256 || id.includes('\u0000') || /\p{Surrogate}/u.test(id))) {
    throw invalid(`a job's id is text of 1 to 256 characters (queue ${queue})`);
  }
  checkRange('delayMs', delayMs, { least: 0, most: MAX_DELAY_MS });
  checkRange('attempts', attempts, { least: 1, most: 100 });
  return { id, data: encodeData(queue, data), delayMs, attempts };
}

export function checkSchedule(name: string, queue: string, options: { everyMs: number; data?: unknown }): string {
  checkName(name, 'schedule');
  checkName(queue, 'queue');
  checkRange('everyMs', options.everyMs, { least: 1_000, most: MAX_DELAY_MS });
  return encodeData(queue, options.data);
}

export function checkConcurrency(concurrency = 1): number {
  checkRange('concurrency', concurrency, { least: 1, most: 1_000 });
  return concurrency;
}

export function checkName(name: string, what: 'queue' | 'schedule'): void {
  if (!NAME.test(name)) throw invalid(`"${name}" is no name of a ${what}: ${NAME.source}`);
}

/** Pause before the next try: 250 ms doubled, up to 60 s. Spread by a fifth, so that failures do not return together. */
export function retryPauseMs(failures: number): number {
  const pause = Math.min(60_000, 250 * 2 ** Math.min(failures - 1, 20));
  return Math.round(pause * (0.9 + Math.random() * 0.2));
}

function encodeData(queue: string, data: unknown): string {
  const text = JSON.stringify(data ?? null);
  if (text === undefined) throw invalid(`the data of a job is JSON (queue ${queue})`);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_DATA_BYTES) {
    throw invalid(`the data of a job has ${bytes} bytes, at most ${MAX_DATA_BYTES} are allowed (queue ${queue})`);
  }
  return text;
}

function checkRange(name: string, value: number, range: { least: number; most: number }): void {
  if (!Number.isInteger(value) || value < range.least || value > range.most) {
    throw invalid(`${name} is a whole number from ${range.least} to ${range.most}, not ${value}`);
  }
}

function invalid(message: string): Error {
  return platformErrors('KAZE_QUEUE_INPUT', message);
}
