import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createRedisBudgetStore } from '#gateway/adapters/budget-store/redis';
import { newId, silentLogger } from '#platform';
import { redis } from '../../support/servers/index.ts';
import { budgetStoreContract, line } from './suite.ts';

budgetStoreContract('Redis', async () => {
  const store = createRedisBudgetStore({
    url: inject('servers').redis,
    cell: `budget-${newId()}`,
    logger: silentLogger,
  });
  return {
    store,
    // Leases end by the server's clock, which nobody here can move.
    pass: (ms) => delay(ms),
    dispose: () => store.close(),
  };
});

interface Spender {
  readonly spent: number;
  readonly codes: Record<string, number>;
}

/** Undefined when it was killed. */
async function spender(...args: readonly string[]): Promise<Spender | undefined> {
  const script = join(import.meta.dirname, 'spender.ts');
  const child = spawn(process.execPath, ['--import', '@oxc-node/core/register', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  return text === '' ? undefined : JSON.parse(text);
}

test('three processes with 200 calls use .9 and more of a cap worth 20, and never exceed it, without a limit of the caller', {
  timeout: 120_000,
}, async () => {
  const url = inject('servers').redis;
  const cell = `crowd-${newId()}`;
  const cap = 20 * 100;
  const tenants = ['t1', 't2', 't3'];
  const results = await Promise.all(tenants.map((tenant) => spender(url, cell, tenant, `${cap}`, '67')));
  const spent = results.reduce((sum, result) => sum + result!.spent, 0);
  const store = createRedisBudgetStore({ url, cell, logger: silentLogger });
  const [balance] = await store.balances([{ key: 'cell:total', window: 'total' }], Date.now());
  await store.close();
  expect(balance).toMatchObject({ settled: { micros: spent }, open: { micros: 0, tokens: 0 } });
  expect(spent).toBeLessThanOrEqual(cap);
  expect(spent).toBeGreaterThanOrEqual(0.9 * cap);
  const codes = results.flatMap((result) => Object.keys(result!.codes));
  expect(new Set(codes)).toEqual(new Set(['KAZE_BUDGET_EXHAUSTED']));
});

test('what a killed process held is charged once its lease ends, and the rest can be used', {
  timeout: 120_000,
}, async () => {
  const url = inject('servers').redis;
  const cell = `killed-${newId()}`;
  expect(await spender(url, cell, 't1', '2000', '1', 'dies')).toBeUndefined();
  const store = createRedisBudgetStore({ url, cell, logger: silentLogger });
  const held = async () => (await store.balances([{ key: 'cell:total', window: 'total' }], Date.now()))[0]!;
  await expect.poll(async () => (await held()).open.micros, { timeout: 60_000 }).toBe(0);
  const charged = (await held()).settled.micros;
  expect(charged).toBe(10 + 1_024);
  const rest = await spender(url, cell, 't2', '2000', '50');
  const settled = (await held()).settled.micros;
  await store.close();
  expect(settled).toBe(charged + rest!.spent);
  expect(settled).toBeGreaterThanOrEqual(0.9 * 2_000);
  expect(settled).toBeLessThanOrEqual(2_000);
});

test('answers with a code while Redis is away, and goes on by itself with what it knew when it is back', {
  timeout: 120_000,
}, async () => {
  const server = await redis.start();
  const store = createRedisBudgetStore({
    url: server.url,
    cell: 'away',
    logger: silentLogger,
    requestTimeoutMs: 1_000,
  });
  const one = line({ maxMicros: 150 });
  const ask = {
    lines: [one],
    cost: { inputMicros: 10, inputTokens: 10, outputMicros: 1 },
    wanted: { least: 90, usual: 90, most: 90 },
    atMs: Date.now(),
    leaseMs: 60_000,
  };
  try {
    await store.seed([{ ...one, spent: { micros: 0, tokens: 0 } }]);
    expect(await store.reserve({ ...ask, id: 'kept' })).toMatchObject({ state: 'granted' });
    await server.kill();
    await expect(store.reserve({ ...ask, id: 'lost' })).rejects.toMatchObject({
      code: 'KAZE_BUDGET_UNAVAILABLE',
      retryable: true,
    });
    expect(await store.healthy()).toBe(false);
    await server.restart();
    await expect.poll(() => store.healthy(), { timeout: 60_000 }).toBe(true);
    expect(await store.reserve({ ...ask, id: 'next' })).toEqual({ state: 'busy', key: one.key });
    expect(await store.settle('kept', { micros: 20, tokens: 20 })).toMatchObject({ state: 'settled' });
    expect(await store.reserve({ ...ask, id: 'next' })).toMatchObject({ state: 'granted' });
  } finally {
    await store.close();
    await server.stop();
  }
});

test('keeps places in the line across processes: who came first goes first, who asks no more loses its place', async () => {
  const store = createRedisBudgetStore({ url: inject('servers').redis, cell: `line-${newId()}`, logger: silentLogger });
  const one = line({ maxMicros: 150 });
  let atMs = Date.now();
  const ask = (id: string, place?: string) => {
    atMs += 1;
    const cost = { inputMicros: 10, inputTokens: 10, outputMicros: 1 };
    const wanted = { least: 90, usual: 90, most: 90 };
    return store.reserve({ id, place, lines: [one], cost, wanted, atMs, leaseMs: 60_000 });
  };
  await store.seed([{ ...one, spent: { micros: 0, tokens: 0 } }]);
  expect(await ask('running')).toMatchObject({ state: 'granted' });
  expect(await ask('first', 'first')).toMatchObject({ state: 'busy' });
  await delay(5);
  expect(await ask('second', 'second')).toMatchObject({ state: 'busy' });
  await store.settle('running', { micros: 0, tokens: 0 });
  expect(await ask('newcomer')).toMatchObject({ state: 'busy' });
  expect(await ask('second', 'second')).toMatchObject({ state: 'busy' });
  expect(await ask('first', 'first')).toMatchObject({ state: 'granted' });
  await store.settle('first', { micros: 0, tokens: 0 });
  expect(await ask('newcomer')).toMatchObject({ state: 'busy' });
  await store.leave('second', [one.key]);
  expect(await ask('newcomer')).toMatchObject({ state: 'granted' });
  await store.close();
});
