import { expect, inject, test } from 'vitest';
import { createNatsEventBus, natsEventBusCapabilities } from '#platform/adapters/event-bus/nats';
import { nats } from '../../support/servers/index.ts';
import { event, eventBusContract, eventually } from './suite.ts';

const cell = `bus-${Date.now().toString(36)}`;

eventBusContract('NATS', {
  capabilities: natsEventBusCapabilities,
  open: (options) => createNatsEventBus({ cell, servers: inject('servers').nats, ...options }),
});

test('cells on one server do not see each other', async () => {
  const servers = inject('servers').nats;
  const [one, two] = await Promise.all(
    ['one', 'two'].map((name) => createNatsEventBus({ cell: `${cell}-${name}`, servers })),
  );
  const seen: string[] = [];
  await two!.subscribe('>', (e) => void seen.push(e.id));
  await two!.subscribe('>', (e) => void seen.push(e.id), { durable: 'all' });
  await one!.publish(event('task.changed.v1'));
  const own = event('task.changed.v1');
  await two!.publish(own);
  await expect.poll(() => seen, eventually).toEqual([own.id, own.id]);
  await Promise.all([one!.close(), two!.close()]);
});

test('answers with a code in bounded time while the server is killed, loses nothing kept, and recovers by itself', {
  timeout: 120_000,
}, async () => {
  const server = await nats.start();
  const bus = await createNatsEventBus({ cell, servers: server.url, requestTimeoutMs: 1_500 });
  try {
    const durable: string[] = [];
    const anonymous: string[] = [];
    await (await bus.subscribe('kept.>', () => {}, { durable: 'kept' })).stop();
    await bus.subscribe('task.>', (e) => void durable.push(e.id), { durable: 'workers' });
    await bus.subscribe('task.>', (e) => void anonymous.push(e.id));
    const kept = event('kept.changed.v1');
    await bus.publish(kept);
    await server.kill();
    const started = Date.now();
    const missed = event('task.changed.v1');
    await expect(bus.publish(missed)).rejects.toMatchObject({ code: 'KAZE_BUS_UNAVAILABLE', retryable: true });
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(await bus.healthy()).toBe(false);
    await server.restart();
    await expect.poll(() => bus.healthy(), { timeout: 60_000 }).toBe(true);
    // Tried again by its publisher, as from the outbox: the durable subscriber sees it once.
    await bus.publish(missed);
    const after = event('task.changed.v1');
    await bus.publish(after);
    await expect.poll(() => durable, { timeout: 60_000 }).toEqual([missed.id, after.id]);
    await expect.poll(() => anonymous, eventually).toContain(after.id);
    const found: string[] = [];
    await bus.subscribe('kept.>', (e) => void found.push(e.id), { durable: 'kept' });
    await expect.poll(() => found, { timeout: 60_000 }).toEqual([kept.id]);
  } finally {
    await bus.close();
    await server.stop();
  }
});

test('answers with a code in bounded time when the server hangs', { timeout: 120_000 }, async () => {
  const server = await nats.start();
  const bus = await createNatsEventBus({ cell, servers: server.url, requestTimeoutMs: 1_000 });
  try {
    server.pause();
    const started = Date.now();
    await expect(bus.publish(event('task.changed.v1'))).rejects.toMatchObject({ code: 'KAZE_BUS_UNAVAILABLE' });
    expect(Date.now() - started).toBeLessThan(2_500);
    server.resume();
    await expect.poll(() => bus.healthy(), { timeout: 60_000 }).toBe(true);
  } finally {
    await bus.close();
    await server.stop();
  }
});

test('a start without a server ends with a code once it has waited its time', async () => {
  const start = createNatsEventBus({ cell, servers: 'nats://127.0.0.1:1', startTimeoutMs: 500, requestTimeoutMs: 300 });
  await expect(start).rejects.toMatchObject({ code: 'KAZE_BUS_UNAVAILABLE' });
});
