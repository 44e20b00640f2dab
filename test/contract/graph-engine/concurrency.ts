import { beforeAll, describe, expect, it } from 'vitest';
import type { GraphEngine } from '../../../graph-schema/ports/graph-engine.ts';
import { BY_ID, insert, propertiesOf, untilNoConflict, write } from './harness.ts';

/** What several writers at once may rely on. */
export function concurrencyContract(current: () => GraphEngine, id: () => string): void {
  describe('concurrency', () => {
    let engine: GraphEngine;
    beforeAll(() => {
      engine = current();
    });

    it('loses no update of eight workers that lock first', async () => {
      const key = id();
      await insert(engine, { id: key, c: 0 });
      const increment = (token: string): Promise<unknown> =>
        engine.transaction(async (transaction) => {
          const lock = `${BY_ID} AND n:Probe SET n.lock = $token WITH n RETURN {\`c\`: n.c} AS n`;
          const [row] = await transaction.run(lock, { id: key, token });
          const c = (row!.n as { c: number }).c + 1;
          await transaction.run(`${BY_ID} SET n += $patch`, { id: key, patch: { c } });
        });
      const workers = Array.from({ length: 8 }, async (_, worker) => {
        for (let turn = 0; turn < 12; turn += 1) await untilNoConflict(() => increment(`${worker}.${turn}`));
      });
      await Promise.all(workers);
      expect(await propertiesOf(engine, key)).toMatchObject({ c: 96 });
    });

    it('gives a key to one of six concurrent writers, however often they try', async () => {
      const keys = Array.from({ length: 20 }, id);
      const merge = 'MERGE (n:Node {id: $id}) ON CREATE SET n:Probe, n.by = $worker RETURN n.by AS by';
      const workers = Array.from({ length: 6 }, async (_, worker) => {
        for (const key of keys) {
          // The loser of a MERGE race may see a conflict or a duplicate; the key is there when it looks again.
          await untilNoConflict(() =>
            write(engine, merge, { id: key, worker }).catch(async (error) => {
              if ((await propertiesOf(engine, key)) === undefined) throw error;
            }),
          );
        }
      });
      await Promise.all(workers);
      expect(await engine.read('MATCH (n:Node) WHERE n.id IN $keys RETURN count(n) AS n', { keys })).toEqual([
        { n: 20 },
      ]);
    });

    it('gives writers who wait for each other a conflict that may be tried again', async () => {
      const [a, b] = [id(), id()];
      await insert(engine, { id: a, v: 0 }, { id: b, v: 0 });
      let arrived = 0;
      let open: () => void = () => undefined;
      const both = new Promise<void>((resolve) => {
        open = resolve;
      });
      const cross = (first: string, second: string): Promise<void> =>
        engine.transaction(async (transaction) => {
          await transaction.run(`${BY_ID} SET n.v = n.v + 1`, { id: first });
          arrived += 1;
          if (arrived === 2) open();
          await both;
          await transaction.run(`${BY_ID} SET n.v = n.v + 1`, { id: second });
        });
      const results = await Promise.allSettled([cross(a, b), cross(b, a)]);
      const failures = results.filter((result) => result.status === 'rejected').map((result) => result.reason);
      expect(failures.length).toBeGreaterThan(0);
      for (const failure of failures) expect(failure).toMatchObject({ code: 'KAZE_GRAPH_CONFLICT', retryable: true });
      const committed = 2 - failures.length;
      expect(await propertiesOf(engine, a)).toMatchObject({ v: committed });
      expect(await propertiesOf(engine, b)).toMatchObject({ v: committed });
    });
  });
}
