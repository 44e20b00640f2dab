import type { EventBusCapabilities } from '../delivery.ts';

export const natsEventBusCapabilities: EventBusCapabilities = {
  survivesProcessDeath: true,
  reachesOtherProcesses: true,
  // The server keeps these ids in memory: some 100 bytes each.
  deduplicationMs: 3_600_000,
};
