import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeVirtualKey, type VirtualKeys } from '#gateway';

export interface KeysPlace {
  /** A door of its own to the same keys, as another process would have. */
  open(): Promise<VirtualKeys>;
  dispose(): Promise<void>;
}

/** What every store of virtual keys does. */
export function virtualKeysContract(engine: string, newPlace: () => Promise<KeysPlace>): void {
  describe(`virtual keys on ${engine}`, () => {
    let place: KeysPlace;
    let keys: VirtualKeys;
    beforeAll(async () => {
      place = await newPlace();
      keys = await place.open();
    });
    afterAll(() => place.dispose());
    const now = Date.UTC(2026, 10, 22);

    it('finds a key by its hash as it was added, and no other', async () => {
      const wanted = { name: 'Ünïted "x"', tenant: 'acme', models: ['openai/gpt-5', 'offline/*'], expiresAt: now + 1 };
      const { key, hash } = makeVirtualKey(wanted, now);
      await keys.add(key, hash);
      expect(await keys.byHash(hash)).toEqual(key);
      expect(await keys.byHash('0'.repeat(64))).toBeUndefined();
    });

    it('refuses a second key of the same hash', async () => {
      const { key, hash } = makeVirtualKey({ name: 'a', tenant: 'acme', agent: 'seo' }, now);
      await keys.add(key, hash);
      await expect(keys.add({ ...key, id: 'other' }, hash)).rejects.toMatchObject({
        code: 'KAZE_GATEWAY_KEYS_UNAVAILABLE',
      });
    });

    it('lists the newest first, of one tenant or of all', async () => {
      const made = ['one', 'two'].map((name) => makeVirtualKey({ name, tenant: 'globex' }, now));
      for (const { key, hash } of made) await keys.add(key, hash);
      const names = async (filter?: { tenant: string }) => (await keys.list(filter)).map(({ name }) => name);
      expect(await names({ tenant: 'globex' })).toEqual(['two', 'one']);
      expect((await names()).length).toBeGreaterThan(2);
      expect(await names({ tenant: 'nobody' })).toEqual([]);
    });

    it('revokes once, for every door, and keeps the first moment', async () => {
      const { key, hash } = makeVirtualKey({ name: 'gone', tenant: 'acme' }, now);
      await keys.add(key, hash);
      expect(await keys.revoke(key.id, now + 5)).toEqual({ ...key, revokedAt: now + 5 });
      expect(await keys.revoke(key.id, now + 9)).toMatchObject({ revokedAt: now + 5 });
      const other = await place.open();
      expect(await other.byHash(hash)).toMatchObject({ revokedAt: now + 5 });
      expect(await keys.revoke('nobody', now)).toBeUndefined();
    });
  });
}
