/** The one table, its indexes, and how rows go in and out of it. */
import { type Connection, Index, type Table } from '@lancedb/lancedb';
import { Field, FixedSizeList, Float32, Schema, Utf8 } from 'apache-arrow';
import type { SearchDocument } from '../../../ports/search-index.ts';

const VECTOR_INDEX = 'vector_idx';
const TEXT_INDEX = 'text_idx';
const LABEL_INDEX = 'label_idx';

/** One row a document. `model` is empty as long as there is no vector. */
export type Entry = {
  readonly id: string;
  readonly label: string;
  readonly scope: string;
  readonly language: string;
  readonly text: string;
  readonly text_hash: string;
  readonly model: string;
  readonly vector: Float32Array | null;
};

export const COLUMNS = ['id', 'label', 'scope', 'language', 'text', 'text_hash', 'model', 'vector'] as const;

/** A vector column must be declared as a list of fixed size, or queries do not find it. */
function tableSchema(dimensions: number): Schema {
  const strings = COLUMNS.slice(0, -1).map((name) => new Field(name, new Utf8(), false));
  const list = new FixedSizeList(dimensions, new Field('item', new Float32(), true));
  return new Schema([...strings, new Field('vector', list, true)]);
}

/**
 * ICU segmentation finds words in languages that write none apart (Chinese, Japanese, Thai); English stemming is
 * harmless to other languages, since question and text are stemmed alike. The engine's own stop-word list is not used:
 * with this tokenizer it drops the stop words of every language it knows, `dog` (Danish) among them.
 */
export function textIndexOptions(): ReturnType<typeof Index.fts> {
  return Index.fts({
    withPosition: false,
    baseTokenizer: 'icu/split',
    language: 'English',
    stem: true,
    removeStopWords: false,
    lowercase: true,
    asciiFolding: true,
    maxTokenLength: 80,
  });
}

export async function createTable(connection: Connection, name: string, dimensions: number): Promise<Table> {
  const table = await connection.createEmptyTable(name, tableSchema(dimensions));
  await table.createIndex('id', { config: Index.btree() });
  await table.createIndex('scope', { config: Index.btree() });
  await table.createIndex('model', { config: Index.bitmap() });
  await createLabelIndex(table);
  await createTextIndex(table);
  return table;
}

/** Without it each search reads the labels of all rows: a quarter of its time at 260,000. */
async function createLabelIndex(table: Table): Promise<void> {
  await table.createIndex('label', { config: Index.bitmap(), name: LABEL_INDEX });
}

/**
 * Must be repeated once there are rows: an index made on an empty table knows no word frequencies, and ranks the rows
 * that came later almost at random (recall@5 on HotpotQA .015 instead of .80).
 */
export async function createTextIndex(table: Table): Promise<void> {
  await table.createIndex('text', { config: textIndexOptions(), replace: true, name: TEXT_INDEX });
}

export async function createVectorIndex(table: Table): Promise<void> {
  const config = Index.hnswSq({ distanceType: 'cosine', m: 16, efConstruction: 150, numPartitions: 1 });
  await table.createIndex('vector', { config, replace: true, name: VECTOR_INDEX });
}

export async function hasVectorIndex(table: Table): Promise<boolean> {
  return (await table.listIndices()).some((index) => index.name === VECTOR_INDEX);
}

/** How many rows the text index has seen; the others are found too, by reading them, some 50 µs each. */
export async function textIndexCoverage(table: Table): Promise<{ indexed: number; unindexed: number }> {
  const stats = await table.indexStats(TEXT_INDEX);
  return { indexed: stats?.numIndexedRows ?? 0, unindexed: stats?.numUnindexedRows ?? 0 };
}

/** Opens what is there and reads a little of everything, so that a damaged folder shows now. Throws when it is none. */
export async function openTable(connection: Connection, name: string, dimensions: number): Promise<Table> {
  const table = await connection.openTable(name);
  const found = String(await table.schema());
  if (found !== String(tableSchema(dimensions))) throw new Error('the table has another shape');
  await probe(table);
  // Tables of earlier versions have none.
  if (!(await table.listIndices()).some(({ name: index }) => index === LABEL_INDEX)) await createLabelIndex(table);
  return table;
}

export async function probe(table: Table): Promise<void> {
  await table.countRows();
  await table.query().limit(1).toArray();
  await table.query().fullTextSearch('kaze').select(['id', '_score']).limit(1).toArray();
}

type RawRow = Omit<Entry, 'vector'> & { readonly vector: { toArray(): Float32Array } | null };

export async function readEntries(table: Table, ids: readonly string[]): Promise<Map<string, Entry>> {
  if (ids.length === 0) return new Map();
  const rows = (await table
    .query()
    .where(oneOf('id', ids))
    .select([...COLUMNS])
    .toArray()) as RawRow[];
  return new Map(rows.map((row) => [row.id, plainEntry(row)]));
}

/** One commit, and one new file however many the rows stood in. */
export async function replaceRows(table: Table, rows: Entry[]): Promise<void> {
  await table.mergeInsert('id').whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(rows);
}

function plainEntry(row: RawRow): Entry {
  return {
    id: row.id,
    label: row.label,
    scope: row.scope,
    language: row.language,
    text: row.text,
    text_hash: row.text_hash,
    model: row.model,
    vector: row.vector ? Float32Array.from(row.vector.toArray()) : null,
  };
}

export function asDocument(row: Pick<Entry, 'id' | 'label' | 'scope' | 'text' | 'language'>): SearchDocument {
  const { id, label, scope, text, language } = row;
  return { id, label, scopeToken: scope, text, ...(language === '' ? {} : { language }) };
}

/** Only for values whose shape `input.ts` has checked: none of them can hold a quote. */
export function oneOf(column: 'id' | 'scope' | 'label', values: readonly string[]): string {
  return `${column} IN (${values.map((value) => `'${value}'`).join(', ')})`;
}
