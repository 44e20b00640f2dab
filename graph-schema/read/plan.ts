import type { CypherScalar } from '../ports/graph-engine.ts';

/**
 * What to read, as a tree: node types, properties, relations, filters, order and pages. Independent of GraphQL; `api/`
 * makes one from an operation, the rest of Kaze writes them by hand. A plan becomes one Cypher text and one round trip,
 * whatever its shape.
 */
export interface ReadPlan {
  readonly roots: readonly RootRead[];
}

export interface RootRead {
  /** Key of this root in the result. */
  readonly key: string;
  readonly node: string;
  /** `one` finds by id and gives a node or null; `page` gives a connection. */
  readonly find: { readonly by: 'id'; readonly id: string } | { readonly by: 'page'; readonly page: PageRead };
  readonly select: Selection;
  /**
   * Epoch milliseconds: nodes with `recordedAt`/`retiredAt` count only if they were held then, with the values that they
   * had then. Filters and order still look at present values.
   */
  readonly asOf?: number;
}

export interface PageRead {
  readonly where?: Where;
  readonly orderBy?: readonly OrderBy[];
  /** 1 to 1,000, for parts of the platform to 10,000; default 50. */
  readonly first?: number;
  /** Cursor of the item after which to go on. */
  readonly after?: string;
  /** What of the connection is wanted besides the nodes. */
  readonly totalCount?: boolean;
  readonly cursors?: boolean;
}

export interface OrderBy {
  readonly property: string;
  readonly direction: 'asc' | 'desc';
}

export interface Selection {
  /** Result key to property name. */
  readonly properties: Readonly<Record<string, string>>;
  /** Result key to related nodes. */
  readonly relations?: Readonly<Record<string, RelationRead>>;
}

export interface RelationRead {
  /** Name of the relation field on the node type. */
  readonly field: string;
  readonly select: Selection;
  /** Result key to property of the relationship itself; for relations to many, in the connection's `edges`. */
  readonly edgeProperties?: Readonly<Record<string, string>>;
  /** For relations to many. */
  readonly page?: PageRead;
}

/** Operators on one property; several in one object must all hold. */
export interface Condition {
  readonly eq?: CypherScalar;
  readonly ne?: CypherScalar;
  readonly in?: readonly CypherScalar[];
  readonly lt?: number | string;
  readonly lte?: number | string;
  readonly gt?: number | string;
  readonly gte?: number | string;
  readonly contains?: string;
  readonly startsWith?: string;
  readonly isNull?: boolean;
  /** For list properties. */
  readonly has?: string;
}

export interface RelationCondition {
  readonly some?: Where;
  readonly none?: Where;
  readonly every?: Where;
}

/** Keys are properties (Condition), relations (RelationCondition), or `and`, `or` (lists of Where), `not` (Where). */
export interface Where {
  readonly and?: readonly Where[];
  readonly or?: readonly Where[];
  readonly not?: Where;
  readonly [name: string]: Condition | RelationCondition | readonly Where[] | Where | undefined;
}

/** A node of a result: properties and relations under the keys that the plan gave. */
export type ReadNode = { [key: string]: unknown };

export interface ReadConnection {
  readonly nodes: readonly ReadNode[];
  /** One a node, in order, when the plan asked for cursors. */
  readonly cursors?: readonly string[];
  /** Properties of the relationship to each node, in order, when the plan asked for some. */
  readonly edges?: readonly ReadNode[];
  readonly hasNextPage: boolean;
  readonly totalCount?: number;
}

/** By root key: a node or null for `id`, a connection for `page`. Relations to one: a node or null. */
export type ReadResult = Record<string, ReadNode | ReadConnection | null>;
