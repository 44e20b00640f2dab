import { z } from 'zod';
import { graphError } from '../../../errors.ts';

/** What the embedded engine may take. Durations in milliseconds. */
export const grafeoLimitsSchema = z.strictObject({
  /** How long a statement may go on after its caller was answered, before its process is killed. */
  graceMs: z.int().min(0).max(60_000).default(500),
  /** How long a call waits for the engine to be reopened before KAZE_GRAPH_UNAVAILABLE. */
  reopenWaitMs: z.int().min(0).max(600_000).default(10_000),
  /** How long a start waits for the lock that an ending process still holds before KAZE_GRAPH_LOCKED. */
  lockWaitMs: z.int().min(0).max(600_000).default(10_000),
  /** How long one open may take, recovery included. */
  openTimeoutMs: z.int().min(100).max(3_600_000).default(300_000),
  /** Resident memory at which the longest-running query is ended; at least 1 GiB above what the open graph needs. */
  memoryLimitBytes: z
    .int()
    .min(0)
    .default(4 * 2 ** 30),
  /** What a graph may grow beyond its size at open before `memoryLimitBytes` counts. */
  memoryHeadroomBytes: z
    .int()
    .min(0)
    .default(2 ** 30),
  /** How often memory is looked at while statements run. */
  memoryCheckMs: z.int().min(10).max(60_000).default(200),
  /** The log size and the time after which the engine writes a checkpoint. */
  checkpointWalBytes: z
    .int()
    .min(2 ** 16)
    .default(32 * 2 ** 20),
  checkpointIntervalMs: z.int().min(100).default(60_000),
  /** The longest pause between two restarts of a process that keeps dying. */
  restartDelayMaxMs: z.int().min(0).max(600_000).default(5_000),
  /** Nodes (or start nodes of relationships) that a dump fetches at a time. */
  dumpBatchNodes: z.int().min(1).max(100_000).default(1_000),
});

export type GrafeoLimits = z.output<typeof grafeoLimitsSchema>;
export type GrafeoLimitsInput = z.input<typeof grafeoLimitsSchema>;

export function grafeoLimits(input: GrafeoLimitsInput = {}): GrafeoLimits {
  const parsed = grafeoLimitsSchema.safeParse(input);
  if (parsed.success) return Object.freeze(parsed.data);
  throw graphError('KAZE_GRAPH_STATEMENT', `The embedded graph's limits are wrong: ${z.prettifyError(parsed.error)}`);
}
