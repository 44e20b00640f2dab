import type { BackoffOptions } from './domain/failure.ts';
import type { RestartLimits } from './domain/restart-window.ts';

/** How the workers of one process behave. Durations in milliseconds. */
export interface RuntimeSettings {
  /** Tasks at a time in this process, 1 to 1,000. */
  readonly concurrency: number;
  /** How long a claim holds without being renewed; it is renewed three times within it. */
  readonly leaseMs: number;
  /** Pause between two sweeps when nothing wakes the worker. */
  readonly pollMs: number;
  /** How long a shutdown waits for running tasks before it gives them back. */
  readonly drainMs: number;
  readonly backoff: BackoffOptions;
  /** How often in a row the workers of a task may vanish without it getting any further, before it is given up. */
  readonly maxInterruptions: number;
  /** How often an agent's actor may crash before the agent is paused. */
  readonly restarts: RestartLimits;
  /**
   * Whether no other process works on this graph: then claims that were left by a process before this one are taken
   * over at once, not when they run out.
   */
  readonly soleProcess: boolean;
}

export const DEFAULT_SETTINGS: RuntimeSettings = Object.freeze({
  concurrency: 4,
  leaseMs: 30_000,
  pollMs: 2_000,
  drainMs: 10_000,
  backoff: { firstMs: 1_000, longestMs: 300_000 },
  maxInterruptions: 10,
  restarts: { maxRestarts: 5, windowMs: 60_000 },
  soleProcess: false,
});
