/**
 * What the engine and its child process say to each other. A message costs far more than what stands in it, so the
 * statements of a transaction that need not wait for each other travel in one, with its begin and its commit. Messages
 * travel as JSON: for result rows that is half the time of the structured clone, and an integer beyond 2^53 (a BigInt)
 * makes it fail instead of passing unseen.
 */
import type {
  CypherParameters,
  CypherRow,
  CypherScalar,
  CypherValue,
  DumpedNode,
  DumpedRelationship,
} from '../../../ports/graph-engine.ts';

export interface OpenOptions {
  /** The database file; without it the graph is kept in memory. */
  readonly file: string | undefined;
  readonly checkpointWalBytes: number;
  readonly checkpointIntervalMs: number;
  /** How long to wait for a lock that an ending process still holds. */
  readonly lockWaitMs: number;
}

export interface PackedStatement {
  readonly text: string;
  readonly parameters: CypherParameters;
  /** Whether its rows are wanted. */
  readonly answers?: true;
  readonly requires?: { readonly column: string; readonly value: CypherScalar };
}

/** Statements of one transaction, carried out in order up to the first that fails, which ends the transaction. */
export interface TransactionPack {
  readonly kind: 'pack';
  readonly transaction: number;
  /** With its first pack. */
  readonly begins?: true;
  readonly statements: readonly PackedStatement[];
  /** With its last one, unless a `withdraw` came before all statements were done. */
  readonly commits?: true;
}

export type ChildRequest =
  | ({ readonly kind: 'open' } & OpenOptions)
  | { readonly kind: 'read'; readonly text: string; readonly parameters: CypherParameters }
  | TransactionPack
  | { readonly kind: 'rollback' | 'withdraw'; readonly transaction: number }
  | { readonly kind: 'define'; readonly texts: readonly string[] }
  | { readonly kind: 'dump-open' | 'dump-close'; readonly dump: number }
  | { readonly kind: 'dump-next'; readonly dump: number; readonly count: number }
  | { readonly kind: 'barrier' | 'close' | 'stats' };

export interface ChildFailure {
  readonly message: string;
  readonly gqlStatus?: string;
  /** Position in its pack of the statement that failed. */
  readonly at?: number;
  /** It did not fail, but its row holds this instead of what it requires. */
  readonly unmet?: { readonly found?: CypherValue };
}

export interface ChildAnswer {
  readonly id: number;
  readonly rows?: readonly CypherRow[];
  /** Of each statement of a pack whose rows are wanted. */
  readonly results?: ReadonlyArray<readonly CypherRow[]>;
  /** To a `withdraw`: whether the transaction is sure not to be committed any more. */
  readonly withdrawn?: boolean;
  readonly items?: ReadonlyArray<DumpedNode | DumpedRelationship>;
  readonly done?: boolean;
  readonly stats?: { readonly residentBytes: number };
  readonly failure?: ChildFailure;
}
