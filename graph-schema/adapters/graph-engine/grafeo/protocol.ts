/**
 * What the engine and its child process say to each other. The channel keeps order, so `begin` needs no answer before
 * the first `run`. Messages travel as JSON: for result rows that is half the time of the structured clone, and an
 * integer beyond 2^53 (a BigInt) makes it fail instead of passing unseen.
 */
import type { CypherParameters, CypherRow, DumpedNode, DumpedRelationship } from '../../../ports/graph-engine.ts';

export interface OpenOptions {
  /** The database file; without it the graph is kept in memory. */
  readonly file: string | undefined;
  readonly checkpointWalBytes: number;
  readonly checkpointIntervalMs: number;
  /** How long to wait for a lock that an ending process still holds. */
  readonly lockWaitMs: number;
}

export type ChildRequest =
  | ({ readonly kind: 'open' } & OpenOptions)
  | { readonly kind: 'read'; readonly text: string; readonly parameters: CypherParameters }
  | { readonly kind: 'begin'; readonly transaction: number }
  | { readonly kind: 'run'; readonly transaction: number; readonly text: string; readonly parameters: CypherParameters }
  | { readonly kind: 'commit' | 'rollback'; readonly transaction: number }
  | { readonly kind: 'define'; readonly texts: readonly string[] }
  | { readonly kind: 'dump-open' | 'dump-close'; readonly dump: number }
  | { readonly kind: 'dump-next'; readonly dump: number; readonly count: number }
  | { readonly kind: 'barrier' | 'close' | 'stats' };

export interface ChildFailure {
  readonly message: string;
  readonly gqlStatus?: string;
}

export interface ChildAnswer {
  readonly id: number;
  readonly rows?: readonly CypherRow[];
  readonly items?: ReadonlyArray<DumpedNode | DumpedRelationship>;
  readonly done?: boolean;
  readonly stats?: { readonly residentBytes: number };
  readonly failure?: ChildFailure;
}
