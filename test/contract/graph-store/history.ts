import { describe, expect, it } from 'vitest';
import { Entity, Knowledge, Outbox, Revision, systemPrincipal } from '#graph-schema';
import { newId } from '#platform';
import { fact, ingestion, operator, type StoreOf, scope, why } from './fixture.ts';

/** Revisions, earlier moments, erasure, and what the outbox tells. */
export function historyContract(store: StoreOf): void {
  describe('time', () => {
    it('keeps a revision of each change and gives the values of an earlier moment', async () => {
      const id = await store().transact(ingestion, why, async (unit) =>
        unit.create(Knowledge, { ...fact, scope, text: 'one' }),
      );
      const moments = [Date.now()];
      for (const text of ['two', 'three']) {
        await new Promise((resolve) => setTimeout(resolve, 3));
        await store().transact(ingestion, { why: `now ${text}` }, (unit) => unit.update(Knowledge, id, { text }));
        moments.push(Date.now());
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      const revisions = await store().list(operator, Revision, {
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
          await store().read(operator, {
            roots: [{ key: 'k', node: 'Knowledge', asOf, find: { by: 'id', id }, select }],
          })
        ).k;
      };
      expect(await Promise.all(moments.map(at))).toEqual([{ text: 'one' }, { text: 'two' }, { text: 'three' }]);
      expect(await at(999)).toBeNull();
      await store().transact(ingestion, why, (unit) => unit.update(Knowledge, id, { retiredAt: Date.now() }));
      expect(await at(moments[2]!)).toEqual({ text: 'three' });
      expect(await at(Date.now() + 1_000)).toBeNull();
    });

    it('erases a node and what its revisions said', async () => {
      const id = await store().transact(ingestion, why, async (unit) =>
        unit.create(Knowledge, { ...fact, scope, text: 'secret' }),
      );
      await store().transact(ingestion, why, (unit) => unit.update(Knowledge, id, { text: 'more secret' }));
      await store().transact(ingestion, why, (unit) => unit.erase(Knowledge, id));
      const left = await store().list(operator, Revision, { where: { subject: { eq: id } } });
      expect(left).toHaveLength(3);
      expect(JSON.stringify(left)).not.toContain('secret');
      expect(left.every(({ erased }) => erased)).toBe(true);
      expect(await store().get(operator, Knowledge, id)).toBeUndefined();
    });
  });

  describe('the outbox', () => {
    it('holds one entry for each change that others must hear of, ids only', async () => {
      const feeder = systemPrincipal('feeder');
      const id = await store().transact(ingestion, why, async (unit) =>
        unit.create(Knowledge, { ...fact, scope, text: 'words' }),
      );
      await store().transact(ingestion, why, (unit) => unit.update(Knowledge, id, { confidence: 0.5 }));
      await store().transact(ingestion, why, (unit) => unit.update(Knowledge, id, { text: 'other words' }));
      const entries = await store().list(feeder, Outbox, {
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
          store().transact(ingestion, why, async (unit) => {
            unit.create(Entity, { scope, name: marker, kind: 'term', aliases: [] });
          }),
        ),
      );
      const ids = (await store().list(operator, Entity, { where: { name: { eq: marker } } })).map(({ id }) => id);
      const entries = await store().list(systemPrincipal('feeder'), Outbox, { where: { subject: { in: ids } } });
      expect(new Set(entries.map(({ subject }) => subject)).size).toBe(40);
    });
  });
}
