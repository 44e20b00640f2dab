import { afterEach, describe, expect, it } from 'vitest';
import { graphError } from '../../../graph-schema/errors.ts';
import type { QueuedStatement } from '../../../graph-schema/ports/graph-engine.ts';
import { BY_ID, codeOf, type EngineUnderTest, insert, propertiesOf, RUNAWAY, timed, write } from './harness.ts';

const create = (row: { readonly id: string; readonly [name: string]: string | number }): QueuedStatement => ({
  text: 'CREATE (n:Node:Probe) SET n += $row',
  parameters: { row },
  what: 'create Probe',
});

const change = (id: string, v: number, expected = 1): QueuedStatement => ({
  text: `${BY_ID} SET n.v = n.v * 10 + $v RETURN count(n) AS changed`,
  parameters: { id, v },
  what: 'change Probe',
  requires: {
    column: 'changed',
    value: expected,
    otherwise: (found) => graphError('KAZE_GRAPH_NOT_FOUND', `changed ${String(found)} instead of ${expected}`),
  },
});

/** What every engine makes of statements that nobody waits for. */
export function queuedStatements(under: () => EngineUnderTest, id: () => string): void {
  describe('queued statements', () => {
    afterEach(() => under().settled());

    it('are carried out in their order, with what is run between them, and all kept at the commit', async () => {
      const { engine } = under();
      const key = id();
      const seen = await engine.transaction(async (transaction) => {
        transaction.queue(create({ id: key, v: 1 }));
        transaction.queue(change(key, 2));
        const [between] = await transaction.run(`${BY_ID} RETURN n.v AS v`, { id: key });
        transaction.queue(change(key, 3));
        const two = await Promise.all([
          transaction.run(`${BY_ID} SET n.v = n.v * 10 + 4 RETURN n.v AS v`, { id: key }),
          transaction.run(`${BY_ID} SET n.v = n.v * 10 + 5 RETURN n.v AS v`, { id: key }),
        ]);
        transaction.queue(change(key, 6));
        expect(await propertiesOf(engine, key)).toBeUndefined();
        return [between?.v, ...two.map(([row]) => row?.v)];
      });
      expect(seen).toEqual([12, 1234, 12345]);
      expect(await propertiesOf(engine, key)).toEqual({ id: key, v: 123456 });
    });

    it('need nothing else to be kept', async () => {
      const key = id();
      const value = await under().engine.transaction(async (transaction) => {
        transaction.queue(create({ id: key, v: 1 }));
        return 'done';
      });
      expect(value).toBe('done');
      expect(await propertiesOf(under().engine, key)).toEqual({ id: key, v: 1 });
    });

    it('are forgotten when the work rejects', async () => {
      const key = id();
      const work = under().engine.transaction(async (transaction) => {
        transaction.queue(create({ id: key }));
        throw graphError('KAZE_GRAPH_INVALID', 'no');
      });
      expect(await codeOf(work)).toBe('KAZE_GRAPH_INVALID');
      expect(await propertiesOf(under().engine, key)).toBeUndefined();
    });

    it('fail the commit by the one that failed, and nothing is kept', async () => {
      const { engine } = under();
      const [first, taken, last] = [id(), id(), id()];
      await insert(engine, { id: taken });
      const work = engine.transaction(async (transaction) => {
        transaction.queue({ ...create({ id: first }), what: 'create the first' });
        transaction.queue({ ...create({ id: taken }), what: 'create the second' });
        transaction.queue({ ...create({ id: last }), what: 'create the third' });
      });
      await expect(work).rejects.toMatchObject({
        code: 'KAZE_GRAPH_DUPLICATE',
        fields: { statement: 'create the second' },
      });
      expect(await propertiesOf(engine, first)).toBeUndefined();
      expect(await propertiesOf(engine, last)).toBeUndefined();
    });

    it('fail every run that comes after, also when the work goes on', async () => {
      const { engine } = under();
      const [taken, last] = [id(), id()];
      await insert(engine, { id: taken });
      const seen: string[] = [];
      const work = engine.transaction(async (transaction) => {
        transaction.queue(create({ id: taken }));
        const runs = [transaction.run('RETURN 1 AS one'), transaction.run('RETURN 2 AS two', {}, 'a run')];
        for (const run of runs) seen.push(await codeOf(run));
        seen.push(await codeOf((async () => transaction.queue(create({ id: last })))()));
      });
      await expect(work).rejects.toMatchObject({ code: 'KAZE_GRAPH_DUPLICATE', fields: { statement: 'create Probe' } });
      expect(seen).toEqual(['KAZE_GRAPH_DUPLICATE', 'KAZE_GRAPH_DUPLICATE', 'KAZE_GRAPH_DUPLICATE']);
      expect(await propertiesOf(engine, last)).toBeUndefined();
    });

    it('name a run that failed when it says what it does', async () => {
      const work = under().engine.transaction((transaction) => transaction.run('RETURN 1 / 0 AS x', {}, 'divide'));
      await expect(work).rejects.toMatchObject({ code: 'KAZE_GRAPH_STATEMENT', fields: { statement: 'divide' } });
    });

    it('keep nothing when a row does not hold what is required, at the commit and before a run', async () => {
      const { engine } = under();
      const [key, absent] = [id(), id()];
      const unmet = 'changed 0 instead of 1';
      const atCommit = engine.transaction(async (transaction) => {
        transaction.queue(create({ id: key, v: 1 }));
        transaction.queue(change(absent, 2));
        transaction.queue(change(key, 3));
      });
      await expect(atCommit).rejects.toMatchObject({ code: 'KAZE_GRAPH_NOT_FOUND', message: unmet });
      const atRun = engine.transaction(async (transaction) => {
        transaction.queue(create({ id: key, v: 1 }));
        transaction.queue(change(absent, 2));
        await transaction.run(`${BY_ID} RETURN n.v AS v`, { id: key });
      });
      await expect(atRun).rejects.toMatchObject({ code: 'KAZE_GRAPH_NOT_FOUND', message: unmet });
      expect(await propertiesOf(engine, key)).toBeUndefined();
      await write(engine, 'CREATE (n:Node:Probe) SET n.id = $id', { id: key });
    });

    it('are refused with a parameter that cannot be sent, which ends the transaction', async () => {
      const key = id();
      const work = under().engine.transaction(async (transaction) => {
        transaction.queue(create({ id: key }));
        const wrong = { ...create({ id: id() }), parameters: { row: new Date(0) as never } };
        expect(() => transaction.queue(wrong)).toThrow(/\$row/);
      });
      await expect(work).rejects.toMatchObject({ code: 'KAZE_GRAPH_STATEMENT', fields: { parameter: '$row' } });
      expect(await propertiesOf(under().engine, key)).toBeUndefined();
    });

    it('that overrun the time of the transaction are answered on time, and nothing is kept', async () => {
      const { engine } = under();
      const key = id();
      const work = engine.transaction(
        async (transaction) => {
          transaction.queue(create({ id: key }));
          transaction.queue({ text: RUNAWAY, parameters: {}, what: 'run away' });
        },
        { timeoutMs: 400 },
      );
      const { value, ms } = await timed(() => codeOf(work));
      expect(value).toBe('KAZE_GRAPH_TIMEOUT');
      expect(ms).toBeLessThan(1_500);
      await under().settled();
      expect(await propertiesOf(engine, key)).toBeUndefined();
    });

    it('that are under way are cancelled with the transaction, and nothing is kept', async () => {
      const { engine } = under();
      const key = id();
      const controller = new AbortController();
      const work = engine.transaction(
        async (transaction) => {
          transaction.queue(create({ id: key }));
          transaction.queue({ text: RUNAWAY, parameters: {}, what: 'run away' });
          setTimeout(() => controller.abort(), 200);
        },
        { signal: controller.signal },
      );
      expect(await codeOf(work)).toBe('KAZE_GRAPH_CANCELLED');
      await under().settled();
      expect(await propertiesOf(engine, key)).toBeUndefined();
    });
  });
}
