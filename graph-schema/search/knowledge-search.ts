import { type Clock, type Logger, languageOf } from '#platform';
import type { Principal } from '../access/principal.ts';
import { scopeToken } from '../access/scope.ts';
import { nearness } from '../algorithms/nearness.ts';
import type { GraphSchema } from '../domain/schema.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { CallOptions, GraphStore } from '../ports/graph-store.ts';
import type { SearchCandidates, SearchIndex } from '../ports/search-index.ts';
import type { ReadConnection } from '../read/plan.ts';
import { type Arranged, arrange, coverage, termWeights } from './arrange.ts';
import { type Fused, fuse, MOST_SCORE, type OwnScore, ownScore } from './fuse.ts';
import { searchableText } from './index-feed.ts';
import { type PassageWords, WordReader } from './passage-words.ts';
import { readsLanguage, readsQuestion } from './readable-language.ts';
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
  /** 1 when a better hit names its heading. */
  readonly named?: number;
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
/** The best by their own score are arranged; what stands behind them has too little to do with the question. */
const ARRANGED = 60;
const TRUSTED = 20;
const SEEDS = 10;
/** A thing that many passages mention tells few of them apart, and would make the walk as large as the client. */
const WALK = { depth: 2, maxNodes: 1_000, maxDegree: 30, idsOnly: true };
/** Of what the walk adds, the nearest. */
const WALKED = 100;
/** Needs no other property read for it, and no index. */
const BY_ID = [{ property: 'id', direction: 'asc' }] as const;
const RANKED_BY = ['id', 'createdAt', 'importance', 'language'];
const WALK_TYPES = ['MENTIONS', 'ABOUT', 'DERIVED_FROM', 'SUPPORTS', 'REQUIRES', 'APPLIES_TO', 'SUPERSEDES'];

/**
 * Hybrid search: text and vectors fused, lifted by a walk from the first hits, arranged so that the first hits together
 * hold what the question speaks of; everything read from the graph again under the caller's rights before it counts.
 */
export function createKnowledgeSearch(options: KnowledgeSearchOptions): KnowledgeSearch {
  const { store, index, embedder, schema, clock, logger } = options;

  async function candidates(principal: Principal, query: KnowledgeQuery, types: readonly string[]) {
    const readable = await readableScopes(store, principal, schema.type(types[0]!).definition);
    const scopes = query.scopes ? readable.filter((scope) => query.scopes!.includes(scope)) : readable;
    if (scopes.length === 0) return { byText: [], byVector: [] };
    const values = await embedded(query);
    return index.search({
      text: query.text,
      ...(values ? { vector: { model: embedder.model, values } } : {}),
      scopeTokens: scopes.map(scopeToken),
      labels: types,
      limit: CANDIDATES,
    });
  }

  async function embedded({ text, signal }: KnowledgeQuery): Promise<Float32Array | undefined> {
    if (!readsQuestion(embedder, text)) return undefined;
    return embedder.embed([text], signal).then(
      ([vector]) => vector,
      (error: unknown) => {
        logger.warn({ err: error }, 'searching by text alone: the question could not be embedded');
        return undefined;
      },
    );
  }

  /**
   * What of the ids exists for the principal now, with what ranking needs. One type after the other: most ids are of the
   * first one, and looking all of them up once for each type costs more than another round trip for the few that are left.
   */
  async function present(principal: Principal, ids: readonly string[], types: readonly string[]) {
    const found = new Map<string, Present>();
    let left = [...ids];
    for (const label of types) {
      if (left.length === 0) break;
      const { definition, properties } = schema.type(label);
      const held = properties.retiredAt ? { retiredAt: { isNull: true } } : {};
      const page = { where: { id: { in: left }, ...held }, orderBy: BY_ID, first: left.length };
      const wanted = [...RANKED_BY, ...(definition.searchable ?? [])].filter((name) => name in properties);
      const select = { properties: Object.fromEntries(wanted.map((name) => [name, name])) };
      const read = await store.read(principal, {
        roots: [{ key: 'found', node: label, find: { by: 'page', page }, select }],
      });
      for (const node of (read.found as ReadConnection).nodes as unknown as Stored[]) {
        found.set(node.id, { ...node, label });
      }
      left = left.filter((id) => !found.has(id));
    }
    return found;
  }

  async function walk(principal: Principal, query: KnowledgeQuery, fused: ReadonlyMap<string, Fused>) {
    const seeds = topOf(fused, SEEDS);
    if (query.expand === false || seeds.length === 0) return new Map<string, number>();
    const ids = seeds.map(([id]) => id);
    const near = await store.subgraph(principal, ids, { ...WALK, types: WALK_TYPES, signal: query.signal });
    return nearness(near, new Map(seeds.map(([id, { score }]) => [id, score])));
  }

  return {
    async search(principal, query) {
      const types = query.types ?? ['Chunk', 'Knowledge'];
      const limit = Math.min(Math.max(query.limit ?? 10, 1), 100);
      if (query.text.trim() === '') return [];
      const found = await candidates(principal, query, types);
      const nodes = await present(principal, idsOf(found), types);
      const { byText, byVector } = held(found, nodes);
      const words = createWords(query.text, schema);
      const readable = (id: string) => readsLanguage(embedder, nodes.get(id)!.language ?? 'unknown');
      const likely = topOf(fuse({ byText, byVector }, { trust: 1, readable }), ARRANGED);
      const weights = termWeights(
        words.terms,
        likely.map(([id]) => words.of(nodes.get(id)!)),
      );
      const first = byText.slice(0, TRUSTED).map(({ id }) => coverage(weights, words.of(nodes.get(id)!)));
      const trust = Math.min(1, Math.max(0, ...first));
      const fused = fuse({ byText, byVector }, { trust, readable });
      const graph = await walk(principal, query, fused);
      const nearest = [...graph].filter(([id]) => !nodes.has(id)).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      const added = nearest.slice(0, WALKED).map(([id]) => id);
      for (const [id, node] of await present(principal, added, types)) nodes.set(id, node);
      const now = clock.now();
      const scored = [...nodes.values()].map((node): Scored => {
        const { id, label, createdAt } = node;
        const near = graph.get(id) ?? 0;
        const known = fused.get(id);
        const importance = node.importance ?? undefined;
        const own = ownScore({ fused: known, graph: near, ageMs: now - createdAt, importance });
        return { ...own, id, label, fused: known, near, node };
      });
      const best = scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, ARRANGED);
      const readAs = best.map((one) => ({ ...one, words: words.of(one.node) }));
      return arrange(readAs, weights, limit).map(asHit);
    },
  };
}

interface Stored {
  readonly id: string;
  readonly createdAt: number;
  readonly importance?: number | null;
  readonly language?: string | null;
  /** Outermost first. */
  readonly headings?: readonly string[] | null;
}

interface Present extends Stored {
  readonly label: string;
}

interface Scored extends OwnScore {
  readonly id: string;
  readonly label: string;
  readonly fused: Fused | undefined;
  /** By relationships, 0 to 1. */
  readonly near: number;
  readonly node: Present;
}

function topOf(fused: ReadonlyMap<string, Fused>, count: number): Array<[string, Fused]> {
  return [...fused].sort((a, b) => b[1].score - a[1].score).slice(0, count);
}

function idsOf({ byText, byVector }: SearchCandidates): string[] {
  return [...new Set([...byText, ...byVector].map(({ id }) => id))];
}

/** Without what the index still holds and the graph no longer does, or not for the one who asks. */
function held({ byText, byVector }: SearchCandidates, nodes: ReadonlyMap<string, Present>): SearchCandidates {
  return { byText: byText.filter(({ id }) => nodes.has(id)), byVector: byVector.filter(({ id }) => nodes.has(id)) };
}

/** Question and passages as words of the question's language; each passage is read once. */
function createWords(question: string, schema: GraphSchema) {
  const reader = new WordReader(languageOf(question));
  const read = new Map<string, PassageWords>();
  return {
    terms: reader.question(question),
    of(node: Present): PassageWords {
      let words = read.get(node.id);
      if (!words) {
        const text = searchableText(schema.type(node.label).definition, node);
        words = reader.passage(text, node.headings ?? []);
        read.set(node.id, words);
      }
      return words;
    },
  };
}

function asHit({ passage, score, named }: Arranged<Scored & { readonly words: PassageWords }>): KnowledgeHit {
  const { id, label, fused, near, recency, importance } = passage;
  const lifted = { graph: near > 0 ? near : undefined, named: named ? 1 : undefined };
  return {
    id,
    label,
    score: score / MOST_SCORE,
    reasons: { text: fused?.text, vector: fused?.vector, ...lifted, recency, importance },
  };
}
