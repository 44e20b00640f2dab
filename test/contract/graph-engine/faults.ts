import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphEngine } from '../../../graph-schema/ports/graph-engine.ts';
import {
  BY_ID,
  codeOf,
  eventually,
  type FaultyEngine,
  freshPrefix,
  insert,
  KEY,
  propertiesOf,
  timed,
} from './harness.ts';

/** What every graph engine promises when the process that holds the graph dies or hangs. */
export function graphEngineFaults(start: () => Promise<FaultyEngine>): void {
  let under: FaultyEngine;
  let engine: GraphEngine;
  const prefix = freshPrefix();
  let made = 0;
  const id = (): string => {
    made += 1;
    return `${prefix}${made}`;
  };

  beforeAll(async () => {
    under = await start();
    engine = under.engine;
    await engine.ensureIndexes([KEY]);
  });
  afterAll(async () => {
    await under?.close();
  });

  describe('when its process is killed', () => {
    it('fails an open transaction as unavailable, keeps nothing of it, and comes back by itself', async () => {
      const key = id();
      const work = engine.transaction(async (transaction) => {
        await transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: key });
        await under.kill();
        await transaction.run(`${BY_ID} SET n.v = 1`, { id: key });
      });
      expect(await codeOf(work)).toBe('KAZE_GRAPH_UNAVAILABLE');
      await under.revive();
      await eventually(() => engine.healthy(), under.comesBackWithinMs);
      expect(await propertiesOf(engine, key)).toBeUndefined();
      await insert(engine, { id: key });
    });

    it('repeats a read that was under way', async () => {
      const slow =
        'UNWIND range(1, 1500) AS a UNWIND range(1, 1000) AS b WITH a, b WHERE a + b > 0 RETURN count(*) AS n';
      const { ms } = await timed(() => engine.read(slow));
      const reading = engine.read(slow, {}, { timeoutMs: under.comesBackWithinMs + 10 * ms });
      reading.catch(() => undefined);
      await under.kill();
      await under.revive();
      expect(await reading).toEqual([{ n: 1_500_000 }]);
    });

    it('lets no reader notice, whenever it begins', async () => {
      let isOver = false;
      const readers = Array.from({ length: 8 }, async () => {
        while (!isOver)
          await engine.read('RETURN 1 AS one', {}, { timeoutMs: under.comesBackWithinMs }).catch((error: unknown) => {
            isOver = true;
            throw error;
          });
      });
      const reading = Promise.all(readers);
      reading.catch(() => undefined);
      try {
        await eventually(() => engine.healthy(), under.comesBackWithinMs);
        await under.kill();
        await under.revive();
        await eventually(() => engine.healthy(), under.comesBackWithinMs);
      } finally {
        isOver = true;
      }
      await reading;
    });

    it('does not know of a commit that was sent and not answered', async () => {
      const key = id();
      let isPaused = false;
      const work = engine.transaction(async (transaction) => {
        await transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: key });
        under.pause();
        isPaused = true;
      });
      const outcome = codeOf(work);
      // A server that was just started takes its time for a first statement.
      await eventually(async () => isPaused, 30_000);
      // The commit leaves within the same turn of the loop as the work's end; the paused process cannot answer it.
      expect(await Promise.race([outcome, new Promise((resolve) => setTimeout(() => resolve('waiting'), 500))])).toBe(
        'waiting',
      );
      await under.kill();
      expect(await outcome).toBe('KAZE_GRAPH_COMMIT_UNKNOWN');
      await under.revive();
      await eventually(() => engine.healthy(), under.comesBackWithinMs);
      const found = await propertiesOf(engine, key);
      expect([undefined, key]).toContain(found?.id);
    });

    it('keeps every acknowledged write of busy writers, and no half of a transaction', async () => {
      const acknowledged: string[] = [];
      let isDead = false;
      const writers = Array.from({ length: 4 }, async () => {
        while (!isDead) {
          const key = id();
          const work = engine.transaction(async (transaction) => {
            await transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: `${key}a` });
            await transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: `${key}b` });
          });
          if ((await codeOf(work)) === 'no error') acknowledged.push(key);
        }
      });
      try {
        await eventually(async () => acknowledged.length > 40, 30_000);
        await under.kill();
      } finally {
        isDead = true;
      }
      await under.revive();
      await Promise.all(writers);
      await eventually(() => engine.healthy(), under.comesBackWithinMs);
      const rows = await engine.read('MATCH (n:Node) WHERE n.id STARTS WITH $prefix RETURN n.id AS id', { prefix });
      const ids = new Set(rows.map((row) => row.id as string));
      for (const key of acknowledged) expect([ids.has(`${key}a`), ids.has(`${key}b`)]).toEqual([true, true]);
      for (const one of ids) if (one.endsWith('a')) expect(ids.has(`${one.slice(0, -1)}b`)).toBe(true);
    });
  });

  it('answers on time while its process hangs, and works again afterwards', async () => {
    under.pause();
    const { value, ms } = await timed(() => codeOf(engine.read('RETURN 1 AS one', {}, { timeoutMs: 500 })));
    expect(value).toBe('KAZE_GRAPH_TIMEOUT');
    expect(ms).toBeLessThan(1_500);
    under.resume();
    await eventually(
      async () => (await codeOf(engine.read('RETURN 1 AS one', {}, { timeoutMs: 1_000 }))) === 'no error',
      5_000,
    );
  });
}
