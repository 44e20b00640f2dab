/**
 * Search index on the Neo4j server that also holds the graph. Its entries are nodes of labels of their own, internal
 * to this adapter: no definition names them, so nothing in the graph model can reach them.
 *
 * Neo4j ranks text within the scope (the token stands in the full-text index), but cannot filter a vector search
 * before it: small scopes are compared exactly, large ones by over-fetching, and exactly again when that found too few.
 */
import { type Clock, contentHash, systemClock } from '#platform';
import type {
  SearchCandidates,
  SearchDocument,
  SearchFingerprint,
  SearchIndex,
  SearchQuery,
  SearchVector,
} from '../../../ports/search-index.ts';
import { searchError } from '../errors.ts';
import {
  checkDocuments,
  checkIds,
  checkLimit,
  checkModel,
  checkQuery,
  checkVectors,
  chunked,
  lastOfEach,
} from '../input.ts';
import { searchTerms } from '../terms.ts';
import { integer, Neo4jConnection, type Neo4jConnectionOptions } from './connection.ts';
import { indexedText, luceneQuery, MAX_SCOPES_A_QUERY } from './lucene.ts';
import * as queries from './queries.ts';

export interface Neo4jSearchIndexOptions extends Omit<Neo4jConnectionOptions, 'clock'> {
  /** Length of the vectors: the embedder's. */
  readonly dimensions: number;
  readonly clock?: Clock;
  /** Sets apart several indexes on one server: `[a-z0-9]{0,32}`. Default none. */
  readonly namespace?: string;
  /** Scopes of at most so many vectors are compared exactly. Default 5,000. */
  readonly exactUpTo?: number;
}

const WRITE_ROWS = 500;
const MISSING_LIMIT = 10_000;
/** More candidates than this cost more than the exact comparison of any scope they could come from. */
const MAX_OVER_FETCH = 5_000;

export async function createNeo4jSearchIndex(options: Neo4jSearchIndexOptions): Promise<SearchIndex> {
  const index = new Neo4jSearchIndex(options);
  try {
    await index.prepare();
  } catch (error) {
    await index.close();
    throw error;
  }
  return index;
}

class Neo4jSearchIndex implements SearchIndex {
  private readonly connection: Neo4jConnection;
  private readonly names: queries.Names;
  private readonly exactUpTo: number;

  constructor(private readonly options: Neo4jSearchIndexOptions) {
    const namespace = options.namespace ?? '';
    if (!/^[a-z0-9]{0,32}$/.test(namespace) || !Number.isInteger(options.dimensions) || options.dimensions < 1) {
      throw searchError('KAZE_SEARCH_INVALID', 'a namespace is [a-z0-9]{0,32}, dimensions a whole number above 0', {
        fields: { what: 'an option' },
      });
    }
    this.names = queries.namesFor(namespace);
    this.exactUpTo = options.exactUpTo ?? 5_000;
    this.connection = new Neo4jConnection({ ...options, clock: options.clock ?? systemClock });
  }

  async prepare(): Promise<void> {
    for (const statement of queries.schemaStatements(this.names, this.options.dimensions)) {
      await this.connection.run(statement);
    }
    await this.connection.run(queries.AWAIT_INDEXES);
    const [index] = await this.connection.run<{ dimensions: number }>(queries.VECTOR_DIMENSIONS, {
      name: this.names.vector,
    });
    if (index?.dimensions !== this.options.dimensions) await this.startEmpty();
  }

  async upsert(documents: readonly SearchDocument[]): Promise<void> {
    checkDocuments(documents);
    // One order for all writers: two batches with the same ids then wait for each other instead of deadlocking.
    const rows = lastOfEach(documents).sort(byId).map(rowOf);
    for (const part of chunked(rows, WRITE_ROWS)) await this.connection.run(queries.upsert(this.names), { rows: part });
  }

  async setVectors(vectors: readonly SearchVector[]): Promise<void> {
    checkVectors(vectors, this.options.dimensions);
    const rows = lastOfEach(vectors)
      .sort(byId)
      .map(({ id, model, vector, text }) => ({
        id,
        model,
        vector: Array.from(vector),
        textHash: text === undefined ? '' : contentHash(text),
      }));
    for (const part of chunked(rows, WRITE_ROWS)) {
      await this.connection.run(queries.setVectors(this.names), { rows: part });
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    checkIds(ids);
    for (const part of chunked([...new Set(ids)].sort(), WRITE_ROWS)) {
      await this.connection.run(queries.remove(this.names), { ids: part });
    }
  }

  async missingVectors(model: string, limit: number): Promise<readonly SearchDocument[]> {
    checkModel(model);
    checkLimit(limit, MISSING_LIMIT);
    const rows = await this.connection.run<SearchDocument & { language: string }>(
      queries.missingVectors(this.names),
      { model, limit: integer(limit) },
      'READ',
    );
    return rows.map(({ language, ...row }) => (language === '' ? row : { ...row, language }));
  }

  async search(query: SearchQuery): Promise<SearchCandidates> {
    checkQuery(query, this.options.dimensions);
    if (query.scopeTokens.length === 0 || query.labels?.length === 0) return { byText: [], byVector: [] };
    const [byText, byVector] = await Promise.all([this.searchText(query), this.searchVectors(query)]);
    return { byText, byVector };
  }

  private async searchText(query: SearchQuery): Promise<SearchCandidates['byText']> {
    const terms = searchTerms(indexedText(query.text.slice(0, 8_000)));
    if (terms.length === 0) return [];
    const hits: { id: string; score: number; model: string }[] = [];
    for (const scopeTokens of chunked([...new Set(query.scopeTokens)], MAX_SCOPES_A_QUERY)) {
      const found = await this.connection.run<{ id: string; score: number; model: string }>(
        queries.searchText(this.names),
        {
          query: luceneQuery(terms, scopeTokens, query.labels),
          scopeTokens,
          labels: query.labels ?? null,
          fetch: integer(query.limit + 20),
          limit: integer(query.limit),
        },
        'READ',
      );
      hits.push(...found);
    }
    hits.sort((a, b) => b.score - a.score);
    const best = hits[0]?.score ?? 0;
    if (best <= 0) return [];
    const wanted = query.vector?.model;
    return hits
      .slice(0, query.limit)
      .map(({ id, score, model }) => ({ id, relative: Math.max(0, score / best), hasVector: model === wanted }));
  }

  private async searchVectors(query: SearchQuery): Promise<SearchCandidates['byVector']> {
    if (!query.vector) return [];
    const filter = {
      scopeTokens: [...new Set(query.scopeTokens)],
      labels: query.labels ?? null,
      model: query.vector.model,
    };
    const counted = await this.connection.run<{ inScope: number; everywhere: number }>(
      queries.countScope(this.names),
      filter,
      'READ',
    );
    const { inScope, everywhere } = counted[0] ?? { inScope: 0, everywhere: 0 };
    if (inScope === 0) return [];
    const parameters = { ...filter, vector: Array.from(query.vector.values), limit: integer(query.limit) };
    const fetch = Math.ceil((2 * query.limit * everywhere) / inScope);
    if (inScope > this.exactUpTo && fetch <= MAX_OVER_FETCH) {
      const hits = await this.connection.run<{ id: string; cosine: number }>(
        queries.searchVectorsByIndex(this.names),
        { ...parameters, fetch: integer(Math.max(50, fetch)) },
        'READ',
      );
      if (hits.length >= Math.min(query.limit, inScope)) return hits;
    }
    return this.connection.run(queries.searchVectorsExactly(this.names), parameters, 'READ');
  }

  async counts(): Promise<{ documents: number; vectors: number }> {
    const rows = await this.connection.run<{ documents: number; vectors: number }>(
      queries.counts(this.names),
      {},
      'READ',
    );
    return rows[0] ?? { documents: 0, vectors: 0 };
  }

  async fingerprint(): Promise<SearchFingerprint | undefined> {
    const [stored] = await this.connection.run<SearchFingerprint>(queries.readFingerprint(this.names), {}, 'READ');
    return stored;
  }

  async reset(): Promise<void> {
    await this.startEmpty();
  }

  async seal(fingerprint: SearchFingerprint): Promise<void> {
    checkModel(fingerprint.model);
    await this.connection.run(queries.writeFingerprint(this.names), {
      storeId: fingerprint.storeId,
      generation: integer(fingerprint.generation),
      model: fingerprint.model,
    });
  }

  /** The fingerprint goes first, so that a crash in between leaves an index that calls for a rebuild. */
  private async startEmpty(): Promise<void> {
    await this.connection.run(queries.removeFingerprint(this.names));
    for (let removed = 1; removed > 0; ) {
      const rows = await this.connection.run<{ removed: number }>(queries.removeSome(this.names));
      removed = rows[0]?.removed ?? 0;
    }
    // An index for vectors of another length would store the new ones and never find them.
    await this.connection.run(`DROP INDEX ${this.names.vector} IF EXISTS`);
    await this.connection.run(queries.vectorIndexStatement(this.names, this.options.dimensions));
    await this.connection.run(queries.AWAIT_INDEXES);
  }

  /** Neo4j compacts by itself. */
  async optimize(): Promise<void> {}

  async healthy(): Promise<boolean> {
    return this.connection.run('RETURN 1 AS one', {}, 'READ').then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}

function rowOf(document: SearchDocument): Record<string, string> {
  return {
    id: document.id,
    label: document.label,
    scopeToken: document.scopeToken,
    language: document.language ?? '',
    text: document.text,
    terms: indexedText(document.text),
    textHash: contentHash(document.text),
  };
}
