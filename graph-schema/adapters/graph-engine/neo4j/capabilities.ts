import type { GraphEngineCapabilities } from '../../../ports/graph-engine.ts';

/** Each commit is synced; a transaction reads whatever was committed a moment ago, statement by statement. */
export const neo4jCapabilities: GraphEngineCapabilities = Object.freeze({
  supportsManyProcesses: true,
  powerLossWindowMs: 0,
  supportsSnapshotReads: false,
});
