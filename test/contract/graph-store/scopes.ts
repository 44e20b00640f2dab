import { describe, expect, it } from 'vitest';
import {
  agentPrincipal,
  Knowledge,
  Outbox,
  Outcome,
  personPrincipal,
  systemPrincipal,
  Task,
  Token,
  verticalScope,
} from '#graph-schema';
import { newId } from '#platform';
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
export function scopeContract(store: StoreOf): void {
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
  });
}
