import { describe, expect, it } from 'vitest';
import { Agent, Chunk, type PageRead, type ReadConnection, Source, Task, type Where } from '#graph-schema';
import { type KazeError, newId } from '#platform';
import { codeOf, ingestion, operator, runtime, type StoreOf, scope, task, why, work } from './fixture.ts';

/** Nested reads, pages, filters, neighbourhoods. */
export function readingContract(store: StoreOf): void {
  describe('reading', () => {
    it('gives a nested tree with order, pages, totals and cursors in one call', async () => {
      const { agentId, tasks } = await work(store());
      const result = await store().read(operator, {
        roots: [
          {
            key: 'mine',
            node: 'Task',
            find: {
              by: 'page',
              page: {
                where: { agent: { some: { id: { eq: agentId } } } },
                orderBy: [{ property: 'attempt', direction: 'asc' }],
                first: 2,
                totalCount: true,
                cursors: true,
              },
            },
            select: {
              properties: { nr: 'attempt' },
              relations: {
                by: { field: 'agent', select: { properties: { 'the id': 'id' } } },
                out: {
                  field: 'outcomes',
                  page: { orderBy: [{ property: 'summary', direction: 'desc' }], first: 1, totalCount: true },
                  select: { properties: { summary: 'summary' } },
                },
              },
            },
          },
          {
            key: 'one',
            node: 'Task',
            find: { by: 'id', id: tasks[2]! },
            select: { properties: { attempt: 'attempt' } },
          },
          { key: 'none', node: 'Task', find: { by: 'id', id: newId() }, select: { properties: { id: 'id' } } },
        ],
      });
      const mine = result.mine as ReadConnection;
      const out = { nodes: [{ summary: 'second' }], hasNextPage: true, totalCount: 2 };
      expect(mine.nodes).toEqual([
        { nr: 1, by: { 'the id': agentId }, out },
        { nr: 2, by: { 'the id': agentId }, out },
      ]);
      expect(mine).toMatchObject({ hasNextPage: true, totalCount: 3 });
      expect(mine.cursors).toHaveLength(2);
      expect(result.one).toEqual({ attempt: 3 });
      expect(result.none).toBeNull();
    });

    it('pages over ties and nulls without losing or repeating an item, in both directions', async () => {
      const marker = newId();
      await store().transact(runtime, why, async (unit) => {
        for (let index = 0; index < 23; index++) {
          const startedAt = index % 3 === 0 ? undefined : index % 5;
          unit.create(Task, { ...task, progress: marker, scope, ...(startedAt === undefined ? {} : { startedAt }) });
        }
      });
      for (const direction of ['asc', 'desc'] as const) {
        const seen: string[] = [];
        const values: Array<number | null> = [];
        for (let after: string | undefined; ; ) {
          const where = { progress: { eq: marker } };
          const orderBy = [{ property: 'startedAt', direction }];
          const result = await store().read(operator, {
            roots: [
              {
                key: 'page',
                node: 'Task',
                find: { by: 'page', page: { where, orderBy, first: 5, after, cursors: true } },
                select: { properties: { id: 'id', startedAt: 'startedAt' } },
              },
            ],
          });
          const page = result.page as ReadConnection;
          seen.push(...page.nodes.map((node) => node.id as string));
          values.push(...page.nodes.map((node) => node.startedAt as number | null));
          if (!page.hasNextPage) break;
          after = page.cursors!.at(-1);
        }
        expect(new Set(seen).size).toBe(23);
        expect(seen).toHaveLength(23);
        const nulls = values.flatMap((value, index) => (value === null ? [index] : []));
        expect(nulls).toEqual(direction === 'asc' ? [15, 16, 17, 18, 19, 20, 21, 22] : [0, 1, 2, 3, 4, 5, 6, 7]);
      }
    });

    it('refuses a cursor of another order, unknown properties, operators and values of another kind', async () => {
      const ask = (page: PageRead) =>
        store().read(operator, {
          roots: [{ key: 'x', node: 'Task', find: { by: 'page', page }, select: { properties: { id: 'id' } } }],
        });
      expect(await codeOf(ask({ after: 'bm9uc2Vuc2U' }))).toBe('KAZE_GRAPH_BAD_CURSOR');
      expect(await codeOf(ask({ where: { stat: { eq: 'queued' } } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      await expect(ask({ where: { stat: { eq: 'queued' } } })).rejects.toThrow('did you mean state');
      expect(await codeOf(ask({ where: { attempt: { eq: '1' } } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({ where: { state: { eq: 'qeued' } } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({ where: { attempt: { like: 1 } as never } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({ where: { leaseOwner: { isNull: true } } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({ first: 1_001 }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({ where: JSON.parse('{"constructor":{"eq":"x"}}') }))).toBe('KAZE_GRAPH_BAD_FILTER');
    });

    it('refuses filters that are too large or too deep, and an order that repeats itself, with figures', async () => {
      const refusal = (page: PageRead) =>
        store()
          .read(operator, {
            roots: [{ key: 'x', node: 'Task', find: { by: 'page', page }, select: { properties: { id: 'id' } } }],
          })
          .then(
            () => undefined,
            (error: KazeError) => ({ code: error.code, message: error.message, fields: error.fields }),
          );
      const nested = (levels: number) =>
        Array.from({ length: levels }).reduce<Where>((inner) => ({ not: inner }), { attempt: { eq: 1 } });
      expect(await refusal({ where: nested(8) })).toBeUndefined();
      expect(await refusal({ where: nested(9) })).toEqual({
        code: 'KAZE_GRAPH_BAD_FILTER',
        message: 'the filter nests 9 levels, allowed are 8',
        fields: { label: 'Task', levels: 9, allowed: 8 },
      });
      expect((await refusal({ where: nested(50_000) }))?.fields).toMatchObject({ levels: 50_000 });
      const wide = (count: number): Where => ({ or: Array.from({ length: count }, () => ({ attempt: { eq: 1 } })) });
      expect((await refusal({ where: wide(500) }))?.fields).toMatchObject({ conditions: 501, allowed: 500 });
      const agents: Where = { agent: { some: { tasks: { none: wide(600) } } } };
      expect((await refusal({ where: agents }))?.message).toContain('has 603 conditions, allowed are 500');
      const twice = { property: 'skill', direction: 'asc' } as const;
      expect(await refusal({ orderBy: [twice, { ...twice, direction: 'desc' }] })).toMatchObject({
        code: 'KAZE_GRAPH_BAD_FILTER',
        message: 'the order names skill twice; name each property once',
      });
    });

    it('filters by every operator and by related nodes', async () => {
      const { agentId, tasks } = await work(store());
      const mine = { agent: { some: { id: { eq: agentId } } } };
      const count = (where: Where) => store().count(operator, Task, { and: [mine, where] });
      expect(await count({})).toBe(3);
      expect(await count({ attempt: { in: [1, 3] } })).toBe(2);
      expect(await count({ attempt: { gt: 1, lte: 2 } })).toBe(1);
      expect(await count({ attempt: { ne: 1 } })).toBe(2);
      expect(await count({ progress: { ne: 'x' } })).toBe(3);
      expect(await count({ not: { attempt: { eq: 1 } } })).toBe(2);
      expect(await count({ or: [{ attempt: { eq: 1 } }, { attempt: { eq: 2 } }] })).toBe(2);
      expect(await count({ skill: { contains: 'word-re' } })).toBe(3);
      expect(await count({ skill: { startsWith: 'research' } })).toBe(0);
      expect(await count({ startedAt: { isNull: true } })).toBe(3);
      expect(await count({ outcomes: { some: { summary: { eq: 'first' } } } })).toBe(3);
      expect(await count({ outcomes: { every: { summary: { eq: 'first' } } } })).toBe(0);
      expect(await count({ outcomes: { none: { summary: { eq: 'third' } } } })).toBe(3);
      const nested = { outcomes: { some: { task: { some: { id: { eq: tasks[0]! } } } } } };
      expect(await count(nested)).toBe(1);
      expect(await store().count(operator, Agent, { id: { eq: agentId }, ramp: { has: 'supervised' } })).toBe(1);
    });

    it.each(["' OR 1=1 //", '`) MATCH (x) DETACH DELETE x //', '$p0', '\\', '*', "x' }) RETURN 1 //"])(
      'takes %s as a value and nothing else',
      async (value) => {
        expect(await store().count(operator, Task, { id: { eq: value } })).toBe(0);
        expect(await store().count(operator, Task, { skill: { contains: value } })).toBe(0);
        expect(await store().get(operator, Task, value)).toBeUndefined();
      },
    );
  });

  it('bounds a neighbourhood and says that it was cut', async () => {
    const hub = await store().transact(ingestion, why, async (unit) => {
      const source = unit.create(Source, {
        scope,
        name: 'a.md',
        format: 'markdown',
        contentHash: 'x',
        bytes: 1,
        language: 'en',
        state: 'active',
        revision: 1,
        chunkCount: 40,
      });
      for (let position = 0; position < 40; position++) {
        const chunk = unit.create(Chunk, {
          scope,
          text: `t${position}`,
          position,
          headings: [],
          startOffset: 0,
          endOffset: 1,
          language: 'en',
          contentHash: 'x',
          sourceRevision: 1,
          recordedAt: 1,
        });
        unit.relate(Chunk, 'source', chunk, source);
      }
      return source;
    });
    const small = await store().subgraph(operator, [hub], { depth: 1, maxNodes: 10 });
    expect(small.nodes).toHaveLength(10);
    expect(small.truncated).toBe(true);
    const whole = await store().subgraph(operator, [hub], { depth: 1 });
    expect(whole.nodes).toHaveLength(41);
    expect(whole.edges).toHaveLength(40);
    expect(whole.truncated).toBe(false);
  });
}
