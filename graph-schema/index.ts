/**
 * The graph: what its nodes are, who may see which of them, and the one way to read and write them.
 *
 * @example
 * const store = await createGraphStore({ engine, schema, clock, logger });
 * const me = personPrincipal({ id: 'p1', name: 'Ada', role: 'operator', tenant: 'acme' });
 * await store.transact(me, { why: 'an example' }, async (unit) => {
 *   unit.create(Goal, { scope: tenantScope('acme'), title: 'More visitors', state: 'open' });
 * });
 */
export {
  actingFor,
  agentPrincipal,
  type Grant,
  grantsFor,
  type Principal,
  personPrincipal,
  type Right,
  type Role,
  type SystemPart,
  systemPrincipal,
  withinTenant,
} from './access/principal.ts';
export { agentScope, checkScope, requireWrite, scopeToken, tenantScope, verticalScope } from './access/scope.ts';
export { refreshCommunities } from './algorithms/communities.ts';
export { type FoundPath, shortestPath } from './algorithms/path.ts';
export { type PageRankOptions, personalizedPageRank } from './algorithms/personalized-pagerank.ts';
export { type Projection, project } from './algorithms/projection.ts';
export { loadDefinitions, schema } from './definitions/index.ts';
export * from './definitions/nodes.ts';
export {
  COMMON_PROPERTIES,
  type CommonValues,
  defineNode,
  type EdgeDefinition,
  type NewNode,
  type NodeDefinition,
  type NodeFamily,
  type NodeOf,
  type NodePatch,
  type PropertyDefinition,
  type PropertyKind,
} from './domain/definition.ts';
export {
  buildSchema,
  type GraphSchema,
  type NodeType,
  type RelationField,
} from './domain/schema.ts';
export { graphError } from './errors.ts';
export type { Migration } from './migrations/index.ts';
export { type OutboxEntry, type OutboxFeeder, startOutboxFeeder } from './outbox/feeder.ts';
export type { Embedder } from './ports/embedder.ts';
export type {
  CypherParameters,
  CypherRow,
  CypherScalar,
  CypherValue,
  DumpedNode,
  DumpedRelationship,
  EngineCallOptions,
  EngineTransaction,
  GraphEngine,
  GraphEngineCapabilities,
  IndexSpec,
  WriteHold,
} from './ports/graph-engine.ts';
export type {
  CallOptions,
  GraphStore,
  ListOptions,
  ReadOptions,
  Subgraph,
  SubgraphEdge,
  SubgraphNode,
  SubgraphOptions,
  TransactOptions,
  UnitOfWork,
} from './ports/graph-store.ts';
export type {
  SearchCandidates,
  SearchDocument,
  SearchFingerprint,
  SearchIndex,
  SearchQuery,
  SearchVector,
} from './ports/search-index.ts';
export { keptPlans } from './read/kept-plans.ts';
export type {
  Condition,
  OrderBy,
  PageRead,
  ReadConnection,
  ReadNode,
  ReadPlan,
  ReadResult,
  RelationCondition,
  RelationRead,
  RootRead,
  Selection,
  Where,
} from './read/plan.ts';
export type { NodeShape, RelationShape, RootShape } from './read/shape.ts';
export { createIndexFeed, rebuildIndex, searchDocument } from './search/index-feed.ts';
export {
  createKnowledgeSearch,
  type HitReasons,
  type KnowledgeHit,
  type KnowledgeQuery,
  type KnowledgeSearch,
} from './search/knowledge-search.ts';
export { startVectorFeed, type VectorFeed } from './search/vector-feed.ts';
export { createGraphStore, type GraphStoreOptions } from './store/graph-store.ts';
export { indexesOf } from './store/indexes.ts';
export { type OpenedGraph, openGraph } from './store/open.ts';
