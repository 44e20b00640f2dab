import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, connect, type Table } from '@lancedb/lancedb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecentRows, rowsOfSmallFiles } from '../../../../graph-schema/adapters/search-index/lancedb/recent-rows.ts';
import { createTable, type Entry, readEntries } from '../../../../graph-schema/adapters/search-index/lancedb/table.ts';

describe('rows of small files', () => {
  let folder: string;
  let connection: Connection;
  let table: Table;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kaze-recent-rows-'));
    connection = await connect(folder);
    table = await createTable(connection, 'entries', 4);
  });

  afterEach(async () => {
    table.close();
    connection.close();
    await rm(folder, { recursive: true, force: true });
  });

  const entry = (id: string, vector: Float32Array | null): Entry => ({
    ...{ id, label: 'Chunk', scope: 'ab12', language: 'en', text: `text of ${id}`, text_hash: `hash-${id}` },
    ...{ model: vector ? 'model' : '', vector },
  });
  const files = async () => (await table.stats()).fragmentStats.numFragments;
  const ids = Array.from({ length: 16 }, (_, at) => `row-${at}`);
  const rows = ids.map((id, at) => entry(id, at % 2 === 0 ? Float32Array.of(at, 1, 2, 3) : null));

  it('are written into one after sixteen commits, unchanged and without those deleted meanwhile', async () => {
    const recent = new RecentRows(() => table);
    for (const [at, row] of rows.entries()) {
      if (at === 15) await table.delete("id = 'row-3'");
      await table.add([row]);
      await recent.wrote([row.id]);
    }
    expect(await files()).toBe(1);
    const expected = rows.filter(({ id }) => id !== 'row-3');
    expect(await readEntries(table, ids)).toEqual(new Map(expected.map((row) => [row.id, row])));
  });

  it('are left alone when a compaction has taken them in', async () => {
    const recent = new RecentRows(() => table);
    for (const [at, row] of rows.entries()) {
      await table.add([row]);
      if (at === 14) recent.forget();
      await recent.wrote([row.id]);
    }
    expect(await files()).toBe(16);
  });

  it('are found again when an earlier process left them, behind the rows of the indexes', async () => {
    await table.add(Array.from({ length: 30 }, (_, at) => entry(`old-${at}`, null)));
    await table.optimize();
    expect(await rowsOfSmallFiles(table)).toEqual([]);
    for (const row of rows) await table.add([row]);
    expect((await rowsOfSmallFiles(table)).sort()).toEqual([...ids].sort());
    await new RecentRows(() => table).gather(await rowsOfSmallFiles(table));
    expect(await files()).toBe(2);
    expect(await table.countRows()).toBe(46);
    expect(await rowsOfSmallFiles(table)).toEqual([]);
  });
});
