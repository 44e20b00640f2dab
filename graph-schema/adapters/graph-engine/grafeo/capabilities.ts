import type { GraphEngineCapabilities } from '../../../ports/graph-engine.ts';

/** Commits reach the log at once and the disk about every 100 ms: a killed process loses nothing, a power cut may. */
export const grafeoCapabilities: GraphEngineCapabilities = Object.freeze({
  supportsManyProcesses: false,
  powerLossWindowMs: 100,
  supportsSnapshotReads: true,
});
