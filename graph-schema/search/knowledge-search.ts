import type { Clock, Logger } from '#platform';
import type { Principal } from '../access/principal.ts';
import { scopeToken } from '../access/scope.ts';
import { personalizedPageRank } from '../algorithms/personalized-pagerank.ts';
import { project } from '../algorithms/projection.ts';
import type { GraphSchema } from '../domain/schema.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { CallOptions, GraphStore } from '../ports/graph-store.ts';
import type { SearchCandidates, SearchIndex } from '../ports/search-index.ts';
import { readableScopes } from './readable-scopes.ts';

export interface KnowledgeSearchOptions {
  readonly store: GraphStore;
  readonly index: SearchIndex;
  readonly embedder: Embedder;
  readonly schema: GraphSchema;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface KnowledgeQuery extends CallOptions {
  readonly text: string;
  /** Node types to find; default Chunk and Knowledge. */
  readonly types?: readonly string[];
  /** 1 to 100; default 10. */
  readonly limit?: number;
  /** Only these scopes, as far as the principal may read them. */
  readonly scopes?: readonly string[];
  /** Whether relationships of the first hits may lift and add others; default true. */
  readonly expand?: boolean;
}

/** Why a hit stands where it stands; each part 0 to 1, absent where it did not apply. */
export interface HitReasons {
  readonly text?: number;
  readonly vector?: number;
  readonly graph?: number;
  readonly recency?: number;
  readonly importance?: number;
}

export interface KnowledgeHit {
  readonly id: string;
  readonly label: string;
  /** 0 to 1 within this answer; not comparable between questions. */
  readonly score: number;
  readonly reasons: HitReasons;
}

export interface KnowledgeSearch {
  /** Best first. Finds nothing, rather than failing, in scopes that the principal may not read. */
  search(principal: Principal, query: KnowledgeQuery): Promise<readonly KnowledgeHit[]>;
}

const CANDIDATES = 200;
const SEEDS = 10;
const WALK = { depth: 2, maxNodes: 2_000 };
const WALK_TYPES = ['MENTIONS', 'ABOUT', 'DERIVED_FROM', 'SUPPORTS', 'REQUIRES', 'APPLIES_TO', 'SUPERSEDES'];
/** Half and half, not tuned on the set it is measured on; what the graph adds only reorders near ties and appends. */
const WEIGHTS = { text: 0.5, vector: 0.5, graph: 0.15, recency: 0.01, importance: 0.02 };
const HALF_LIFE_MS = 180 * 24 * 3_600_000;

/** Hybrid search: text and vectors fused, lifted by a walk from the first hits, read again under the caller's rights. */
export function createKnowledgeSearch(options: KnowledgeSearchOptions): KnowledgeSearch {
  const { store, index, embedder, schema, clock, logger } = options;

  async function candidates(principal: Principal, query: KnowledgeQuery, types: readonly string[]) {
    const readable = await readableScopes(store, principal, schema.type(types[0]!).definition);
    const scopes = query.scopes ? readable.filter((scope) => query.scopes!.includes(scope)) : readable;
    if (scopes.length === 0) return { byText: [], byVector: [] };
    const values = await embedder.embed([query.text], query.signal).then(
      ([vector]) => vector,
      (error: unknown) => {
        logger.warn({ err: error }, 'searching by text alone: the question could not be embedded');
        return undefined;
      },
    );
    return index.search({
      text: query.text,
      ...(values ? { vector: { model: embedder.model, values } } : {}),
      scopeTokens: scopes.map(scopeToken),
      labels: types,
      limit: CANDIDATES,
    });
  }

  /** What of the ids exists for the principal now, with what ranking needs. */
  async function present(principal: Principal, ids: readonly string[], types: readonly string[]) {
    const found = new Map<string, Present>();
    await Promise.all(
      types.map(async (label) => {
        const { definition, properties } = schema.type(label);
        const held = properties.retiredAt ? { retiredAt: { isNull: true } } : {};
        const where = { id: { in: [...ids] }, ...held };
        for (const node of await store.list(principal, definition, { where, limit: Math.max(1, ids.length) })) {
          found.set(node.id, { ...(node as unknown as Present), label });
        }
      }),
    );
    return found;
  }

  async function walk(principal: Principal, query: KnowledgeQuery, fused: ReadonlyMap<string, Fused>) {
    const seeds = [...fused].sort((a, b) => b[1].score - a[1].score).slice(0, SEEDS);
    if (query.expand === false || seeds.length === 0) return new Map<string, number>();
    const ids = seeds.map(([id]) => id);
    const near = await store.subgraph(principal, ids, { ...WALK, types: WALK_TYPES, signal: query.signal });
    const ranks = personalizedPageRank(project(near), new Map(seeds.map(([id, { score }]) => [id, score])));
    const highest = Math.max(0, ...ranks.values());
    return new Map([...ranks].map(([id, rank]) => [id, highest === 0 ? 0 : rank / highest]));
  }

  return {
    async search(principal, query) {
      const types = query.types ?? ['Chunk', 'Knowledge'];
      const limit = Math.min(Math.max(query.limit ?? 10, 1), 100);
      if (query.text.trim() === '') return [];
      const fused = fuse(await candidates(principal, query, types));
      const graph = await walk(principal, query, fused);
      const ids = [...new Set([...fused.keys(), ...graph.keys()])].slice(0, 1_000);
      const nodes = await present(principal, ids, types);
      const hits = [...nodes.values()].map((node) => rank(node, { fused, graph, now: clock.now() }));
      return hits.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, limit);
    },
  };
}

interface Present {
  readonly id: string;
  readonly label: string;
  readonly createdAt: number;
  readonly importance?: number | null;
}

interface Fused {
  readonly score: number;
  readonly text?: number;
  readonly vector?: number;
}

/** Each list scaled to its own best, then weighted: raw scores of the two mean different things. */
export function fuse({ byText, byVector }: SearchCandidates): Map<string, Fused> {
  const fused = new Map<string, Fused>();
  for (const { id, relative } of byText) fused.set(id, { score: WEIGHTS.text * relative, text: relative });
  const best = Math.max(0, ...byVector.map(({ cosine }) => cosine));
  for (const { id, cosine } of byVector) {
    const relative = best === 0 ? 0 : Math.max(0, cosine) / best;
    const known = fused.get(id);
    fused.set(id, { ...known, score: (known?.score ?? 0) + WEIGHTS.vector * relative, vector: relative });
  }
  return fused;
}

function rank(
  node: Present,
  { fused, graph, now }: { fused: ReadonlyMap<string, Fused>; graph: ReadonlyMap<string, number>; now: number },
): KnowledgeHit {
  const found = fused.get(node.id);
  const near = graph.get(node.id) ?? 0;
  const recency = 2 ** (-Math.max(0, now - node.createdAt) / HALF_LIFE_MS);
  const importance = node.importance ?? 0.5;
  const parts =
    (found?.score ?? 0) + WEIGHTS.graph * near + WEIGHTS.recency * recency + WEIGHTS.importance * importance;
  const most = WEIGHTS.text + WEIGHTS.vector + WEIGHTS.graph + WEIGHTS.recency + WEIGHTS.importance;
  return {
    id: node.id,
    label: node.label,
    score: parts / most,
    reasons: { text: found?.text, vector: found?.vector, graph: near > 0 ? near : undefined, recency, importance },
  };
}
