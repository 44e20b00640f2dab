import { describe, expect, it } from 'vitest';
import {
  agentPrincipal,
  Knowledge,
  Outbox,
  Outcome,
  personPrincipal,
  schema,
  shortestPath,
  systemPrincipal,
  Task,
  Token,
  verticalScope,
  type Where,
} from '#graph-schema';
import { type KazeError, newId } from '#platform';
import {
  codeOf,
  fact,
  foreignScope,
  ingestion,
  loader,
  operator,
  outcome,
  own,
  runtime,
  type StoreOf,
  scope,
  stranger,
  task,
  why,
  work,
} from './fixture.ts';

/** What a principal sees and may change. */
export function scopeContract(store: StoreOf, statements: () => readonly string[]): void {
  describe('scope', () => {
    it("hides another client's nodes by id, count, list, relation and path as if they were absent", async () => {
      const theirs = await work(store(), foreignScope);
      const id = theirs.tasks[0]!;
      expect(await store().get(operator, Task, id)).toBeUndefined();
      expect(await store().get(stranger, Task, id)).toMatchObject({ id });
      expect(await store().count(operator, Task, { id: { eq: id } })).toBe(0);
      expect(await store().list(operator, Task, { where: { id: { in: theirs.tasks } } })).toEqual([]);
      expect(await store().labelsOf(operator, [id])).toEqual(new Map());
      expect(await store().subgraph(operator, [id])).toEqual({ nodes: [], edges: [], truncated: false });
    });

    it('hides relations of others onto a shared node, in lists, filters, counts and neighbourhoods', async () => {
      const shared = await store().transact(loader, why, async (unit) =>
        unit.create(Knowledge, { ...fact, scope: verticalScope('seo') }),
      );
      const citing = await store().transact(runtime, why, async (unit) => {
        const id = unit.create(Outcome, { ...outcome, scope: foreignScope });
        unit.relate(Outcome, 'knowledge', id, shared);
        return id;
      });
      const read = (who: typeof operator) =>
        store().read(who, {
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
      expect(await store().count(operator, Knowledge, { id: { eq: shared }, citedBy: { some: {} } })).toBe(0);
      expect((await store().subgraph(operator, [shared])).nodes.map(({ id }) => id)).toEqual([shared]);
      expect((await store().subgraph(stranger, [shared])).nodes.map(({ id }) => id)).toContain(citing);
    });

    it('does not mistake a scope that begins like another for it', async () => {
      const ids = await store().transact(runtime, why, async (unit) => [
        unit.create(Task, { ...task, scope }),
        unit.create(Task, { ...task, scope: foreignScope }),
      ]);
      expect(
        (await store().list(operator, Task, { where: { id: { in: ids } } })).map(({ scope: found }) => found),
      ).toEqual([scope]);
    });

    it('refuses writes outside the principal’s rights and leaves nothing of them', async () => {
      const write = (who: typeof operator, where: string) =>
        store().transact(who, why, async (unit) => unit.create(Knowledge, { ...fact, scope: where }));
      expect(await codeOf(write(operator, foreignScope))).toBe('KAZE_GRAPH_FORBIDDEN');
      expect(await codeOf(write(operator, verticalScope('seo')))).toBe('KAZE_GRAPH_FORBIDDEN');
      expect(await codeOf(write(ingestion, verticalScope('seo')))).toBe('KAZE_GRAPH_FORBIDDEN');
      expect(await codeOf(write(agentPrincipal({ id: newId(), name: 'a', tenant: own }), scope))).toBe(
        'KAZE_GRAPH_FORBIDDEN',
      );
      expect(await codeOf(write(operator, "tenant:x' OR true"))).toBe('KAZE_GRAPH_INVALID');
      const viewer = personPrincipal({ id: newId(), name: 'V', role: 'viewer', tenant: own });
      const attempt = store().transact(viewer, why, async (unit) => unit.create(Task, { ...task, scope }));
      expect(await codeOf(attempt)).toBe('KAZE_GRAPH_FORBIDDEN');
    });

    it("changes, removes and relates nothing of another client's", async () => {
      const theirs = (await work(store(), foreignScope)).tasks[0]!;
      const mine = (await work(store())).tasks[0]!;
      expect(
        await store().transact(operator, why, (unit) => unit.update(Task, theirs, { progress: 'taken' })),
      ).toBeUndefined();
      expect(await store().transact(operator, why, (unit) => unit.remove(Task, theirs))).toBe(false);
      const join = (from: string, to: string) =>
        codeOf(store().transact(operator, why, async (unit) => unit.relate(Task, 'parent', from, to)));
      expect(await join(mine, theirs)).toBe('KAZE_GRAPH_NOT_FOUND');
      expect(await join(theirs, mine)).toBe('KAZE_GRAPH_NOT_FOUND');
      expect(await join(mine, newId())).toBe('KAZE_GRAPH_NOT_FOUND');
      expect((await store().get(stranger, Task, theirs))?.progress).toBeNull();
    });

    it('keeps internal types and properties from everyone but the system', async () => {
      const admin = personPrincipal({ id: newId(), name: 'Root', role: 'admin' });
      expect(await store().count(admin, Outbox)).toBe(0);
      expect(await store().count(systemPrincipal('feeder'), Outbox)).toBeGreaterThan(0);
      expect(await codeOf(store().transact(admin, why, async (unit) => unit.remove(Token, newId())))).toBe('no error');
      const ask = (select: object, node = 'Task') =>
        store().read(admin, {
          roots: [{ key: 'x', node, find: { by: 'page', page: {} }, select: { properties: {}, ...select } }],
        });
      expect(await codeOf(ask({ properties: { owner: 'leaseOwner' } }))).toBe('KAZE_GRAPH_BAD_FILTER');
      expect(await codeOf(ask({}, 'Outbox'))).toBe('KAZE_GRAPH_UNKNOWN_LABEL');
      expect(await codeOf(ask({}, 'Nonsense'))).toBe('KAZE_GRAPH_UNKNOWN_LABEL');
    });

    it("asks the engine the same, and answers the same, for another client's node and for none", async () => {
      const theirs = (await work(store(), foreignScope)).tasks[0]!;
      const mine = (await work(store())).tasks[0]!;
      const cursor = (id: string) => Buffer.from(JSON.stringify(['x', id])).toString('base64url');
      const page = (id: string, more: object) =>
        store().read(operator, {
          roots: [
            {
              key: 'page',
              node: 'Task',
              find: { by: 'page', page: { first: 5, totalCount: true, where: { progress: { eq: id } }, ...more } },
              select: { properties: { id: 'id' } },
            },
          ],
        });
      const probes: Array<(id: string) => Promise<unknown>> = [
        (id) => store().get(operator, Task, id),
        (id) => store().count(operator, Task, { id: { eq: id } }),
        (id) => store().count(operator, Task, { agent: { some: { tasks: { some: { id: { eq: id } } } } } }),
        (id) => store().count(operator, Task, { not: { parent: { some: { id: { eq: id } } } }, id: { eq: mine } }),
        (id) =>
          store().list(operator, Task, {
            where: { id: { in: [id] } },
            orderBy: [{ property: 'progress', direction: 'asc' }],
          }),
        (id) => page(id, { orderBy: [{ property: 'skill', direction: 'desc' }] }),
        (id) => page(id, { after: cursor(id) }),
        (id) => store().labelsOf(operator, [id]),
        (id) => store().subgraph(operator, [id], { depth: 3 }),
        (id) => shortestPath(store(), operator, { from: mine, to: id }),
        (id) => store().transact(operator, why, (unit) => unit.update(Task, id, { progress: 'taken' })),
        (id) => store().transact(operator, why, (unit) => unit.remove(Task, id)),
        (id) => store().transact(operator, why, (unit) => unit.related(Task, 'outcomes', id)),
        (id) => store().transact(operator, why, (unit) => unit.unrelate(Task, 'parent', id)),
        (id) => store().transact(operator, why, async (unit) => unit.relate(Task, 'parent', mine, id)),
        (id) => store().transact(operator, why, async (unit) => unit.relate(Task, 'parent', id, mine)),
      ];
      const absent = newId();
      for (const [index, probe] of probes.entries()) {
        const answers: string[] = [];
        const asked: string[][] = [];
        for (const id of [theirs, absent]) {
          const texts = statements().length;
          const answer = await probe(id).catch((error: KazeError) => ({ code: error.code, message: error.message }));
          answers.push(JSON.stringify(answer ?? null).replaceAll(id, 'ID'));
          asked.push(statements().slice(texts));
        }
        expect(answers[0], `answer of probe ${index}`).toBe(answers[1]);
        expect(asked[0], `statements of probe ${index}`).toEqual(asked[1]);
      }
      expect(await store().get(stranger, Task, theirs)).toMatchObject({ progress: null, version: 1 });
    });

    it('wants write on the start of a relationship and read on its end', async () => {
      const shared = await store().transact(loader, why, async (unit) =>
        [1, 2].map(() => unit.create(Knowledge, { ...fact, scope: verticalScope('seo') })),
      );
      const mine = await store().transact(ingestion, why, async (unit) => unit.create(Knowledge, { ...fact, scope }));
      const relate = (from: string, to: string) =>
        codeOf(store().transact(operator, why, async (unit) => unit.relate(Knowledge, 'supersedes', from, to)));
      expect(await relate(mine, shared[0]!)).toBe('no error');
      expect(await relate(shared[0]!, mine)).toBe('KAZE_GRAPH_NOT_FOUND');
      expect(await relate(shared[0]!, shared[1]!)).toBe('KAZE_GRAPH_NOT_FOUND');
      await store().transact(operator, why, (unit) => unit.unrelate(Knowledge, 'supersedes', shared[0]!));
      const seen = await store().transact(operator, why, (unit) => unit.related(Knowledge, 'supersedes', mine));
      expect(seen).toEqual([shared[0]]);
      // The stranger reads the end and not the start: nothing of the relationship shows there.
      const where = { id: { eq: shared[0]! }, supersededBy: { some: {} } };
      expect(await store().count(operator, Knowledge, where)).toBe(1);
      expect(await store().count(stranger, Knowledge, where)).toBe(0);
    });

    it('neither takes over nor tells apart a node that an upsert or a creation names by a foreign id', async () => {
      const theirs = (await work(store(), foreignScope)).tasks[0]!;
      for (const attempt of [
        () =>
          store().transact(operator, why, (unit) =>
            unit.upsert(Task, { ...task, id: theirs, scope, progress: 'mine' }),
          ),
        () => store().transact(operator, why, async (unit) => unit.create(Task, { ...task, id: theirs, scope })),
      ]) {
        const error = await attempt().then(
          () => undefined,
          (caught: KazeError) => caught,
        );
        expect(error?.code).toBe('KAZE_GRAPH_DUPLICATE');
        expect(JSON.stringify(error)).not.toContain(foreignScope);
        expect(error?.message).toBe('A unique value is taken already.');
      }
      expect(await store().get(stranger, Task, theirs)).toMatchObject({ progress: null, version: 1 });
      expect(await store().get(operator, Task, theirs)).toBeUndefined();
    });

    it('suggests no internal property, relation or type for a slip', async () => {
      const admin = personPrincipal({ id: newId(), name: 'Root', role: 'admin' });
      const ask = (where: Where, node = 'Task') =>
        store()
          .read(admin, {
            roots: [{ key: 'x', node, find: { by: 'page', page: { where } }, select: { properties: { id: 'id' } } }],
          })
          .then(
            () => 'no error',
            (error: Error) => error.message,
          );
      for (const [name, type] of schema.types) {
        if (type.definition.internal) continue;
        const hidden = [...Object.entries(type.properties), ...Object.entries(type.relations)].flatMap(
          ([key, value]) => (value.internal ? [key] : []),
        );
        for (const key of hidden) {
          const message = await ask({ [`${key}s`]: { eq: 'x' } }, name);
          expect(message, `${name}.${key}`).toContain('has no property or relation');
          expect(message.replaceAll(`"${key}s"`, ''), `${name}.${key}`).not.toMatch(new RegExp(`\\b${key}\\b`));
        }
      }
      expect(await ask({}, 'Outbo')).not.toMatch(/Outbox/);
      expect(await ask({}, 'Outbox')).toBe((await ask({}, 'Outbux')).replaceAll('Outbux', 'Outbox'));
    });

    it('puts the scope before the first SET of every text that locks or changes', async () => {
      const texts = statements().length;
      const id = (await work(store())).tasks[0]!;
      await store().transact(operator, why, (unit) => unit.update(Task, id, { progress: 'one' }));
      await store().transact(operator, why, (unit) => unit.remove(Task, id));
      const changing = statements()
        .slice(texts)
        .filter((text) => text.includes(' MATCH ') || text.startsWith('MATCH '))
        .filter((text) => / (SET|DELETE|MERGE) /.test(text) && !text.includes(':Receipt'));
      expect(changing.length).toBeGreaterThanOrEqual(4);
      for (const text of changing) {
        expect(text.search(/\.scope (IN|STARTS WITH) /), text).toBeGreaterThan(0);
        expect(text.search(/\.scope (IN|STARTS WITH) /), text).toBeLessThan(text.search(/ (SET|DELETE|MERGE) /));
      }
    });
  });
}
