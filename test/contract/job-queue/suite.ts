import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job, JobQueue } from '#platform';
import type { JobQueueCapabilities } from '../../../platform/adapters/job-queue/capabilities.ts';

export interface JobQueueHarness {
  readonly capabilities: JobQueueCapabilities;
  /** A handle on the same queues: another one where several processes may share them, else the one open already. */
  open(): Promise<JobQueue>;
}

/** Waits until the condition holds; long enough for a loaded machine. */
export const eventually = { timeout: 60_000, interval: 20 };

/** Something that a test opens when it wants handlers to go on. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

export function jobQueueContract(name: string, harness: JobQueueHarness): void {
  describe(`job queue on ${name}`, () => {
    let jobs: JobQueue;
    let part = 0;
    const own = () => {
      part += 1;
      return `q${part}-${Date.now().toString(36)}`;
    };

    beforeAll(async () => {
      jobs = await harness.open();
    });
    afterAll(() => jobs.close());

    test('hands a job with its data to a worker, once, and forgets it when done', async () => {
      const queue = own();
      const seen: Job[] = [];
      const worker = await jobs.work(queue, async (job) => void seen.push(job));
      const data = { text: 'ünï "quoted" 🌀', big: 2 ** 53 - 1, list: [1, null, { a: false }] };
      const id = await jobs.enqueue(queue, data);
      await expect.poll(() => seen, eventually).toEqual([{ id, queue, data, attempt: 1 }]);
      await expect.poll(() => jobs.counts(queue), eventually).toEqual({ waiting: 0, active: 0, failed: 0 });
      await worker.stop();
    });

    test('keeps jobs that nobody works on yet, and runs them in the order they came', async () => {
      const queue = own();
      for (let i = 0; i < 20; i += 1) await jobs.enqueue(queue, i);
      expect(await jobs.counts(queue)).toEqual({ waiting: 20, active: 0, failed: 0 });
      const seen: number[] = [];
      const worker = await jobs.work<number>(queue, async (job) => void seen.push(job.data));
      await expect.poll(() => seen.length, eventually).toBe(20);
      expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
      await worker.stop();
    });

    test.each(['42', 'with:colon', 'a b/c%41', "quote' or 1=1 --", 'ünï🌀'])(
      'drops a second job with the id %s while the first waits or runs, takes it when done',
      async (id) => {
        const queue = own();
        expect(await jobs.enqueue(queue, 1, { id })).toBe(id);
        await jobs.enqueue(queue, 2, { id });
        expect((await jobs.counts(queue)).waiting).toBe(1);
        const hold = gate();
        const seen: Array<[string, number]> = [];
        const worker = await jobs.work<number>(queue, async (job) => {
          seen.push([job.id, job.data]);
          await hold.opened;
        });
        await expect.poll(() => seen, eventually).toEqual([[id, 1]]);
        await jobs.enqueue(queue, 3, { id });
        hold.open();
        await expect.poll(() => jobs.counts(queue), eventually).toEqual({ waiting: 0, active: 0, failed: 0 });
        await jobs.enqueue(queue, 4, { id });
        await expect
          .poll(() => seen, eventually)
          .toEqual([
            [id, 1],
            [id, 4],
          ]);
        await worker.stop();
      },
    );

    test('the same id in two queues is two jobs', async () => {
      const [a, b] = [own(), own()];
      await jobs.enqueue(a, 1, { id: 'same' });
      await jobs.enqueue(b, 1, { id: 'same' });
      expect([(await jobs.counts(a)).waiting, (await jobs.counts(b)).waiting]).toEqual([1, 1]);
    });

    test('tries a failing job again with growing pauses, counts its tries, and keeps it as failed after the last', async () => {
      const queue = own();
      const tries: Array<{ attempt: number; at: number }> = [];
      const worker = await jobs.work(queue, async (job) => {
        tries.push({ attempt: job.attempt, at: Date.now() });
        throw new Error(`no ${job.attempt}`);
      });
      await jobs.enqueue(queue, null, { id: 'bad', attempts: 3 });
      await expect.poll(() => jobs.counts(queue), eventually).toEqual({ waiting: 0, active: 0, failed: 1 });
      expect(tries.map((t) => t.attempt)).toEqual([1, 2, 3]);
      expect(tries[1]!.at - tries[0]!.at).toBeGreaterThanOrEqual(220);
      expect(tries[2]!.at - tries[1]!.at).toBeGreaterThanOrEqual(440);
      await jobs.enqueue(queue, null, { id: 'bad' });
      expect(await jobs.counts(queue)).toEqual({ waiting: 0, active: 0, failed: 1 });
      await worker.stop();
    });

    test('a job that fails once is done on its second try, and does not hold up the others', async () => {
      const queue = own();
      const done: string[] = [];
      const worker = await jobs.work(queue, async (job) => {
        if (job.id === 'shaky' && job.attempt === 1) throw new Error('not yet');
        done.push(job.id);
      });
      await jobs.enqueue(queue, null, { id: 'shaky' });
      await jobs.enqueue(queue, null, { id: 'steady' });
      await expect.poll(() => done, eventually).toEqual(['steady', 'shaky']);
      await worker.stop();
    });

    test('runs a delayed job not before its time', async () => {
      const queue = own();
      let ranAt = 0;
      const worker = await jobs.work(queue, async () => {
        ranAt = Date.now();
      });
      const from = Date.now();
      await jobs.enqueue(queue, null, { delayMs: 600 });
      expect((await jobs.counts(queue)).waiting).toBe(1);
      await expect.poll(() => ranAt, eventually).toBeGreaterThan(0);
      expect(ranAt - from).toBeGreaterThanOrEqual(590);
      await worker.stop();
    });

    test('runs as many at a time as asked, not more', async () => {
      const queue = own();
      const hold = gate();
      let now = 0;
      let most = 0;
      const handler = async () => {
        now += 1;
        most = Math.max(most, now);
        await hold.opened;
        now -= 1;
      };
      const worker = await jobs.work(queue, handler, { concurrency: 3 });
      for (let i = 0; i < 8; i += 1) await jobs.enqueue(queue, i);
      await expect.poll(() => now, eventually).toBe(3);
      expect(await jobs.counts(queue)).toEqual({ waiting: 5, active: 3, failed: 0 });
      hold.open();
      await expect.poll(() => jobs.counts(queue), eventually).toEqual({ waiting: 0, active: 0, failed: 0 });
      expect(most).toBe(3);
      await worker.stop();
    });

    test('stopping a worker waits for its running job and leaves the others', async () => {
      const queue = own();
      const hold = gate();
      const begun: number[] = [];
      let ended = 0;
      const worker = await jobs.work<number>(queue, async (job) => {
        begun.push(job.data);
        await hold.opened;
        ended += 1;
      });
      await jobs.enqueue(queue, 1);
      await jobs.enqueue(queue, 2);
      await expect.poll(() => begun, eventually).toEqual([1]);
      let stopped = false;
      const stopping = worker.stop().then(() => {
        stopped = true;
      });
      expect(stopped).toBe(false);
      hold.open();
      await stopping;
      expect([begun, ended]).toEqual([[1], 1]);
      expect(await jobs.counts(queue)).toEqual({ waiting: 1, active: 0, failed: 0 });
    });

    test('several workers share the jobs, each job goes to one of them', async () => {
      const queue = own();
      const other = await harness.open();
      const seen: string[] = [];
      const handler = async (job: Job) => void seen.push(job.id);
      const workers = await Promise.all([jobs.work(queue, handler), other.work(queue, handler, { concurrency: 4 })]);
      const ids = await Promise.all(Array.from({ length: 100 }, (_, i) => jobs.enqueue(queue, i)));
      await expect.poll(() => jobs.counts(queue), eventually).toEqual({ waiting: 0, active: 0, failed: 0 });
      expect([...seen].sort()).toEqual([...ids].sort());
      await Promise.all(workers.map((worker) => worker.stop()));
      if (other !== jobs) await other.close();
    });

    test('runs a schedule at its interval, not doubled by a second process, until it is taken away', async () => {
      const queue = own();
      const other = await harness.open();
      const runs: number[] = [];
      const handler = async (job: Job) => {
        expect(job.data).toEqual({ what: 'sweep' });
        runs.push(Date.now());
      };
      const options = { everyMs: 1_000, data: { what: 'sweep' } };
      const workers = await Promise.all([jobs.work(queue, handler), other.work(queue, handler)]);
      await Promise.all([jobs.schedule(queue, queue, options), other.schedule(queue, queue, options)]);
      await expect.poll(() => runs.length, eventually).toBeGreaterThanOrEqual(4);
      await jobs.schedule(queue, queue, options);
      const span = runs[3]! - runs[0]!;
      // Four runs lie three intervals apart; the first may come at any point of its interval.
      expect(span).toBeGreaterThanOrEqual(1_900);
      await jobs.unschedule(queue);
      await jobs.unschedule('never there');
      await expect.poll(() => jobs.counts(queue), eventually).toEqual({ waiting: 0, active: 0, failed: 0 });
      const atEnd = runs.length;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(runs.length).toBe(atEnd);
      await Promise.all(workers.map((worker) => worker.stop()));
      if (other !== jobs) await other.close();
    });

    test('a schedule moved to another queue runs there and no longer in the first', async () => {
      const [from, to] = [own(), own()];
      await jobs.schedule(from, from, { everyMs: 3_600_000 });
      await jobs.schedule(from, to, { everyMs: 1_000 });
      let moved = 0;
      const worker = await jobs.work(to, async () => {
        moved += 1;
      });
      await expect.poll(() => moved, eventually).toBeGreaterThanOrEqual(2);
      await jobs.unschedule(from);
      await worker.stop();
    });

    test.each([
      ['a queue name with a colon', 'a:b', {}],
      ['no tries', 'ok', { attempts: 0 }],
      ['a negative delay', 'ok', { delayMs: -1 }],
      ['half a millisecond', 'ok', { delayMs: 0.5 }],
      ['an empty id', 'ok', { id: '' }],
      ['an id that is no text', 'ok', { id: '\ud800' }],
    ])('refuses %s', async (_what, queue, options) => {
      await expect(jobs.enqueue(queue, null, options)).rejects.toMatchObject({ code: 'KAZE_QUEUE_INPUT' });
    });

    test('refuses a schedule of less than a second, data beyond the limit and no room for work', async () => {
      const wrong = { code: 'KAZE_QUEUE_INPUT' };
      await expect(jobs.schedule('s', 'q', { everyMs: 999 })).rejects.toMatchObject(wrong);
      await expect(jobs.enqueue('q', 'x'.repeat(1_100_000))).rejects.toMatchObject(wrong);
      await expect(jobs.work('q', async () => {}, { concurrency: 0 })).rejects.toMatchObject(wrong);
    });
  });
}
