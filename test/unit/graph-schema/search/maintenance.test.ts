import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@lancedb/lancedb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger, systemClock } from '#platform';
import { Maintenance } from '../../../../graph-schema/adapters/search-index/lancedb/maintenance.ts';
import {
  createTable,
  createTextIndex,
  type Entry,
  textIndexCoverage,
} from '../../../../graph-schema/adapters/search-index/lancedb/table.ts';

const MINUTE = 60_000;

describe('the upkeep of an index that nobody uses', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kaze-upkeep-'));
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await rm(folder, { recursive: true, force: true });
  });

  async function indexOf(rows: number) {
    const table = await createTable(await connect(folder), 'entries', 4);
    const entry = (id: string): Entry => ({
      ...{ id, label: 'Chunk', scope: 'ab12', language: 'en', text: `text of ${id}`, text_hash: `hash-${id}` },
      ...{ model: '', vector: null },
    });
    await table.add([entry('first')]);
    await createTextIndex(table);
    await table.add(Array.from({ length: rows }, (_, at) => entry(`row-${at}`)));
    const begun: Array<Promise<unknown>> = [];
    const maintenance = new Maintenance({
      table: () => table,
      exclusively: (task) => {
        const work = task();
        begun.push(work);
        return work;
      },
      indexed: () => {},
      compacted: () => {},
      ...{ clock: systemClock, logger: silentLogger, vectorIndexFrom: 20_000, unindexedRows: 500 },
    });
    maintenance.start((await textIndexCoverage(table)).unindexed);
    return { table, maintenance, begun };
  }

  it('takes rows that an earlier process left into the indexes after a quiet minute', async () => {
    const { table, maintenance, begun } = await indexOf(150);
    expect((await textIndexCoverage(table)).unindexed).toBe(150);
    vi.advanceTimersByTime(MINUTE - 1);
    expect(begun).toHaveLength(0);
    vi.advanceTimersByTime(1);
    expect(begun).toHaveLength(1);
    await begun[0];
    expect((await textIndexCoverage(table)).unindexed).toBe(0);
    vi.advanceTimersByTime(60 * MINUTE);
    expect(begun).toHaveLength(1);
    maintenance.stop();
  });

  it('waits while it is searched, and leaves a few rows to the next compaction', async () => {
    const busy = await indexOf(150);
    for (let at = 0; at < 5; at++) {
      vi.advanceTimersByTime(MINUTE / 2);
      busy.maintenance.used();
    }
    expect(busy.begun).toHaveLength(0);
    busy.maintenance.stop();
    await rm(folder, { recursive: true, force: true });
    const few = await indexOf(20);
    vi.advanceTimersByTime(60 * MINUTE);
    expect(few.begun).toHaveLength(0);
    few.maintenance.stop();
  });
});
