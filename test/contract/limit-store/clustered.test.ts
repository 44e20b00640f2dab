import { setTimeout as delay } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { createRedisLimitStore } from '#gateway/adapters/limit-store/redis';
import { newId, silentLogger } from '#platform';
import { limitStoreContract } from './suite.ts';

const open = (cell: string, url = inject('servers').redis) =>
  createRedisLimitStore({ url, cell, logger: silentLogger, requestTimeoutMs: 500 });

limitStoreContract('Redis', async () => {
  const store = open(`limit-${newId()}`);
  return { store, pass: (ms) => delay(ms), dispose: () => store.close() };
});

test('limits kept in Redis hold for all processes of a cell together, and free slots whose process died', async () => {
  const cell = `limit-${newId()}`;
  const [one, two] = [open(cell), open(cell)];
  const ask = { rates: [], slots: [{ key: 's', max: 1 }], leaseMs: 100 };
  expect(await one.take({ id: 'a', ...ask })).toEqual({ state: 'taken' });
  expect(await two.take({ id: 'b', ...ask })).toMatchObject({ state: 'refused' });
  await expect.poll(() => two.take({ id: 'b', ...ask })).toEqual({ state: 'taken' });
  await Promise.all([one.close(), two.close()]);
});

test('limits kept in Redis refuse with a code of ours while it is away', async () => {
  const store = open('away', 'redis://127.0.0.1:1');
  await expect(store.take({ id: 'a', rates: [], slots: [], leaseMs: 1 })).rejects.toMatchObject({
    code: 'KAZE_GATEWAY_LIMITS_UNAVAILABLE',
  });
  await store.close();
});
