import { describe, expect, it } from 'vitest';
import { Knowledge, Outbox, Outcome, Revision, systemPrincipal, Task, TaskStep } from '#graph-schema';
import { newId } from '#platform';
import { fact, ingestion, operator, outcome, runtime, type StoreOf, scope, task, why, work } from './fixture.ts';

/** What a unit of work hands over late, and what it knows without asking. */
export function packingContract(store: StoreOf): void {
  describe('a unit that changes things again', () => {
    it('sees what it made and changed, in every way of reading', async () => {
      const { tasks } = await work(store());
      const id = tasks[0]!;
      await store().transact(runtime, why, async (unit) => {
        const made = unit.create(Task, { ...task, progress: 'new', scope });
        expect(await unit.get(Task, made)).toMatchObject({ progress: 'new', version: 1, leaseOwner: null });
        await unit.update(Task, made, { progress: null, steps: 2 });
        await unit.update(Task, id, { steps: 7 });
        await unit.update(Task, id, (now) => ({ steps: now.steps + 1, progress: 'on' }));
        unit.relate(Task, 'outcomes', made, unit.create(Outcome, { ...outcome, scope }));
        const seen = await unit.list(Task, { where: { id: { in: [made, id] } } });
        expect(seen.find((one) => one.id === made)).toMatchObject({ progress: null, steps: 2, version: 2 });
        expect(seen.find((one) => one.id === id)).toMatchObject({ progress: 'on', steps: 8, version: 3 });
        await unit.update(Task, made, { steps: 3 });
        expect(await unit.get(Task, made)).toMatchObject({ steps: 3, version: 3 });
        expect(await unit.related(Task, 'outcomes', made)).toHaveLength(1);
      });
      expect(await store().get(operator, Task, id)).toMatchObject({ progress: 'on', steps: 8, version: 3 });
    });

    it('counts each change in its history and tells of a node once', async () => {
      const id = newId();
      await store().transact(ingestion, why, async (unit) => {
        unit.create(Knowledge, { ...fact, id, scope });
        await unit.update(Knowledge, id, { title: 'Hours' });
      });
      await store().transact(ingestion, why, async (unit) => {
        await unit.update(Knowledge, id, { title: 'Open' });
        await unit.update(Knowledge, id, { title: 'Opening hours' });
      });
      const subject = { subject: { eq: id } };
      const told = await store().list(systemPrincipal('feeder'), Outbox, {
        where: { ...subject, kind: { eq: 'index' } },
      });
      expect(told.map(({ change }) => change).sort()).toEqual(['created', 'updated']);
      const history = await store().list(ingestion, Revision, { where: subject });
      const numbered = history.sort((a, b) => a.number - b.number).map(({ number, after }) => [number, after]);
      const titled = (title: string) => JSON.stringify({ title });
      expect(numbered).toEqual([
        [1, null],
        [2, titled('Hours')],
        [3, titled('Open')],
        [4, titled('Opening hours')],
      ]);
      expect(await store().get(ingestion, Knowledge, id)).toMatchObject({ title: 'Opening hours', version: 4 });
    });

    it('replaces a node: what was removed can be made again with the same id', async () => {
      const [id] = (await work(store())).tasks;
      await store().transact(runtime, why, async (unit) => {
        await unit.remove(Task, id!);
        expect(await unit.get(Task, id!)).toBeUndefined();
        unit.create(Task, { ...task, id, progress: 'again', scope });
      });
      expect(await store().get(operator, Task, id!)).toMatchObject({ progress: 'again', version: 1 });
      await store().transact(runtime, why, async (unit) => {
        await unit.update(Task, id!, { progress: 'changed' });
        unit.create(Task, { ...task, id: `${id}x`, scope });
        expect(await unit.remove(Task, id!)).toBe(true);
        expect(await unit.remove(Task, `${id}x`)).toBe(true);
        expect(await unit.update(Task, id!, { steps: 1 })).toBeUndefined();
      });
      expect(await store().count(runtime, Task, { id: { in: [id!, `${id}x`] } })).toBe(0);
    });

    it('changes a node as it was last seen, without asking for it', async () => {
      const [id] = (await work(store())).tasks;
      const seen = (await store().get(runtime, Task, id!))!;
      const left = await store().transact(runtime, why, async (unit) => {
        unit.lockAs(Task, seen);
        expect(await unit.get(Task, id!)).toEqual(seen);
        return unit.update(Task, id!, (now) => ({ steps: now.steps + 1, progress: 'on' }));
      });
      expect(left).toMatchObject({ steps: seen.steps + 1, progress: 'on', version: seen.version + 1 });
      expect(await store().get(runtime, Task, id!)).toEqual(left);
    });

    it('begins again where a node is no longer as it was last seen, and loses no change of eight', async () => {
      const [id] = (await work(store())).tasks;
      const seen = (await store().get(runtime, Task, id!))!;
      let tries = 0;
      const add = () => {
        let said = false;
        return store().transact(runtime, why, async (unit) => {
          tries += 1;
          if (!said) unit.lockAs(Task, seen);
          said = true;
          await unit.update(Task, id!, (now) => ({ steps: now.steps + 1 }));
        });
      };
      await add();
      await add();
      expect(tries).toBe(3);
      await Promise.all(Array.from({ length: 6 }, add));
      expect(await store().get(runtime, Task, id!)).toMatchObject({ steps: seen.steps + 8 });
    });

    it('keeps nothing of a unit whose node has gone or is out of reach', async () => {
      const { tasks } = await work(store());
      const gone = (await store().get(runtime, Task, tasks[0]!))!;
      const other = (await store().get(runtime, Task, tasks[1]!))!;
      await store().transact(runtime, why, (unit) => unit.remove(Task, gone.id));
      let said = false;
      const result = store().transact(runtime, why, async (unit) => {
        await unit.update(Task, other.id, { progress: 'not kept' });
        if (!said) unit.lockAs(Task, gone);
        said = true;
        if (!(await unit.update(Task, gone.id, { progress: 'on' }))) throw new Error('gone');
      });
      await expect(result).rejects.toThrow('gone');
      expect(await store().get(runtime, Task, other.id)).toMatchObject({ progress: other.progress });
    });

    it('discards what is there and does not mind what is not', async () => {
      const [id] = (await work(store())).tasks;
      const steps = [newId(), newId()];
      const step = { task: id!, scope, name: 'look-up', result: '{}' };
      await store().transact(runtime, why, async (unit) => {
        for (const one of steps) unit.create(TaskStep, { ...step, id: one });
      });
      await store().transact(runtime, why, (unit) => unit.discard(TaskStep, [...steps, newId()]));
      expect(await store().count(runtime, TaskStep, { task: { eq: id! } })).toBe(0);
    });

    it('writes more than one journey holds, in order', async () => {
      const ids = Array.from({ length: 450 }, () => newId());
      await store().transact(runtime, why, async (unit) => {
        for (const id of ids) unit.create(Task, { ...task, id, scope });
        const made = unit.create(Outcome, { ...outcome, scope });
        for (const id of ids) unit.relate(Task, 'outcomes', id, made);
        expect(await unit.list(Task, { where: { id: { in: ids } }, limit: 1_000 })).toHaveLength(ids.length);
        await unit.updateAll(Task, ids, { progress: 'packed' });
      });
      expect(await store().count(runtime, Task, { id: { in: ids }, progress: { eq: 'packed' } })).toBe(ids.length);
    });

    it('names the statement of the unit that failed', async () => {
      const { agentId, tasks } = await work(store());
      const missing = store().transact(runtime, why, async (unit) => {
        await unit.update(Task, tasks[0]!, { progress: 'half' });
        unit.relate(Task, 'agent', tasks[0]!, newId());
        unit.relate(Task, 'agent', tasks[1]!, agentId);
      });
      await expect(missing).rejects.toMatchObject({ code: 'KAZE_GRAPH_NOT_FOUND', fields: { type: 'ASSIGNED_TO' } });
      const twice = store().transact(runtime, why, async (unit) => {
        await unit.update(Task, tasks[0]!, { progress: 'half' });
        unit.create(Task, { ...task, id: tasks[1]!, scope });
      });
      await expect(twice).rejects.toMatchObject({ code: 'KAZE_GRAPH_DUPLICATE', fields: { statement: 'create Task' } });
      expect((await store().get(operator, Task, tasks[0]!))?.progress).toBeNull();
    });
  });
}
