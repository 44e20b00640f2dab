/**
 * A rate as the generic cell rate algorithm has it (ITU-T I.371, annex A, "virtual scheduling"): one number per key, the
 * instant at which all that was taken is paid back. `take.lua` says the same for Redis.
 */
export interface Rate {
  readonly key: string;
  /** Units a minute; as many may be taken at once. */
  readonly perMinute: number;
  /** Units of this call; more than `perMinute` counts as `perMinute`, else it could never go. */
  readonly cost: number;
}

export const MINUTE_MS = 60_000;

/** How long the cost of a call occupies its rate, in milliseconds. */
export function occupiedMs({ perMinute, cost }: Pick<Rate, 'perMinute' | 'cost'>): number {
  return (Math.min(cost, perMinute) * MINUTE_MS) / perMinute;
}

/** @returns the instant to keep, or how long to wait until it conforms */
export function conform(
  arrivalMs: number | undefined,
  rate: Rate,
  nowMs: number,
): { atMs: number } | { waitMs: number } {
  const atMs = Math.max(arrivalMs ?? nowMs, nowMs) + occupiedMs(rate);
  const waitMs = atMs - nowMs - MINUTE_MS;
  return waitMs > 0 ? { waitMs: Math.ceil(waitMs) } : { atMs };
}
