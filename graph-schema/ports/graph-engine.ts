/** What Cypher parameters and results are made of. Times are integers; no driver class ever crosses this port. */
export type CypherScalar = string | number | boolean | null;
export type CypherValue = CypherScalar | readonly CypherValue[] | { readonly [key: string]: CypherValue };
export type CypherParameters = Readonly<Record<string, CypherValue>>;
export type CypherRow = Readonly<Record<string, CypherValue>>;

export interface EngineCallOptions {
  /** Milliseconds until the statement is answered with KAZE_GRAPH_TIMEOUT and ended; default 30,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A write that nobody waits for. */
export interface QueuedStatement {
  readonly text: string;
  readonly parameters: CypherParameters;
  /** What it does, in a few words and without a value (`create Task`): stands as `statement` in the fields of its error. */
  readonly what: string;
  /** What a column of its first row must hold, or nothing of the transaction is kept and `otherwise` says why. */
  readonly requires?: {
    readonly column: string;
    readonly value: CypherScalar;
    readonly otherwise: (found: CypherValue | undefined) => Error;
  };
}

/** Statements take effect in the order in which they were given, whatever of them travels together. */
export interface EngineTransaction {
  /**
   * One statement and its rows; it sees what was queued before it. Those begun in one go may share a journey.
   *
   * @param what as `what` of a queued one
   */
  run(text: string, parameters?: CypherParameters, what?: string): Promise<readonly CypherRow[]>;
  /**
   * Goes out with the next `run` or with the commit, without a journey of its own. A failure ends the transaction and
   * is told by the run that came after it, or by the transaction.
   */
  queue(statement: QueuedStatement): void;
}

export interface IndexSpec {
  readonly name: string;
  readonly label: string;
  readonly property: string;
  /** `lookup` serves equality, `range` also order and comparison, where the engine has such indexes. */
  readonly kind: 'unique' | 'lookup' | 'range';
}

/** Facts that callers may ask for instead of an engine's name. */
export interface GraphEngineCapabilities {
  /** Whether other processes may work on the same graph. */
  readonly supportsManyProcesses: boolean;
  /** Milliseconds of acknowledged writes that a power failure can lose; 0 where each commit is synced. */
  readonly powerLossWindowMs: number;
  /** Whether one read transaction sees one unchanging state. */
  readonly supportsSnapshotReads: boolean;
}

/**
 * One graph database that runs Cypher text: the same text on every engine.
 *
 * Errors: KAZE_GRAPH_UNAVAILABLE (away, may come back), KAZE_GRAPH_TIMEOUT, KAZE_GRAPH_CANCELLED, KAZE_GRAPH_CONFLICT
 * (another transaction won; the whole transaction may be tried again), KAZE_GRAPH_COMMIT_UNKNOWN (the connection ended
 * between commit and answer: it may have happened), KAZE_GRAPH_DUPLICATE (a unique key is taken), KAZE_GRAPH_FULL (no
 * space), KAZE_GRAPH_HELD (writes are held back; try the whole transaction again), KAZE_GRAPH_STATEMENT (the text or its parameters are wrong: a defect of ours).
 */
export interface GraphEngine {
  readonly capabilities: GraphEngineCapabilities;
  /** One read statement; repeated by the engine itself when it had to be reopened meanwhile. */
  read(text: string, parameters?: CypherParameters, options?: EngineCallOptions): Promise<readonly CypherRow[]>;
  /** One attempt at one transaction: commits when `work` resolves, rolls back when it rejects. Never retried here. */
  transaction<T>(work: (transaction: EngineTransaction) => Promise<T>, options?: EngineCallOptions): Promise<T>;
  /** Creates what is missing, waits until it can be used; safe to repeat. */
  ensureIndexes(indexes: readonly IndexSpec[]): Promise<void>;
  /**
   * Every node and relationship as of one moment, for backups and rebuilds; other work goes on where
   * `supportsSnapshotReads`, and the caller holds writes back where not.
   */
  dump(): AsyncIterable<DumpedNode | DumpedRelationship>;
  /**
   * Keeps back the transactions of every process on the graph, this one's too, and waits until those under way have
   * ended; absent where only one process can have the graph. Transactions are refused with KAZE_GRAPH_HELD meanwhile,
   * before anything was done. A holder that dies lets go by itself within 30 s.
   */
  holdWrites?(): Promise<WriteHold>;
  /** Waits until everything committed so far survives a power failure. */
  barrier(): Promise<void>;
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}

export interface WriteHold {
  /** Lets writers go on. @throws KAZE_GRAPH_HOLD_LOST when they went on before: what was read is not of one moment */
  release(): Promise<void>;
}

export interface DumpedNode {
  readonly labels: readonly string[];
  readonly properties: CypherRow;
}

export interface DumpedRelationship {
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly properties: CypherRow;
}
