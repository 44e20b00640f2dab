import type { Table } from '@lancedb/lancedb';
import { readEntries, replaceRows, textIndexCoverage } from './table.ts';

/** Commits after which their rows are put into one file. */
const COMMITS = 16;
/** More rows than this are left to the compaction, which is due then anyway. */
const MAX_ROWS = 500;

/**
 * Every commit leaves a file, and what stands in files that the indexes have not taken in is read again by each search,
 * some .4 ms a file: 27 of them made a search at 260,000 documents half as slow again. A compaction takes them in, but
 * rewrites the whole table, so between two of them the rows of the last commits are written together, which takes as
 * long as one more commit. For the writer alone: nothing else may write meanwhile.
 */
export class RecentRows {
  private readonly ids = new Set<string>();
  private commits = 0;

  constructor(private readonly table: () => Table) {}

  /** To be called after each commit with the rows it wrote. */
  async wrote(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    this.commits += 1;
    if (this.ids.size <= MAX_ROWS) for (const id of ids) this.ids.add(id);
    if (this.commits >= COMMITS) await this.gather([]);
  }

  /** Writes these rows, and those of the last commits, into one file. */
  async gather(others: readonly string[]): Promise<void> {
    for (const id of others) this.ids.add(id);
    this.commits = 0;
    if (this.ids.size === 0 || this.ids.size > MAX_ROWS) return;
    const rows = [...(await readEntries(this.table(), [...this.ids])).values()];
    if (rows.length > 0) await replaceRows(this.table(), rows);
  }

  /** They have been taken in by a compaction, or are gone. */
  forget(): void {
    this.ids.clear();
    this.commits = 0;
  }
}

/** Ids of the rows that stand in small files behind all others, as an earlier process left them; none when there are few. */
export async function rowsOfSmallFiles(table: Table): Promise<string[]> {
  const { numSmallFragments } = (await table.stats()).fragmentStats;
  const { unindexed } = await textIndexCoverage(table);
  if (numSmallFragments < COMMITS || unindexed === 0 || unindexed > MAX_ROWS) return [];
  const before = (await table.countRows()) - unindexed;
  const rows = (await table.query().select(['id']).offset(before).limit(unindexed).toArray()) as { id: string }[];
  return rows.map(({ id }) => id);
}
