import { describe, expect, it } from 'vitest';
import { Task, Tenant } from '#graph-schema';
import { newId } from '#platform';
import { codeOf, loader, operator, own, runtime, type StoreOf, scope, task, why, work } from './fixture.ts';

/** Units of work: validation, conflicts, claims. */
export function writingContract(store: StoreOf): void {
  describe('writing', () => {
    it('names every problem of a node at once and keeps nothing of the unit', async () => {
      const marker = newId();
      const write = store().transact(runtime, why, async (unit) => {
        unit.create(Task, { ...task, progress: marker, scope });
        unit.create(Task, { ...task, state: 'waiting', attempt: -1, colour: 'red', scope } as never);
      });
      await expect(write).rejects.toMatchObject({
        code: 'KAZE_GRAPH_INVALID',
        fields: {
          problems: [expect.stringContaining('state takes'), 'attempt is at least 0, not -1', 'colour is not declared'],
        },
      });
      expect(await store().count(runtime, Task, { progress: { eq: marker } })).toBe(0);
    });

    it('refuses a text of a million characters, half surrogates and U+0000 where they do not fit', async () => {
      const write = (progress: string) =>
        codeOf(store().transact(runtime, why, async (u) => u.create(Task, { ...task, progress, scope })));
      expect(await write('x'.repeat(1_000_000))).toBe('KAZE_GRAPH_INVALID');
      expect(await write('\ud800')).toBe('KAZE_GRAPH_INVALID');
      expect(await write('a\u0000b')).toBe('KAZE_GRAPH_INVALID');
      expect(await write('Größe 🎉 `$x` "quoted" \\')).toBe('no error');
    });

    it('refuses a second node with the same id', async () => {
      const id = newId();
      const write = () =>
        codeOf(store().transact(runtime, why, async (unit) => unit.create(Task, { ...task, id, scope })));
      expect(await write()).toBe('no error');
      expect(await write()).toBe('KAZE_GRAPH_DUPLICATE');
    });

    it('makes with upsert once, changes what differs, and says when nothing did', async () => {
      const id = newId();
      const put = (title: string) =>
        store().transact(
          loader,
          why,
          async (unit) => (await unit.upsert(Tenant, { id, scope, name: own, title })).change,
        );
      expect(await put('Acme')).toBe('created');
      expect(await put('Acme')).toBe('none');
      expect(await put('Acme Ltd')).toBe('updated');
      expect(await store().get(operator, Tenant, id)).toMatchObject({ title: 'Acme Ltd', version: 2 });
    });

    it('loses no update of eight writers on one node', async () => {
      const [id] = (await work(store())).tasks;
      const add = () =>
        store().transact(runtime, why, (unit) => unit.update(Task, id!, (now) => ({ steps: now.steps + 1 })));
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let i = 0; i < 12; i++) await add();
        }),
      );
      expect((await store().get(operator, Task, id!))?.steps).toBe(96);
    });

    it('changes many at once: those that are there and as expected, each by its own state', async () => {
      const { tasks } = await work(store());
      const [first, second] = tasks as [string, string];
      const change = (expected: number) =>
        store().transact(runtime, why, (unit) =>
          unit.updateAll(Task, [first, newId(), second, first], (now) => ({ steps: now.steps + 1 }), {
            expect: { steps: expected },
          }),
        );
      const { steps, version } = (await store().get(operator, Task, first))!;
      await store().transact(runtime, why, (unit) => unit.update(Task, second, { steps: steps + 5 }));
      expect((await change(steps)).map(({ id }) => id)).toEqual([first]);
      expect(await store().get(operator, Task, first)).toMatchObject({ steps: steps + 1, version: version + 1 });
      expect(await store().get(operator, Task, second)).toMatchObject({ steps: steps + 5 });
    });

    it('loses nothing when many writers change the same many at once', async () => {
      const { tasks } = await work(store());
      const before = await Promise.all(tasks.map((id) => store().get(operator, Task, id)));
      await Promise.all(
        Array.from({ length: 6 }, (_, at) =>
          store().transact(runtime, why, (unit) =>
            unit.updateAll(Task, at % 2 ? tasks : [...tasks].reverse(), (now) => ({ steps: now.steps + 1 })),
          ),
        ),
      );
      const after = await Promise.all(tasks.map((id) => store().get(operator, Task, id)));
      expect(after.map((task) => task?.steps)).toEqual(before.map((task) => task!.steps + 6));
    });

    it('lets exactly one of eight claim a node', async () => {
      const [id] = (await work(store())).tasks;
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, worker) =>
          store().transact(runtime, why, (unit) =>
            unit.update(Task, id!, { state: 'running', leaseOwner: `w${worker}` }, { expect: { state: 'queued' } }),
          ),
        ),
      );
      const winners = claims.filter((claim) => claim !== undefined);
      expect(winners).toHaveLength(1);
      expect((await store().get(runtime, Task, id!))?.leaseOwner).toBe(winners[0]!.leaseOwner);
    });

    it('refuses a change of a version that is no longer the present one', async () => {
      const [id] = (await work(store())).tasks;
      const change = (version: number) =>
        store().transact(runtime, why, (unit) => unit.update(Task, id!, { steps: version }, { version }));
      expect(await change(1)).toMatchObject({ version: 2 });
      expect(await change(1)).toBeUndefined();
    });

    it('rolls back everything when the work fails', async () => {
      const [id] = (await work(store())).tasks;
      const write = store().transact(runtime, why, async (unit) => {
        await unit.update(Task, id!, { progress: 'half' });
        throw new Error('no');
      });
      await expect(write).rejects.toThrow('no');
      expect((await store().get(operator, Task, id!))?.progress).toBeNull();
    });

    it('replaces and removes relations', async () => {
      const { agentId, tasks } = await work(store());
      await store().transact(runtime, why, async (unit) => {
        unit.relate(Task, 'agent', tasks[0]!, agentId);
        expect(await unit.related(Task, 'agent', tasks[0]!)).toEqual([agentId]);
        await unit.unrelate(Task, 'agent', tasks[0]!);
        expect(await unit.related(Task, 'agent', tasks[0]!)).toEqual([]);
        expect(await unit.related(Task, 'agent', tasks[1]!)).toEqual([agentId]);
      });
    });
  });
}
