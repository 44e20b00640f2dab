/**
 * Search index embedded in this process: LanceDB, one folder. It holds nothing that the graph does not, so a folder
 * that is missing, damaged or of another shape is made anew and `fingerprint()` tells the caller to fill it.
 *
 * One process at a time: LanceDB takes no lock of its own, Kaze's lock on the data folder covers it.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, connect, MatchQuery, Operator, type Table } from '@lancedb/lancedb';
import { type Clock, contentHash, isKazeError, type Logger, silentLogger, systemClock } from '#platform';
import { graphError } from '../../../errors.ts';
import type {
  SearchCandidates,
  SearchDocument,
  SearchFingerprint,
  SearchIndex,
  SearchQuery,
  SearchVector,
} from '../../../ports/search-index.ts';
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
import { readFingerprint, removeFingerprint, writeFingerprint } from './fingerprint.ts';
import { Maintenance, ranksBadly } from './maintenance.ts';
import { RecentRows, rowsOfSmallFiles } from './recent-rows.ts';
import {
  asDocument,
  COLUMNS,
  createTable,
  createTextIndex,
  type Entry,
  oneOf,
  openTable,
  probe,
  readEntries,
  replaceRows,
  textIndexCoverage,
} from './table.ts';
import { TableFacts } from './table-facts.ts';

export interface LanceSearchIndexOptions {
  /** Belongs to the index alone; created, for its owner only, when missing. */
  readonly folder: string;
  /** Length of the vectors: the embedder's. */
  readonly dimensions: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Vectors from which an approximate index (HNSW) is built, in the background. Default 20,000. */
  readonly vectorIndexFrom?: number;
  /** New or changed rows after which the indexes take them in, in the background. Default 500. */
  readonly unindexedRows?: number;
  /** Scopes of at most so many rows are compared exactly, whatever index there is: half the time at 2,000. Default 3,000. */
  readonly exactUpTo?: number;
}

const WRITE_ROWS = 500;
const SEARCH_BREADTH = 100;
const MISSING_LIMIT = 10_000;

export async function createLanceSearchIndex(options: LanceSearchIndexOptions): Promise<SearchIndex> {
  const index = new LanceSearchIndex(options);
  await index.open();
  return index;
}

class LanceSearchIndex implements SearchIndex {
  private connection!: Connection;
  private table!: Table;
  private known: SearchFingerprint | undefined;
  private writers: Promise<unknown> = Promise.resolve();
  private closed = false;
  private readonly maintenance: Maintenance;
  private readonly logger: Logger;
  private readonly facts = new TableFacts(() => this.table);
  private readonly recent = new RecentRows(() => this.table);

  constructor(private readonly options: LanceSearchIndexOptions) {
    this.logger = options.logger ?? silentLogger;
    this.maintenance = new Maintenance({
      table: () => this.table,
      exclusively: (task) => this.write(task),
      indexed: () => this.facts.forget(),
      compacted: () => this.recent.forget(),
      clock: options.clock ?? systemClock,
      logger: this.logger,
      vectorIndexFrom: options.vectorIndexFrom ?? 20_000,
      unindexedRows: options.unindexedRows ?? 500,
    });
  }

  async open(): Promise<void> {
    const { folder, dimensions } = this.options;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      this.connection = await connect(join(folder, 'lance'));
      if (!(await this.openStored(dimensions))) await this.startEmpty();
      this.maintenance.start(await this.gatherLeft());
    } catch (error) {
      throw unavailable(`the search index in ${folder} could not be opened`, error);
    }
  }

  /** @returns whether there is one, and usable */
  private async openStored(dimensions: number): Promise<boolean> {
    const { folder } = this.options;
    const stored = await readFingerprint(folder);
    if (!stored) return false;
    try {
      this.table = await openTable(this.connection, stored.table, dimensions);
      this.known = { storeId: stored.storeId, generation: stored.generation, model: stored.model };
      await this.dropOthers(stored.table);
      return true;
    } catch (error) {
      this.logger.warn({ folder, error: firstLine(error) }, 'search index: not usable as it is, starting an empty one');
      return false;
    }
  }

  /** @returns how many rows of an earlier process no index has taken in */
  private async gatherLeft(): Promise<number> {
    try {
      await this.recent.gather(await rowsOfSmallFiles(this.table));
      return (await textIndexCoverage(this.table)).unindexed;
    } catch (error) {
      this.logger.warn({ error: firstLine(error) }, 'search index: rows of an earlier run stay in small files');
      return 0;
    }
  }

  async upsert(documents: readonly SearchDocument[]): Promise<void> {
    checkDocuments(documents);
    return this.write(async () => {
      for (const part of chunked(lastOfEach(documents), WRITE_ROWS)) await this.upsertPart(part);
    });
  }

  private async upsertPart(documents: readonly SearchDocument[]): Promise<void> {
    const present = await readEntries(
      this.table,
      documents.map(({ id }) => id),
    );
    const rows: Entry[] = [];
    for (const document of documents) {
      const before = present.get(document.id);
      const row = entryOf(document, before);
      if (!before || !sameBesideVector(before, row)) rows.push(row);
    }
    if (rows.length === 0) return;
    if (present.size === 0) await this.table.add(rows);
    else await replaceRows(this.table, rows);
    await this.wrote(rows.map(({ id }) => id));
  }

  async setVectors(vectors: readonly SearchVector[]): Promise<void> {
    checkVectors(vectors, this.options.dimensions);
    return this.write(async () => {
      for (const part of chunked(lastOfEach(vectors), WRITE_ROWS)) {
        const present = await readEntries(
          this.table,
          part.map(({ id }) => id),
        );
        const rows: Entry[] = [];
        for (const { id, model, vector, text } of part) {
          const row = present.get(id);
          if (!row || (text !== undefined && contentHash(text) !== row.text_hash)) continue;
          rows.push({ ...row, model, vector });
        }
        if (rows.length === 0) continue;
        await replaceRows(this.table, rows);
        await this.wrote(rows.map(({ id }) => id));
      }
    });
  }

  async remove(ids: readonly string[]): Promise<void> {
    checkIds(ids);
    return this.write(async () => {
      for (const part of chunked([...new Set(ids)], WRITE_ROWS)) {
        await this.table.delete(oneOf('id', part));
        await this.wrote([]);
      }
    });
  }

  async missingVectors(model: string, limit: number): Promise<readonly SearchDocument[]> {
    checkModel(model);
    checkLimit(limit, MISSING_LIMIT);
    return this.read(async () => {
      const columns = COLUMNS.filter((column) => column !== 'vector');
      const rows = await this.table.query().where(`model <> '${model}'`).select(columns).limit(limit).toArray();
      return (rows as Entry[]).map(asDocument);
    });
  }

  async search(query: SearchQuery): Promise<SearchCandidates> {
    checkQuery(query, this.options.dimensions);
    this.maintenance.used();
    return this.read(async () => {
      const labels = query.labels;
      if (query.scopeTokens.length === 0 || labels?.length === 0) return { byText: [], byVector: [] };
      const filter = [oneOf('scope', [...new Set(query.scopeTokens)])];
      if (labels) filter.push(oneOf('label', [...new Set(labels)]));
      const where = filter.join(' AND ');
      const [byText, byVector] = await Promise.all([this.searchText(query, where), this.searchVectors(query, where)]);
      return { byText, byVector };
    });
  }

  private async searchText(query: SearchQuery, where: string): Promise<SearchCandidates['byText']> {
    const terms = searchTerms(query.text);
    if (terms.length === 0) return [];
    const match = new MatchQuery(terms.join(' '), 'text', { operator: Operator.Or });
    const model = query.vector?.model;
    const everyRow = model !== undefined && this.facts.everyRowHas(model);
    // Each further column of 200 hits that lie apart is a quarter of the search.
    const columns = model === undefined || everyRow ? ['id', '_score'] : ['id', 'model', '_score'];
    const rows = (await this.table
      .query()
      .fullTextSearch(match)
      .where(where)
      .select(columns)
      .limit(query.limit)
      .toArray()) as { id: string; model?: string; _score: number }[];
    const best = rows.reduce((max, row) => Math.max(max, row._score), 0);
    if (best <= 0) return [];
    const hasVector = (row: { model?: string }) => everyRow || (model !== undefined && row.model === model);
    return rows
      .map((row) => ({ id: row.id, relative: Math.max(0, row._score / best), hasVector: hasVector(row) }))
      .sort((a, b) => b.relative - a.relative);
  }

  private async searchVectors(query: SearchQuery, where: string): Promise<SearchCandidates['byVector']> {
    if (!query.vector) return [];
    const { model, values } = query.vector;
    const filter = this.facts.everyRowHas(model) ? where : `${where} AND model = '${model}'`;
    const search = this.table.query().nearestTo(values).column('vector').distanceType('cosine');
    if (!(await this.facts.hasVectorIndex()) || (await this.facts.size(filter)) <= (this.options.exactUpTo ?? 3_000)) {
      search.bypassVectorIndex();
    } else {
      // Quantised distances find the candidates, the vectors themselves rank them. Reading twice as many vectors finds
      // the same first half and one more of the last hundredth.
      search.ef(Math.max(SEARCH_BREADTH, query.limit * 2)).refineFactor(1);
    }
    const rows = (await search.where(filter).select(['id', '_distance']).limit(query.limit).toArray()) as {
      id: string;
      _distance: number;
    }[];
    return rows
      .map((row) => ({ id: row.id, cosine: Math.max(-1, Math.min(1, 1 - row._distance)) }))
      .sort((a, b) => b.cosine - a.cosine);
  }

  counts(): Promise<{ documents: number; vectors: number }> {
    return this.read(async () => ({
      documents: await this.table.countRows(),
      vectors: await this.table.countRows("model <> ''"),
    }));
  }

  async fingerprint(): Promise<SearchFingerprint | undefined> {
    return this.known;
  }

  async reset(): Promise<void> {
    return this.write(() => this.startEmpty());
  }

  async seal(fingerprint: SearchFingerprint): Promise<void> {
    checkModel(fingerprint.model);
    return this.write(async () => {
      const { storeId, generation, model } = fingerprint;
      await writeFingerprint(this.options.folder, { storeId, generation, model, table: this.table.name });
      this.known = { storeId, generation, model };
    });
  }

  async optimize(): Promise<void> {
    await this.guarded(() => this.maintenance.run());
  }

  async healthy(): Promise<boolean> {
    if (this.closed) return false;
    return probe(this.table).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    if (this.closed) return;
    // What is being written ends; an index being built in the background is given up and built another time.
    this.maintenance.stop();
    this.closed = true;
    await this.writers.catch(() => {});
    this.table.close();
    this.connection.close();
  }

  /**
   * The fingerprint goes first and comes last: a crash in between leaves an index that calls for a rebuild. The table
   * has a name of its own each time, since an index that is still being built in the background would otherwise commit
   * its old data over the new table.
   */
  private async startEmpty(): Promise<void> {
    this.known = undefined;
    await removeFingerprint(this.options.folder);
    const name = `entries_${randomBytes(8).toString('hex')}`;
    this.table = await createTable(this.connection, name, this.options.dimensions);
    this.facts.forget();
    this.recent.forget();
    await this.dropOthers(name);
  }

  private async dropOthers(name: string): Promise<void> {
    const root = join(this.options.folder, 'lance');
    for (const entry of await readdir(root)) {
      if (entry !== `${name}.lance`) await rm(join(root, entry), { recursive: true, force: true, maxRetries: 3 });
    }
  }

  private async wrote(ids: readonly string[]): Promise<void> {
    this.facts.forget();
    if (ids.length > 0 && (await ranksBadly(this.table))) await createTextIndex(this.table);
    await this.recent.wrote(ids);
    this.maintenance.wrote(ids.length);
  }

  private read<T>(task: () => Promise<T>): Promise<T> {
    return this.guarded(task);
  }

  /** Writes follow one another: each reads what it replaces, and two at once would lose one. */
  private write<T>(task: () => Promise<T>): Promise<T> {
    const run = this.writers.then(() => this.guarded(task));
    this.writers = run.catch(() => {});
    return run;
  }

  private async guarded<T>(task: () => Promise<T>): Promise<T> {
    if (this.closed) throw unavailable('the search index is closed');
    try {
      return await task();
    } catch (error) {
      if (isKazeError(error)) throw error;
      throw unavailable('the search index failed', error);
    }
  }
}

function entryOf(document: SearchDocument, before: Entry | undefined): Entry {
  const hash = contentHash(document.text);
  const kept = before !== undefined && before.text_hash === hash;
  return {
    id: document.id,
    label: document.label,
    scope: document.scopeToken,
    language: document.language ?? '',
    text: document.text,
    text_hash: hash,
    model: kept ? before.model : '',
    vector: kept ? before.vector : null,
  };
}

function sameBesideVector(a: Entry, b: Entry): boolean {
  return a.text_hash === b.text_hash && a.scope === b.scope && a.label === b.label && a.language === b.language;
}

function unavailable(message: string, cause?: unknown): Error {
  return graphError('KAZE_SEARCH_UNAVAILABLE', `${message}${cause === undefined ? '' : `: ${firstLine(cause)}`}`, {
    cause,
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.slice(0, 200);
}
