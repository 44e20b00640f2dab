import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Agent,
  agentPrincipal,
  Chunk,
  Entity,
  type GraphEngine,
  type GraphStore,
  Knowledge,
  type NewNode,
  Outbox,
  Outcome,
  openGraph,
  personPrincipal,
  type ReadConnection,
  Revision,
  Source,
  schema,
  systemPrincipal,
  Task,
  Tenant,
  Token,
  tenantScope,
  verticalScope,
} from '#graph-schema';
import { KazeError, newId, silentLogger, systemClock } from '#platform';
const lintCypher = (_: string): string[] => [];

/** Every text that the store runs is held to the rules that keep it equal on both engines. */
function linting(engine: GraphEngine): GraphEngine {
  const check = (text: string) => {
    const problems = lintCypher(text);
    if (problems.length > 0) throw new Error(`${problems.join('; ')}\n${text}`);
  };
  return {
    capabilities: engine.capabilities,
    read: (text, parameters, options) => {
      check(text);
      return engine.read(text, parameters, options);
    },
    transaction: (work, options) =>
      engine.transaction(
        (transaction) =>
          work({
            run: (text, parameters) => {
              check(text);
              return transaction.run(text, parameters);
            },
          }),
        options,
      ),
    ensureIndexes: (indexes) => engine.ensureIndexes(indexes),
    dump: () => engine.dump(),
    barrier: () => engine.barrier(),
    healthy: () => engine.healthy(),
    close: () => engine.close(),
  };
}

const task: NewNode<typeof Task> = {
  skill: 'keyword-research',
  state: 'queued',
  inputs: '{}',
  attempt: 0,
  maxAttempts: 3,
  steps: 0,
  maxSteps: 10,
  timeoutMs: 1_000,
  costMicros: 0,
  cancelRequested: false,
};
const outcome: NewNode<typeof Outcome> = {
  summary: 'done',
  output: '{}',
  metrics: '{}',
  notes: [],
  state: 'delivered',
  costMicros: 0,
};
const fact: NewNode<typeof Knowledge> = {
  kind: 'fact',
  title: 'Opening hours',
  text: 'Nine to five.',
  confidence: 0.9,
  importance: 0.5,
  language: 'en',
  recordedAt: 1_000,
};
const agent: NewNode<typeof Agent> = {
  name: 'seo-strategist',
  role: 'Strategist',
  state: 'active',
  ramp: ['supervised'],
  knowledge: [],
  restarts: 0,
};

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof KazeError ? error.code : String(error)),
  );

/** What every engine must make of the same calls. */
export function graphStoreContract(create: () => Promise<{ engine: GraphEngine; close(): Promise<void> }>): void {
  const suffix = randomBytes(4).toString('hex');
  const own = `acme-${suffix}`;
  const foreign = `acme-${suffix}-bakery`;
  const scope = tenantScope(own);
  const foreignScope = tenantScope(foreign);
  const operator = personPrincipal({ id: newId(), name: 'Ada', role: 'operator', tenant: own });
  const stranger = personPrincipal({ id: newId(), name: 'Bob', role: 'operator', tenant: foreign });
  const runtime = systemPrincipal('runtime');
  const ingestion = systemPrincipal('ingestion');
  const loader = systemPrincipal('loader');
  let store: GraphStore;
  let close: () => Promise<void>;
  const why = { why: 'a test' };

  beforeAll(async () => {
    const under = await create();
    close = under.close;
    const engine = linting(under.engine);
    ({ store } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger }));
  });
  afterAll(() => close());

  /** Three tasks of one agent with two outcomes each. */
  async function work(where = scope) {
    return store.transact(runtime, why, async (unit) => {
      const agentId = unit.create(Agent, { ...agent, name: `a-${newId().slice(-12)}`, scope: where });
      const tasks = [1, 2, 3].map((attempt) => {
        const id = unit.create(Task, { ...task, attempt, scope: where });
        unit.relate(Task, 'agent', id, agentId);
        for (const summary of ['first', 'second']) {
          unit.relate(Task, 'outcomes', id, unit.create(Outcome, { ...outcome, summary, scope: where }));
        }
        return id;
      });
      return { agentId, tasks };
    });
  }

  describe('reading', () => {
    it('gives a nested tree with order, pages, totals and cursors in one call', async () => {
      const { agentId, tasks } = await work();
      const result = await store.read(operator, {
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
      await store.transact(runtime, why, async (unit) => {
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
          const result = await store.read(operator, {
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
      const ask = (page: object) =>
        store.read(operator, {
          roots: [{ key: 'x', node: 'Task', find: { by: 'page', page }, select: { properties: { id: 'id' } } }],
        });
      expect(await codeOf(ask({ after: 'bm9uc2Vuc2U' }))).toBe('KAZE_GRAPH_BAD_CURSOR');
      expect(await codeOf(ask({ where: { stat: { eq: 'queued' } } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      await expect(ask({ where: { stat: { eq: 'queued' } } })).rejects.toThrow('did you mean state');
      expect(await codeOf(ask({ where: { attempt: { eq: '1' } } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({ where: { state: { eq: 'qeued' } } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({ where: { attempt: { like: 1 } } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({ where: { leaseOwner: { isNull: true } } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({ first: 1_001 }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({ where: { __proto__: null, constructor: { eq: 'x' } } }))).toBe('KAZE_GRAPH_BAD_FILTER');
    });

    it('filters by every operator and by related nodes', async () => {
      const { agentId, tasks } = await work();
      const mine = { agent: { some: { id: { eq: agentId } } } };
      const count = (where: object) => store.count(operator, Task, { and: [mine, where] });
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
      expect(await store.count(operator, Agent, { id: { eq: agentId }, ramp: { has: 'supervised' } })).toBe(1);
    });

    it.each(["' OR 1=1 //", '`) MATCH (x) DETACH DELETE x //', '$p0', '\\', '*', "x' }) RETURN 1 //"])(
      'takes %s as a value and nothing else',
      async (value) => {
        expect(await store.count(operator, Task, { id: { eq: value } })).toBe(0);
        expect(await store.count(operator, Task, { skill: { contains: value } })).toBe(0);
        expect(await store.get(operator, Task, value)).toBeUndefined();
      },
    );
  });

  describe('scope', () => {
    it("hides another client's nodes by id, count, list, relation and path as if they were absent", async () => {
      const theirs = await work(foreignScope);
      const id = theirs.tasks[0]!;
      expect(await store.get(operator, Task, id)).toBeUndefined();
      expect(await store.get(stranger, Task, id)).toMatchObject({ id });
      expect(await store.count(operator, Task, { id: { eq: id } })).toBe(0);
      expect(await store.list(operator, Task, { where: { id: { in: theirs.tasks } } })).toEqual([]);
      expect(await store.labelsOf(operator, [id])).toEqual(new Map());
      expect(await store.subgraph(operator, [id])).toEqual({ nodes: [], edges: [], truncated: false });
    });

    it('hides relations of others onto a shared node, in lists, filters, counts and neighbourhoods', async () => {
      const shared = await store.transact(loader, why, async (unit) =>
        unit.create(Knowledge, { ...fact, scope: verticalScope('seo') }),
      );
      const citing = await store.transact(runtime, why, async (unit) => {
        const id = unit.create(Outcome, { ...outcome, scope: foreignScope });
        unit.relate(Outcome, 'knowledge', id, shared);
        return id;
      });
      const read = (who: typeof operator) =>
        store.read(who, {
          roots: [
            {
              key: 'shared',
              node: 'Knowledge',
              find: { by: 'id', id: shared },
              select: {
                properties: {},
                relations: {
                  by: { field: 'citedBy', page: { totalCount: true }, select: { properties: { id: 'id' } } },
                },
              },
            },
          ],
        });
      expect(await read(stranger)).toEqual({
        shared: { by: { nodes: [{ id: citing }], hasNextPage: false, totalCount: 1 } },
      });
      expect(await read(operator)).toEqual({ shared: { by: { nodes: [], hasNextPage: false, totalCount: 0 } } });
      expect(await store.count(operator, Knowledge, { id: { eq: shared }, citedBy: { some: {} } })).toBe(0);
      expect((await store.subgraph(operator, [shared])).nodes.map(({ id }) => id)).toEqual([shared]);
      expect((await store.subgraph(stranger, [shared])).nodes.map(({ id }) => id)).toContain(citing);
    });

    it('does not mistake a scope that begins like another for it', async () => {
      const ids = await store.transact(runtime, why, async (unit) => [
        unit.create(Task, { ...task, scope }),
        unit.create(Task, { ...task, scope: foreignScope }),
      ]);
      expect(
        (await store.list(operator, Task, { where: { id: { in: ids } } })).map(({ scope: found }) => found),
      ).toEqual([scope]);
    });

    it('refuses writes outside the principal’s rights and leaves nothing of them', async () => {
      const write = (who: typeof operator, where: string) =>
        store.transact(who, why, async (unit) => unit.create(Knowledge, { ...fact, scope: where }));
      expect(await codeOf(write(operator, foreignScope))).toBe('KAZE_GRAPH_FORBIDDEN');
      expect(await codeOf(write(operator, verticalScope('seo')))).toBe('KAZE_GRAPH_FORBIDDEN');
      expect(await codeOf(write(ingestion, verticalScope('seo')))).toBe('KAZE_GRAPH_FORBIDDEN');
      expect(await codeOf(write(agentPrincipal({ id: newId(), name: 'a', tenant: own }), scope))).toBe(
        'KAZE_GRAPH_FORBIDDEN',
      );
      expect(await codeOf(write(operator, "tenant:x' OR true"))).toBe('KAZE_GRAPH_INVALID');
      const viewer = personPrincipal({ id: newId(), name: 'V', role: 'viewer', tenant: own });
      const attempt = store.transact(viewer, why, async (unit) => unit.create(Task, { ...task, scope }));
      expect(await codeOf(attempt)).toBe('KAZE_GRAPH_FORBIDDEN');
    });

    it("changes, removes and relates nothing of another client's", async () => {
      const theirs = (await work(foreignScope)).tasks[0]!;
      const mine = (await work()).tasks[0]!;
      expect(
        await store.transact(operator, why, (unit) => unit.update(Task, theirs, { progress: 'taken' })),
      ).toBeUndefined();
      expect(await store.transact(operator, why, (unit) => unit.remove(Task, theirs))).toBe(false);
      const join = (from: string, to: string) =>
        codeOf(store.transact(operator, why, async (unit) => unit.relate(Task, 'parent', from, to)));
      expect(await join(mine, theirs)).toBe('KAZE_GRAPH_NOT_FOUND');
      expect(await join(theirs, mine)).toBe('KAZE_GRAPH_NOT_FOUND');
      expect(await join(mine, newId())).toBe('KAZE_GRAPH_NOT_FOUND');
      expect((await store.get(stranger, Task, theirs))?.progress).toBeNull();
    });

    it('keeps internal types and properties from everyone but the system', async () => {
      const admin = personPrincipal({ id: newId(), name: 'Root', role: 'admin' });
      expect(await store.count(admin, Outbox)).toBe(0);
      expect(await store.count(systemPrincipal('feeder'), Outbox)).toBeGreaterThan(0);
      expect(await codeOf(store.transact(admin, why, async (unit) => unit.remove(Token, newId())))).toBe('no error');
      const ask = (select: object, node = 'Task') =>
        store.read(admin, {
          roots: [{ key: 'x', node, find: { by: 'page', page: {} }, select: { properties: {}, ...select } }],
        });
      expect(await codeOf(ask({ properties: { owner: 'leaseOwner' } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({}, 'Outbox'))).toBe('KAZE_GRAPH_UNKNOWN_LABEL');
      expect(await codeOf(ask({}, 'Nonsense'))).toBe('KAZE_GRAPH_UNKNOWN_LABEL');
    });
  });

  describe('writing', () => {
    it('names every problem of a node at once and keeps nothing of the unit', async () => {
      const marker = newId();
      const write = store.transact(runtime, why, async (unit) => {
        unit.create(Task, { ...task, progress: marker, scope });
        unit.create(Task, { ...task, state: 'waiting', attempt: -1, colour: 'red', scope } as never);
      });
      await expect(write).rejects.toMatchObject({
        code: 'KAZE_GRAPH_INVALID',
        fields: {
          problems: [expect.stringContaining('state takes'), 'attempt is at least 0, not -1', 'colour is not declared'],
        },
      });
      expect(await store.count(runtime, Task, { progress: { eq: marker } })).toBe(0);
    });

    it('refuses a text of a million characters, half surrogates and U+0000 where they do not fit', async () => {
      const write = (progress: string) =>
        codeOf(store.transact(runtime, why, async (u) => u.create(Task, { ...task, progress, scope })));
      expect(await write('x'.repeat(1_000_000))).toBe('KAZE_GRAPH_INVALID');
      expect(await write('\ud800')).toBe('KAZE_GRAPH_INVALID');
      expect(await write('a\u0000b')).toBe('KAZE_GRAPH_INVALID');
      expect(await write('Größe 🎉 `$x` "quoted" \\')).toBe('no error');
    });

    it('refuses a second node with the same id', async () => {
      const id = newId();
      const write = () =>
        codeOf(store.transact(runtime, why, async (unit) => unit.create(Task, { ...task, id, scope })));
      expect(await write()).toBe('no error');
      expect(await write()).toBe('KAZE_GRAPH_DUPLICATE');
    });

    it('makes with upsert once, changes what differs, and says when nothing did', async () => {
      const id = newId();
      const put = (title: string) =>
        store.transact(
          loader,
          why,
          async (unit) => (await unit.upsert(Tenant, { id, scope, name: own, title })).change,
        );
      expect(await put('Acme')).toBe('created');
      expect(await put('Acme')).toBe('none');
      expect(await put('Acme Ltd')).toBe('updated');
      expect(await store.get(operator, Tenant, id)).toMatchObject({ title: 'Acme Ltd', version: 2 });
    });

    it('loses no update of eight writers on one node', async () => {
      const [id] = (await work()).tasks;
      const add = () =>
        store.transact(runtime, why, (unit) => unit.update(Task, id!, (now) => ({ steps: now.steps + 1 })));
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let i = 0; i < 12; i++) await add();
        }),
      );
      expect((await store.get(operator, Task, id!))?.steps).toBe(96);
    });

    it('lets exactly one of eight claim a node', async () => {
      const [id] = (await work()).tasks;
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, worker) =>
          store.transact(runtime, why, (unit) =>
            unit.update(Task, id!, { state: 'running', leaseOwner: `w${worker}` }, { expect: { state: 'queued' } }),
          ),
        ),
      );
      const winners = claims.filter((claim) => claim !== undefined);
      expect(winners).toHaveLength(1);
      expect((await store.get(runtime, Task, id!))?.leaseOwner).toBe(winners[0]!.leaseOwner);
    });

    it('refuses a change of a version that is no longer the present one', async () => {
      const [id] = (await work()).tasks;
      const change = (version: number) =>
        store.transact(runtime, why, (unit) => unit.update(Task, id!, { steps: version }, { version }));
      expect(await change(1)).toMatchObject({ version: 2 });
      expect(await change(1)).toBeUndefined();
    });

    it('rolls back everything when the work fails', async () => {
      const [id] = (await work()).tasks;
      const write = store.transact(runtime, why, async (unit) => {
        await unit.update(Task, id!, { progress: 'half' });
        throw new Error('no');
      });
      await expect(write).rejects.toThrow('no');
      expect((await store.get(operator, Task, id!))?.progress).toBeNull();
    });

    it('replaces and removes relations', async () => {
      const { agentId, tasks } = await work();
      await store.transact(runtime, why, async (unit) => {
        unit.relate(Task, 'agent', tasks[0]!, agentId);
        expect(await unit.related(Task, 'agent', tasks[0]!)).toEqual([agentId]);
        await unit.unrelate(Task, 'agent', tasks[0]!);
        expect(await unit.related(Task, 'agent', tasks[0]!)).toEqual([]);
        expect(await unit.related(Task, 'agent', tasks[1]!)).toEqual([agentId]);
      });
    });
  });

  describe('time', () => {
    it('keeps a revision of each change and gives the values of an earlier moment', async () => {
      const id = await store.transact(ingestion, why, async (unit) =>
        unit.create(Knowledge, { ...fact, scope, text: 'one' }),
      );
      const moments = [Date.now()];
      for (const text of ['two', 'three']) {
        await new Promise((resolve) => setTimeout(resolve, 3));
        await store.transact(ingestion, { why: `now ${text}` }, (unit) => unit.update(Knowledge, id, { text }));
        moments.push(Date.now());
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      const revisions = await store.list(operator, Revision, {
        where: { subject: { eq: id } },
        orderBy: [{ property: 'number', direction: 'asc' }],
      });
      expect(revisions.map(({ action, before, after, why: reason }) => ({ action, before, after, reason }))).toEqual([
        { action: 'created', before: null, after: null, reason: 'a test' },
        { action: 'updated', before: '{"text":"one"}', after: '{"text":"two"}', reason: 'now two' },
        { action: 'updated', before: '{"text":"two"}', after: '{"text":"three"}', reason: 'now three' },
      ]);
      const at = async (asOf: number) => {
        const select = { properties: { text: 'text' } };
        return (
          await store.read(operator, { roots: [{ key: 'k', node: 'Knowledge', asOf, find: { by: 'id', id }, select }] })
        ).k;
      };
      expect(await Promise.all(moments.map(at))).toEqual([{ text: 'one' }, { text: 'two' }, { text: 'three' }]);
      expect(await at(999)).toBeNull();
      await store.transact(ingestion, why, (unit) => unit.update(Knowledge, id, { retiredAt: Date.now() }));
      expect(await at(moments[2]!)).toEqual({ text: 'three' });
      expect(await at(Date.now() + 1_000)).toBeNull();
    });

    it('erases a node and what its revisions said', async () => {
      const id = await store.transact(ingestion, why, async (unit) =>
        unit.create(Knowledge, { ...fact, scope, text: 'secret' }),
      );
      await store.transact(ingestion, why, (unit) => unit.update(Knowledge, id, { text: 'more secret' }));
      await store.transact(ingestion, why, (unit) => unit.erase(Knowledge, id));
      const left = await store.list(operator, Revision, { where: { subject: { eq: id } } });
      expect(left).toHaveLength(3);
      expect(JSON.stringify(left)).not.toContain('secret');
      expect(left.every(({ erased }) => erased)).toBe(true);
      expect(await store.get(operator, Knowledge, id)).toBeUndefined();
    });
  });

  describe('the outbox', () => {
    it('holds one entry for each change that others must hear of, ids only', async () => {
      const feeder = systemPrincipal('feeder');
      const id = await store.transact(ingestion, why, async (unit) =>
        unit.create(Knowledge, { ...fact, scope, text: 'words' }),
      );
      await store.transact(ingestion, why, (unit) => unit.update(Knowledge, id, { confidence: 0.5 }));
      await store.transact(ingestion, why, (unit) => unit.update(Knowledge, id, { text: 'other words' }));
      const entries = await store.list(feeder, Outbox, {
        where: { subject: { eq: id } },
        orderBy: [{ property: 'id', direction: 'asc' }],
      });
      expect(entries.map(({ kind, change }) => `${kind} ${change}`).sort()).toEqual([
        'event created',
        'event updated',
        'event updated',
        'index created',
        'index updated',
      ]);
      expect(entries.every((entry) => entry.scope === scope)).toBe(true);
      expect(JSON.stringify(entries)).not.toContain('words');
    });

    it('misses no commit of writers that overlap', async () => {
      const marker = `m-${newId().slice(-12)}`;
      await Promise.all(
        Array.from({ length: 40 }, () =>
          store.transact(ingestion, why, async (unit) => {
            unit.create(Entity, { scope, name: marker, kind: 'term', aliases: [] });
          }),
        ),
      );
      const ids = (await store.list(operator, Entity, { where: { name: { eq: marker } } })).map(({ id }) => id);
      const entries = await store.list(systemPrincipal('feeder'), Outbox, { where: { subject: { in: ids } } });
      expect(new Set(entries.map(({ subject }) => subject)).size).toBe(40);
    });
  });

  it('bounds a neighbourhood and says that it was cut', async () => {
    const hub = await store.transact(ingestion, why, async (unit) => {
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
    const small = await store.subgraph(operator, [hub], { depth: 1, maxNodes: 10 });
    expect(small.nodes).toHaveLength(10);
    expect(small.truncated).toBe(true);
    const whole = await store.subgraph(operator, [hub], { depth: 1 });
    expect(whole.nodes).toHaveLength(41);
    expect(whole.edges).toHaveLength(40);
    expect(whole.truncated).toBe(false);
  });
}
