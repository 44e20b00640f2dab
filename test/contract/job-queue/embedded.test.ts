import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { JobQueue } from '#platform';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { createLocalJobQueue, localJobQueueCapabilities } from '#platform/adapters/job-queue/local';
import { eventually, gate, jobQueueContract } from './suite.ts';

async function temporary(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'kaze-queue-'));
}

const folder = await temporary();
const database = await openPgliteDatabase({ folder: join(folder, 'ledger') });
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});
let opened: Promise<JobQueue> | undefined;

jobQueueContract('PGlite', {
  capabilities: localJobQueueCapabilities,
  open: () => (opened ??= createLocalJobQueue({ database })),
});

test('closing ends the wait for a job that does not end, tells it by its signal, and runs it again after the next start', {
  timeout: 120_000,
}, async () => {
  const place = await temporary();
  const data = await openPgliteDatabase({ folder: place });
  const hold = gate();
  const first = await createLocalJobQueue({ database: data, closeTimeoutMs: 200 });
  let told = false;
  await first.work('long', async (_job, signal) => {
    signal.addEventListener('abort', () => {
      told = true;
    });
    await hold.opened;
  });
  await first.enqueue('long', { n: 1 }, { id: 'long-1' });
  await expect.poll(() => first.counts('long'), eventually).toMatchObject({ active: 1 });
  await first.close();
  expect(told).toBe(true);
  await expect(first.enqueue('long', {})).rejects.toMatchObject({ code: 'KAZE_QUEUE_UNAVAILABLE' });
  const second = await createLocalJobQueue({ database: data });
  const seen: unknown[] = [];
  await second.work('long', async (job) => void seen.push([job.id, job.data, job.attempt]));
  await expect.poll(() => seen, eventually).toEqual([['long-1', { n: 1 }, 1]]);
  hold.open();
  await second.close();
  await data.close();
  await rm(place, { recursive: true, force: true });
});

test('a second queue on the same database is refused: it would take running jobs for lost ones', async () => {
  const first = await createLocalJobQueue({ database });
  await expect(createLocalJobQueue({ database })).rejects.toMatchObject({ code: 'KAZE_QUEUE_FAILED' });
  await first.close();
});

test('loses no acknowledged job when its process is killed while it enqueues and works', {
  timeout: 180_000,
}, async () => {
  const place = await temporary();
  const acknowledged = new Set<string>();
  const ended = new Set<string>();
  let interrupted: string | undefined;
  for (let round = 0; round < 3; round += 1) {
    const script = join(import.meta.dirname, 'worker-process.ts');
    const args = ['--import', '@oxc-node/core/register', script, place, `r${round}`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    onTestFinished(() => void child.kill('SIGKILL'));
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, id = ''] = line.split(' ');
      if (what === 'kept') acknowledged.add(id);
      if (what === 'done') ended.add(id);
      if (what === 'running') interrupted = id;
      // Killed in the middle of a job.
      if (what === 'running' && acknowledged.size > 30 * (round + 1)) child.kill('SIGKILL');
    }
    await exited;
  }
  expect(interrupted).toBeDefined();
  const data = await openPgliteDatabase({ folder: place });
  const queue = await createLocalJobQueue({ database: data });
  await queue.work('jobs', async (job) => void ended.add(job.id));
  await expect.poll(() => queue.counts('jobs'), eventually).toEqual({ waiting: 0, active: 0, failed: 0 });
  expect([...acknowledged].filter((id) => !ended.has(id))).toEqual([]);
  await queue.close();
  await data.close();
  await rm(place, { recursive: true, force: true });
});
