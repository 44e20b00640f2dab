import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, inject, test } from 'vitest';
import { bullmqJobQueueCapabilities, createBullmqJobQueue } from '#platform/adapters/job-queue/bullmq';
import { redis } from '../../support/servers/index.ts';
import { eventually, jobQueueContract } from './suite.ts';

const cell = `jobs-${Date.now().toString(36)}`;

jobQueueContract('Redis', {
  capabilities: bullmqJobQueueCapabilities,
  open: () => createBullmqJobQueue({ cell, url: inject('servers').redis }),
});

test('cells on one server do not see each other', async () => {
  const url = inject('servers').redis;
  const [one, two] = await Promise.all(
    ['one', 'two'].map((name) => createBullmqJobQueue({ cell: `${cell}-${name}`, url })),
  );
  await one!.enqueue('same', 1);
  expect([(await one!.counts('same')).waiting, (await two!.counts('same')).waiting]).toEqual([1, 0]);
  await Promise.all([one!.close(), two!.close()]);
});

test('another process takes over the job of a killed one', { timeout: 90_000 }, async () => {
  const url = inject('servers').redis;
  const own = `${cell}-takeover`;
  const queue = await createBullmqJobQueue({ cell: own, url, lockMs: 2_000 });
  await queue.enqueue('long', { n: 1 }, { id: 'long-1' });
  const script = join(import.meta.dirname, 'stuck-process.ts');
  const args = ['--import', '@oxc-node/core/register', script, own, url];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout }))
    if (line === 'running long-1') child.kill('SIGKILL');
  await exited;
  const seen: unknown[] = [];
  await queue.work('long', async (job) => void seen.push([job.id, job.data]));
  await expect.poll(() => seen, { timeout: 60_000 }).toEqual([['long-1', { n: 1 }]]);
  await queue.close();
});

test('answers with a code in bounded time while the server is killed, keeps what it kept, and goes on by itself', {
  timeout: 120_000,
}, async () => {
  const server = await redis.start();
  const queue = await createBullmqJobQueue({ cell, url: server.url, requestTimeoutMs: 1_500 });
  try {
    const seen: string[] = [];
    await queue.work('jobs', async (job) => void seen.push(job.id));
    await queue.enqueue('later', null, { id: 'kept' });
    await queue.enqueue('jobs', null, { id: 'before' });
    await expect.poll(() => seen, eventually).toEqual(['before']);
    await server.kill();
    const started = Date.now();
    await expect(queue.enqueue('jobs', null, { id: 'away' })).rejects.toMatchObject({
      code: 'KAZE_QUEUE_UNAVAILABLE',
      retryable: true,
    });
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(await queue.healthy()).toBe(false);
    await server.restart();
    await expect.poll(() => queue.healthy(), { timeout: 60_000 }).toBe(true);
    await queue.enqueue('jobs', null, { id: 'after' });
    await expect.poll(() => seen, { timeout: 60_000 }).toContain('after');
    expect((await queue.counts('later')).waiting).toBe(1);
  } finally {
    await queue.close();
    await server.stop();
  }
});

test('answers with a code in bounded time when the server hangs', { timeout: 120_000 }, async () => {
  const server = await redis.start();
  const queue = await createBullmqJobQueue({ cell, url: server.url, requestTimeoutMs: 1_000 });
  try {
    server.pause();
    const started = Date.now();
    await expect(queue.enqueue('jobs', null)).rejects.toMatchObject({ code: 'KAZE_QUEUE_UNAVAILABLE' });
    expect(Date.now() - started).toBeLessThan(2_500);
    server.resume();
    await expect.poll(() => queue.healthy(), { timeout: 60_000 }).toBe(true);
  } finally {
    await queue.close();
    await server.stop();
  }
});

test('closes in bounded time while the server is away', { timeout: 120_000 }, async () => {
  const server = await redis.start();
  const options = { cell, url: server.url, requestTimeoutMs: 1_000, closeTimeoutMs: 1_000 };
  const queue = await createBullmqJobQueue(options);
  await queue.work('jobs', async () => {});
  await server.kill();
  const started = Date.now();
  await queue.close();
  expect(Date.now() - started).toBeLessThan(6_000);
  await server.stop();
});

test('a start without a server ends with a code once it has waited its time', async () => {
  const start = createBullmqJobQueue({ cell, url: 'redis://127.0.0.1:1', startTimeoutMs: 500, requestTimeoutMs: 300 });
  await expect(start).rejects.toMatchObject({ code: 'KAZE_QUEUE_UNAVAILABLE' });
});

test('says that the credentials are refused, without them', async () => {
  const url = new URL(inject('servers').redis);
  url.username = 'nobody';
  url.password = 'hunter2hunter2';
  const start = createBullmqJobQueue({ cell, url: url.href, startTimeoutMs: 2_000 });
  const error = await start.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'KAZE_QUEUE_ACCESS' });
  expect(JSON.stringify(error)).not.toContain('hunter2');
});
