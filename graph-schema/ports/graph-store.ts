import type { Principal } from '../access/principal.ts';
import type { EdgeDefinition, NewNode, NodeDefinition, NodeOf, NodePatch } from '../domain/definition.ts';
import type { OrderBy, ReadPlan, ReadResult, Where } from '../read/plan.ts';
import type { RootShape } from '../read/shape.ts';
import type { CypherRow, CypherScalar } from './graph-engine.ts';

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ReadOptions extends CallOptions {
  /**
   * Is shown the answer as the engine gave it, in scope and complete but without names, and where what stands in it. When
   * it returns true it has made of it what it wants, and the result is empty. For who writes answers without needing
   * their objects; a store may leave it uncalled.
   */
  readonly takeRow?: (row: CypherRow, shapes: readonly RootShape[]) => boolean;
}

export interface ListOptions {
  readonly where?: Where;
  readonly orderBy?: readonly OrderBy[];
  /** 1 to 10,000; default 100. */
  readonly limit?: number;
}

/** Names of a definition's edges. */
export type EdgeName<D extends NodeDefinition> = keyof D['edges'] & string;

/** What the unit of work can see and change; everything or nothing of it happens. */
export interface UnitOfWork {
  readonly principal: Principal;
  readonly now: number;
  /** A node as this transaction sees it. */
  get<D extends NodeDefinition>(definition: D, id: string): Promise<NodeOf<D> | undefined>;
  list<D extends NodeDefinition>(definition: D, options?: ListOptions): Promise<Array<NodeOf<D>>>;
  /** The ids of nodes related by an edge of the definition, seen from its start. */
  related<D extends NodeDefinition>(definition: D, edge: EdgeName<D>, id: string): Promise<string[]>;
  /**
   * Makes a node; the id is new unless given (a derived one). Errors: KAZE_GRAPH_INVALID, KAZE_GRAPH_FORBIDDEN, and
   * KAZE_GRAPH_DUPLICATE at the commit.
   */
  create<D extends NodeDefinition>(
    definition: D,
    node: NewNode<D> & { readonly scope: string; readonly id?: string },
  ): string;
  /** Makes the node or changes it when the id is there already; tells which and whether anything changed. */
  upsert<D extends NodeDefinition>(
    definition: D,
    node: NewNode<D> & { readonly scope: string; readonly id: string },
  ): Promise<{ id: string; change: 'created' | 'updated' | 'none' }>;
  /**
   * Locks the node, checks what is expected, then changes it. `expect` compares properties with the locked state;
   * `when` decides on it. Gives the node as it is afterwards, or undefined when it is absent, out of reach, or not as
   * expected: the caller says which matters. This is the one way to claim, lease, count or decide.
   */
  update<D extends NodeDefinition>(
    definition: D,
    id: string,
    patch: NodePatch<D> | ((current: NodeOf<D>) => NodePatch<D> | undefined),
    options?: {
      readonly expect?: Readonly<Record<string, CypherScalar | readonly CypherScalar[]>>;
      readonly version?: number;
    },
  ): Promise<NodeOf<D> | undefined>;
  /** As `update`, for many of one type in a few statements; gives those that were there and as expected. */
  updateAll<D extends NodeDefinition>(
    definition: D,
    ids: readonly string[],
    patch: NodePatch<D> | ((current: NodeOf<D>) => NodePatch<D> | undefined),
    options?: {
      readonly expect?: Readonly<Record<string, CypherScalar | readonly CypherScalar[]>>;
    },
  ): Promise<Array<NodeOf<D>>>;
  /**
   * Locks a node that was read before, without asking for it: for this unit it is as `node` says. When it has changed
   * since, the unit runs again from the start (KAZE_GRAPH_CONFLICT); whoever calls must not say the same then.
   *
   * @param node as a committed unit or a read left it
   */
  lockAs<D extends NodeDefinition>(definition: D, node: NodeOf<D>): void;
  /** Removes the node and its relationships. For what may be erased or swept; facts are retired instead. */
  remove<D extends NodeDefinition>(definition: D, id: string): Promise<boolean>;
  /** Removes many at once, without a lock on each: for what only sweeps remove. Gives how many were there. */
  sweep<D extends NodeDefinition>(definition: D, ids: readonly string[]): Promise<number>;
  /** As `sweep`, with what else is written: for who does not ask how many were there. */
  discard<D extends NodeDefinition>(definition: D, ids: readonly string[]): Promise<void>;
  /** As `remove`, and empties the contents of the node's revisions: nothing of what it said is left. */
  erase<D extends NodeDefinition>(definition: D, id: string): Promise<boolean>;
  /**
   * Joins two nodes; joining them again only replaces the relationship's properties. Needs write on the start and read
   * on the end. Errors: KAZE_GRAPH_NOT_FOUND at the next read or the commit when either is absent or out of reach.
   */
  relate<D extends NodeDefinition, E extends EdgeName<D>>(
    definition: D,
    edge: E,
    fromId: string,
    toId: string | readonly string[],
    properties?: Readonly<Record<string, CypherScalar>>,
  ): void;
  unrelate<D extends NodeDefinition>(definition: D, edge: EdgeName<D>, fromId: string, toId?: string): Promise<void>;
  /** An audit entry that the feeder carries to the ledger once this has happened. */
  audit(entry: { action: string; subject: string; subjectType: string; scope: string; attempt?: string }): void;
}

export interface TransactOptions extends CallOptions {
  /** Goes into every Revision that this makes: why, in a few words. */
  readonly why: string;
}

export interface SubgraphOptions extends CallOptions {
  /** 1 to 6; default 2. */
  readonly depth?: number;
  /** 1 to 20,000; default 500. */
  readonly maxNodes?: number;
  /** Relationship types to follow; all public ones when left out. */
  readonly types?: readonly string[];
  /** Nodes with more relationships are part of it but nothing is followed from them; seeds always are. Default: any. */
  readonly maxDegree?: number;
  /** Only who is related with whom, several times faster: labels, captions and types are empty, directions lost. */
  readonly idsOnly?: boolean;
}

export interface SubgraphNode {
  readonly id: string;
  readonly label: string;
  /** Name, title or the first words of its text. */
  readonly caption: string;
  readonly depth: number;
}

export interface SubgraphEdge {
  readonly type: string;
  readonly from: string;
  readonly to: string;
}

export interface Subgraph {
  readonly nodes: readonly SubgraphNode[];
  readonly edges: readonly SubgraphEdge[];
  /** Whether `maxNodes` cut it. */
  readonly truncated: boolean;
}

/**
 * The graph, as everyone above it meets it. Every call names a principal; what it may not see does not exist for it,
 * in results, counts, paths and errors alike.
 */
export interface GraphStore {
  /** One round trip for the whole tree. Errors: KAZE_GRAPH_BAD_FILTER, _BAD_CURSOR, _UNKNOWN_LABEL, _TIMEOUT. */
  read(principal: Principal, plan: ReadPlan, options?: ReadOptions): Promise<ReadResult>;
  get<D extends NodeDefinition>(principal: Principal, definition: D, id: string): Promise<NodeOf<D> | undefined>;
  list<D extends NodeDefinition>(principal: Principal, definition: D, options?: ListOptions): Promise<Array<NodeOf<D>>>;
  count<D extends NodeDefinition>(principal: Principal, definition: D, where?: Where): Promise<number>;
  /** Node type by id, for ids of unknown type. */
  labelsOf(principal: Principal, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Runs the work in one transaction, again from the start when another one won (so the work must have no effect but
   * through its unit), and exactly once even when the engine died during the commit.
   */
  transact<T>(principal: Principal, options: TransactOptions, work: (unit: UnitOfWork) => Promise<T>): Promise<T>;
  /** The in-scope neighbourhood of seeds, nearest first. */
  subgraph(principal: Principal, seeds: readonly string[], options?: SubgraphOptions): Promise<Subgraph>;
  /** Called after each commit that left outbox entries; for feeders. Returns the way to stop. */
  onCommit(listener: () => void): () => void;
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}

export type { EdgeDefinition };
