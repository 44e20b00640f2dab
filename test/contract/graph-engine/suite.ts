import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type {
  CypherParameters,
  DumpedNode,
  DumpedRelationship,
  GraphEngine,
} from '../../../graph-schema/ports/graph-engine.ts';
import { concurrencyContract } from './concurrency.ts';
import {
  BY_ID,
  codeOf,
  type EngineUnderTest,
  eventually,
  freshPrefix,
  insert,
  KEY,
  propertiesOf,
  RUNAWAY,
  timed,
  write,
} from './harness.ts';
import { graphEngineNames } from './names.ts';
import { queuedStatements } from './queued.ts';

/** What every graph engine promises. Give it an engine on a graph that other tests may use at the same time. */
export function graphEngineContract(start: () => Promise<EngineUnderTest>): void {
  let under: EngineUnderTest;
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

  graphEngineNames(() => engine);

  describe('values', () => {
    it.each([
      ['an integer at the edge', 9_007_199_254_740_991],
      ['a negative integer at the edge', -9_007_199_254_740_991],
      ['an instant', 1_795_000_000_000],
      ['a float', 0.1],
      ['a small float', 5e-324],
      ['letters of many scripts', 'Grüße, 日本語, العربية, 👩🏽‍🚀, \u{1F600}'],
      ['quotes and control characters', `'"\`\\ $id } ) // /* \n\t\u0001`],
      ['an empty text', ''],
      ['a list of texts', ['a', 'ü', '']],
      ['a list of integers', [1, 2, 9_007_199_254_740_991]],
      ['an empty list', []],
      ['true', true],
    ])('keeps %s as it is', async (_, value) => {
      const key = id();
      await insert(engine, { id: key, value });
      expect(await propertiesOf(engine, key)).toEqual({ id: key, value });
    });

    it('returns maps, lists and nulls at any depth, with any key', async () => {
      const rows = await engine.read(
        'RETURN {`a b`: [{`in`: 1, `x`: null}, {`in`: [1.5, 2.5], `x`: $x}], `none`: null, `no`: []} AS `the row`',
        { x: { deep: [{ er: true }] } },
      );
      expect(rows).toEqual([
        {
          'the row': {
            'a b': [
              { in: 1, x: null },
              { in: [1.5, 2.5], x: { deep: [{ er: true }] } },
            ],
            none: null,
            no: [],
          },
        },
      ]);
    });

    it('takes integral numbers as integers, also within lists and maps', async () => {
      const [row] = await engine.read('RETURN $n / 2 AS a, $map.n / 2 AS b, $list[$i] / 2 AS c', {
        n: 7,
        map: { n: 7 },
        list: [7, 9],
        i: 1,
      });
      expect(row).toEqual({ a: 3, b: 3, c: 4 });
      expect(await engine.read('UNWIND range(1, 9) AS i RETURN i AS i SKIP $s LIMIT $l', { s: 2, l: 3 })).toHaveLength(
        3,
      );
    });

    it('removes a property that is set to null', async () => {
      const key = id();
      await insert(engine, { id: key, gone: 1 });
      await write(engine, `${BY_ID} SET n += $patch`, { id: key, patch: { gone: null } });
      expect(await propertiesOf(engine, key)).toEqual({ id: key });
    });

    it('refuses to return an integer beyond 2^53 instead of changing it', async () => {
      expect(await codeOf(engine.read('RETURN 9007199254740993 AS n'))).toBe('KAZE_GRAPH_STATEMENT');
      expect(await codeOf(engine.read('RETURN {`l`: [1, 9223372036854775807]} AS n'))).toBe('KAZE_GRAPH_STATEMENT');
    });

    it.each<[string, unknown, string]>([
      ['undefined', undefined, '$v'],
      ['undefined within a map', { rows: [{ at: undefined }] }, '$v.rows[0].at'],
      ['a Date', new Date(0), '$v'],
      ['NaN', { a: Number.NaN }, '$v.a'],
      ['an infinity', Number.POSITIVE_INFINITY, '$v'],
      ['a large integer', 2 ** 53, '$v'],
      ['a BigInt', 1n, '$v'],
      ['a list with null', [1, null], '$v[1]'],
      ['a typed array', new Float32Array(2), '$v'],
      ['a Map', new Map(), '$v'],
    ])('refuses %s as a parameter and names its place', async (_, v, parameter) => {
      const parameters = { v } as CypherParameters;
      const refusal = { code: 'KAZE_GRAPH_STATEMENT', fields: { parameter } };
      await expect(engine.read('RETURN $v AS v', parameters)).rejects.toMatchObject(refusal);
      await expect(write(engine, 'RETURN $v AS v', parameters)).rejects.toMatchObject(refusal);
    });
  });

  describe('statements', () => {
    it.each([
      ['a syntax error', 'MATCH (n:Node RETURN n'],
      ['an unknown variable', 'RETURN nowhere AS x'],
      ['a missing parameter', 'RETURN $missing AS x'],
      ['an unknown function', 'RETURN noSuchFunction(1) AS x'],
      ['a division by zero', 'RETURN 1 / 0 AS x'],
    ])('reports %s as a defect that is not retried', async (_, text) => {
      await expect(engine.read(text)).rejects.toMatchObject({ code: 'KAZE_GRAPH_STATEMENT', retryable: false });
    });

    it('refuses to write in a read, and knows words from texts, names and parameters', async () => {
      const key = id();
      expect(await codeOf(engine.read('CREATE (n:Node:Probe) SET n.id = $id', { id: key }))).toBe(
        'KAZE_GRAPH_STATEMENT',
      );
      expect(await propertiesOf(engine, key)).toBeUndefined();
      const text = "RETURN 'SET' AS `create`, $deleted AS d, [1] AS `merge` /* REMOVE */";
      expect(await engine.read(text, { deleted: 1 })).toEqual([{ create: 'SET', d: 1, merge: [1] }]);
    });
  });

  describe('transactions', () => {
    it('sees its own writes, and others see them once it has committed', async () => {
      const key = id();
      const inside = await engine.transaction(async (transaction) => {
        await transaction.run('CREATE (n:Node:Probe) SET n += $row', { row: { id: key, v: 1 } });
        expect(await propertiesOf(engine, key)).toBeUndefined();
        return transaction.run(`${BY_ID} SET n.v = n.v + 1 RETURN n.v AS v`, { id: key });
      });
      expect(inside).toEqual([{ v: 2 }]);
      expect(await propertiesOf(engine, key)).toEqual({ id: key, v: 2 });
    });

    it('rolls back when the work rejects, and passes its error on', async () => {
      const key = id();
      const failure = new Error('the work failed');
      const work = engine.transaction(async (transaction) => {
        await transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: key });
        throw failure;
      });
      await expect(work).rejects.toBeInstanceOf(Error);
      expect(await propertiesOf(engine, key)).toBeUndefined();
    });

    it('ends with the first failed statement, also when the work goes on', async () => {
      const [first, taken] = [id(), id()];
      await insert(engine, { id: taken });
      const work = engine.transaction(async (transaction) => {
        await transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: first });
        await transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: taken }).catch(() => undefined);
      });
      expect(await codeOf(work)).toBe('KAZE_GRAPH_DUPLICATE');
      expect(await propertiesOf(engine, first)).toBeUndefined();
    });

    it('takes statements that were not awaited one by one', async () => {
      const key = id();
      await engine.transaction(async (transaction) => {
        await Promise.all([
          transaction.run('CREATE (n:Node:Probe) SET n += $row', { row: { id: key, v: 0 } }),
          transaction.run(`${BY_ID} SET n.v = n.v + 1`, { id: key }),
          transaction.run(`${BY_ID} SET n.v = n.v + 1`, { id: key }),
        ]);
      });
      expect(await propertiesOf(engine, key)).toEqual({ id: key, v: 2 });
    });

    it('gives a taken key its own code', async () => {
      const key = id();
      await insert(engine, { id: key });
      await expect(insert(engine, { id: key })).rejects.toMatchObject({
        code: 'KAZE_GRAPH_DUPLICATE',
        retryable: false,
      });
    });
  });

  concurrencyContract(() => engine, id);
  queuedStatements(() => under, id);

  describe('limits', () => {
    afterEach(() => under.settled());

    it('answers a runaway query on time and is free again within 5 s', async () => {
      const { value, ms } = await timed(() => codeOf(engine.read(RUNAWAY, {}, { timeoutMs: 400 })));
      expect(value).toBe('KAZE_GRAPH_TIMEOUT');
      expect(ms).toBeGreaterThan(350);
      expect(ms).toBeLessThan(1_500);
      const others = Array.from({ length: 20 }, () =>
        timed(() => engine.read('RETURN 1 AS one', {}, { timeoutMs: 5_000 })),
      );
      for (const other of await Promise.all(others)) expect(other.value).toEqual([{ one: 1 }]);
      await eventually(() => engine.healthy(), 5_000);
      await write(engine, 'CREATE (n:Node:Probe) SET n.id = $id', { id: id() });
    });

    it('answers a transaction that overruns its time, and keeps nothing of it', async () => {
      const key = id();
      const work = engine.transaction(
        async (transaction) => {
          await transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: key });
          await transaction.run(RUNAWAY);
        },
        { timeoutMs: 400 },
      );
      const { value, ms } = await timed(() => codeOf(work));
      expect(value).toBe('KAZE_GRAPH_TIMEOUT');
      expect(ms).toBeLessThan(1_500);
      await eventually(() => engine.healthy(), 5_000);
      expect(await propertiesOf(engine, key)).toBeUndefined();
      // What still holds the key is gone within the same 5 s.
      const { ms: freeAfterMs } = await timed(() => under.settled());
      expect(freeAfterMs).toBeLessThan(5_000);
      await insert(engine, { id: key });
    });

    it('ends a transaction whose work dawdles, and refuses its later statements', async () => {
      const key = id();
      let late: Promise<string> | undefined;
      const work = engine.transaction(
        async (transaction) => {
          await transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: key });
          await wait(600);
          late = codeOf(transaction.run(`${BY_ID} SET n.v = 1`, { id: key }));
          await late;
        },
        { timeoutMs: 300 },
      );
      expect(await codeOf(work)).toBe('KAZE_GRAPH_TIMEOUT');
      await eventually(async () => late !== undefined, 5_000);
      expect(await late).toBe('KAZE_GRAPH_TIMEOUT');
      await insert(engine, { id: key });
    });

    it('answers a cancelled query at once', async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 200);
      const { value, ms } = await timed(() => codeOf(engine.read(RUNAWAY, {}, { signal: controller.signal })));
      expect(value).toBe('KAZE_GRAPH_CANCELLED');
      expect(ms).toBeLessThan(1_200);
      await eventually(() => engine.healthy(), 5_000);
    });

    it('does not start what was cancelled before', async () => {
      const key = id();
      const signal = AbortSignal.abort();
      const work = engine.transaction(
        (transaction) => transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: key }),
        { signal },
      );
      expect(await codeOf(work)).toBe('KAZE_GRAPH_CANCELLED');
      expect(await codeOf(engine.read('RETURN 1 AS one', {}, { signal }))).toBe('KAZE_GRAPH_CANCELLED');
      expect(await propertiesOf(engine, key)).toBeUndefined();
    });

    it('keeps a transaction that a cancellation reaches after its commit was answered', async () => {
      const key = id();
      const controller = new AbortController();
      await engine.transaction((transaction) => transaction.run('CREATE (n:Node:Probe) SET n.id = $id', { id: key }), {
        signal: controller.signal,
      });
      controller.abort();
      expect(await propertiesOf(engine, key)).toEqual({ id: key });
    });
  });

  describe('indexes and dumps', () => {
    it('creates indexes of every kind again and again', async () => {
      const indexes = [
        KEY,
        { name: 'probe_code', label: 'Probe', property: 'code', kind: 'lookup' },
        { name: 'probe_at', label: 'Probe', property: 'at', kind: 'range' },
      ] as const;
      await engine.ensureIndexes(indexes);
      await engine.ensureIndexes(indexes);
      await insert(engine, { id: id(), code: `${prefix}x`, at: 5 });
      const text = 'MATCH (n:Probe) WHERE n.code = $code AND n.at >= $at RETURN n.at AS at';
      expect(await engine.read(text, { code: `${prefix}x`, at: 5 })).toEqual([{ at: 5 }]);
    });

    it.each(['x`y', 'a b', 'n) DETACH DELETE n //', ''])(
      'refuses "%s" as a name in a schema statement',
      async (property) => {
        expect(await codeOf(engine.ensureIndexes([{ ...KEY, property }]))).toBe('KAZE_GRAPH_STATEMENT');
      },
    );

    it('dumps every node and relationship with labels, type, ends and properties', async () => {
      const [a, b] = [id(), id()];
      await insert(engine, { id: a, n: 1, list: ['x'] }, { id: b });
      const relate =
        'MATCH (a:Node) WHERE a.id = $a MATCH (b:Node) WHERE b.id = $b MERGE (a)-[r:CITES]->(b) SET r += $row';
      await write(engine, relate, { a, b, row: { weight: 0.5, at: 7 } });
      await write(engine, relate, { a: b, b: a, row: {} });
      const { nodes, relationships } = await dumped(engine, prefix);
      const node = nodes.find(({ properties }) => properties.id === a);
      expect([...(node?.labels ?? [])].sort()).toEqual(['Node', 'Probe']);
      expect(node?.properties).toEqual({ id: a, n: 1, list: ['x'] });
      expect(relationships).toContainEqual({ type: 'CITES', from: a, to: b, properties: { weight: 0.5, at: 7 } });
      expect(relationships).toContainEqual({ type: 'CITES', from: b, to: a, properties: {} });
      expect(new Set(nodes.map(({ properties }) => properties.id)).size).toBe(nodes.length);
    });

    it('dumps as of one moment while others write, where it says so', async ({ skip }) => {
      if (!engine.capabilities.supportsSnapshotReads) skip('the engine declares that its reads are no snapshot');
      const pair = 'CREATE (a:Node:Probe) SET a += $a CREATE (b:Node:Probe) SET b += $b CREATE (a)-[r:PAIR]->(b)';
      let isDone = false;
      const writer = (async () => {
        for (let turn = 0; !isDone; turn += 1) {
          const key = `${prefix}p${turn}-`;
          await write(engine, pair, { a: { id: `${key}a` }, b: { id: `${key}b` } });
          if (turn % 3 === 0) await write(engine, `${BY_ID} DETACH DELETE n`, { id: `${key}a` });
        }
      })();
      for (let round = 0; round < 5; round += 1) {
        const before = (await engine.read('MATCH (n:Node) RETURN count(n) AS n'))[0]?.n as number;
        await eventually(
          async () => ((await engine.read('MATCH (n:Node) RETURN count(n) AS n'))[0]?.n as number) > before + 30,
          20_000,
        );
        const { nodes, relationships } = await dumped(engine, prefix);
        const ids = new Set(nodes.map(({ properties }) => properties.id as string));
        const pairs = new Set(relationships.filter(({ type }) => type === 'PAIR').map(({ from }) => from));
        for (const { from, to } of relationships) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
        for (const one of ids) {
          if (!one.endsWith('a')) continue;
          expect(ids.has(`${one.slice(0, -1)}b`)).toBe(true);
          expect(pairs.has(one)).toBe(true);
        }
      }
      isDone = true;
      await writer;
    });

    it('lets a dump be left early', async () => {
      await insert(engine, { id: id() }, { id: id() });
      for await (const _ of engine.dump()) break;
      await write(engine, 'CREATE (n:Node:Probe) SET n.id = $id', { id: id() });
    });

    it('reaches a barrier', async () => {
      await engine.barrier();
    });
  });

  it('refuses every call after it was closed', async () => {
    const other = await start();
    await other.close();
    expect(await codeOf(other.engine.read('RETURN 1 AS one'))).toBe('KAZE_GRAPH_UNAVAILABLE');
    expect(await codeOf(write(other.engine, 'RETURN 1 AS one'))).toBe('KAZE_GRAPH_UNAVAILABLE');
    expect(await codeOf(other.engine.ensureIndexes([KEY]))).toBe('KAZE_GRAPH_UNAVAILABLE');
    expect(await other.engine.healthy()).toBe(false);
    await other.engine.close();
  });
}

async function dumped(
  engine: GraphEngine,
  prefix: string,
): Promise<{ nodes: DumpedNode[]; relationships: DumpedRelationship[] }> {
  const nodes: DumpedNode[] = [];
  const relationships: DumpedRelationship[] = [];
  for await (const item of engine.dump()) {
    if ('type' in item) {
      if (item.from.startsWith(prefix)) relationships.push(item);
    } else if (String(item.properties.id).startsWith(prefix)) nodes.push(item);
  }
  return { nodes, relationships };
}
