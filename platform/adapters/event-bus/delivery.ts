/** What an engine of the event bus does, as facts: callers and the contract suite ask these, never an engine's name. */
export interface EventBusCapabilities {
  /** Whether events kept for a durable subscription outlive the process that published them. */
  readonly survivesProcessDeath: boolean;
  /** Whether other processes see the events. */
  readonly reachesOtherProcesses: boolean;
  /** How long an event's id is remembered: published again within this time it is not delivered again. */
  readonly deduplicationMs: number;
}

export interface DeliveryOptions {
  /** Tries of a durable delivery in all, after which the event is given up and logged; default 20 (some 8 minutes). */
  readonly maxDeliveries?: number;
  /** Pause after the first failed delivery; doubles up to 30,000 ms; default 250 ms. */
  readonly firstPauseMs?: number;
}

export const MAX_DELIVERIES = 20;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** @param deliveries how often it was delivered so far, 1 after the first failure */
export function redeliveryPauseMs(deliveries: number, firstPauseMs = FIRST_PAUSE_MS): number {
  return Math.min(LONGEST_PAUSE_MS, firstPauseMs * 2 ** Math.min(deliveries - 1, 20));
}
