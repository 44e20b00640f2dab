import { describe, expect, it } from 'vitest';
import { decideApproval } from '#governance';
import { Outcome, systemPrincipal, Task, TaskStep } from '#graph-schema';
import type { TestCell } from '../../support/agents/cell.ts';
import { codeOf, gate, settled } from './expectations.ts';

const TASKS = 50;

export function workerContract(cell: () => TestCell): void {
  describe('workers', () => {
    it('do each of 50 tasks once when two processes’ worth of them compete', { timeout: 120_000 }, async () => {
      const client = await cell().client();
      const ran = new Map<string, number>();
      let atOnce = 0;
      let most = 0;
      client.behave(async ({ task, step }) => {
        ran.set(task.id, (ran.get(task.id) ?? 0) + 1);
        atOnce += 1;
        most = Math.max(most, atOnce);
        await step('one', async () => 1);
        atOnce -= 1;
        return {};
      });
      const agents = ['careful', 'sampled', 'free'];
      const submissions = Array.from({ length: TASKS }, (_, at) => client.submit({ agent: agents[at % 3] }));
      const ids = await Promise.all(submissions);
      const runtimes = await Promise.all([cell().worker(), cell().worker()]);
      const where = { scope: { eq: client.scope }, state: { in: ['delivered', 'awaiting_approval'] } };
      await expect
        .poll(() => cell().store.count(client.person, Task, where), { timeout: 90_000, interval: 100 })
        .toBe(TASKS);
      await Promise.all(runtimes.map((runtime) => runtime.stop()));
      expect(ids.map((id) => ran.get(id))).toEqual(Array.from({ length: TASKS }, () => 1));
      expect(await cell().store.count(client.person, Outcome, { scope: { eq: client.scope } })).toBe(TASKS);
      // Three agents, one task at a time each, in whatever process.
      expect(most).toBeLessThanOrEqual(3);
    });

    it('take over what an ended worker left, without doing finished steps again', async () => {
      const client = await cell().client();
      const done: string[] = [];
      const stuck = gate();
      let runs = 0;
      client.behave(async ({ step }) => {
        runs += 1;
        const run = runs;
        await step('first', async () => {
          done.push(`first of run ${run}`);
          return 7;
        });
        if (run === 1) await stuck.passed;
        const again = await step('second', async () => {
          done.push(`second of run ${run}`);
          return 8;
        });
        return { outputs: { result: again } };
      });
      // It never renews in time: its clock for that is far longer than its lease.
      const frozen = await cell().worker({ leaseMs: 400 });
      const id = await client.submit();
      const recorded = () => cell().raw.count(systemPrincipal('runtime'), TaskStep, { task: { eq: id } });
      await expect.poll(recorded, { interval: 10 }).toBe(1);
      // What a kill -9 leaves: a lease that nobody renews.
      const runtimePrincipal = systemPrincipal('runtime');
      await cell().store.transact(runtimePrincipal, { why: 'test' }, (unit) =>
        unit.update(Task, id, { leaseOwner: 'a-dead-worker', leaseUntil: 1 }),
      );
      const successor = await cell().worker();
      const task = await settled(client, id);
      // It goes on: a vanished worker uses up none of its attempts.
      expect(task).toMatchObject({ state: 'awaiting_approval', attempt: 1 });
      expect(done).toEqual(['first of run 1', 'second of run 2']);
      // The old worker wakes up: nothing that it still wants to write is taken.
      stuck.open();
      await frozen.stop();
      await successor.stop();
      expect(await client.task(id)).toEqual(task);
      expect(await cell().store.count(client.person, Outcome, { scope: { eq: client.scope } })).toBe(1);
    });

    it('tell a handler whose lease was lost to stop, and refuse its steps', async () => {
      const client = await cell().client();
      const running = gate();
      const seen = gate<string>();
      client.behave(async ({ signal, step }) => {
        running.open();
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        seen.open(await codeOf(step('late', async () => 1)));
        throw signal.reason;
      });
      const runtime = await cell().worker({ leaseMs: 300 });
      const id = await client.submit({ maxAttempts: 1 });
      await running.passed;
      await cell().store.transact(systemPrincipal('runtime'), { why: 'test' }, (unit) =>
        unit.update(Task, id, { leaseOwner: 'another', leaseUntil: Date.now() + 600_000 }),
      );
      expect(await seen.passed).toBe('KAZE_TASK_LEASE_LOST');
      await runtime.stop();
      expect(await client.task(id)).toMatchObject({ state: 'running', leaseOwner: 'another' });
      expect(await cell().raw.count(systemPrincipal('runtime'), TaskStep, { task: { eq: id } })).toBe(0);
      await cell().store.transact(systemPrincipal('runtime'), { why: 'test' }, (unit) =>
        unit.update(Task, id, { state: 'cancelled', leaseOwner: null, leaseUntil: null }),
      );
    });

    it('give a task back when they shut down, as if the attempt had not begun', async () => {
      const client = await cell().client();
      const running = gate();
      client.behave(async ({ signal, step }) => {
        await step('kept', async () => 1);
        running.open();
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        throw signal.reason;
      });
      const runtime = await cell().worker({ drainMs: 50 });
      const id = await client.submit();
      await running.passed;
      await runtime.stop();
      expect(await client.task(id)).toMatchObject({ state: 'queued', attempt: 0, leaseOwner: null });
      client.behave(async ({ step }) => ({ outputs: { result: await step('kept', async () => 2) } }));
      const next = await cell().worker();
      expect(await settled(client, id)).toMatchObject({ state: 'awaiting_approval', attempt: 1 });
      const [outcome] = await cell().store.list(client.person, Outcome, { where: { scope: { eq: client.scope } } });
      expect(outcome!.output).toBe('{"result":1}');
      await next.stop();
    });

    it('finish what runs when a shutdown leaves them the time', async () => {
      const client = await cell().client();
      const running = gate();
      const finish = gate();
      client.behave(async () => {
        running.open();
        await finish.passed;
        return {};
      });
      const runtime = await cell().worker();
      const id = await client.submit();
      await running.passed;
      const stopped = runtime.stop();
      finish.open();
      await stopped;
      expect((await client.task(id)).state).toBe('awaiting_approval');
    });

    it('take over at once what a process before them left, where no other process works', async () => {
      const client = await cell().client();
      const id = await client.submit();
      await cell().store.transact(systemPrincipal('runtime'), { why: 'test' }, (unit) =>
        unit.update(Task, id, { state: 'running', attempt: 1, leaseOwner: 'dead', leaseUntil: Date.now() + 600_000 }),
      );
      const runtime = await cell().worker({ soleProcess: true });
      expect(await settled(client, id)).toMatchObject({ state: 'awaiting_approval', attempt: 1 });
      await runtime.stop();
    });

    it('leave a task alone until what it depends on is delivered', async () => {
      const client = await cell().client();
      const [first, second] = [await client.submit({ agent: 'careful' }), await client.submit({ agent: 'free' })];
      await cell().store.transact(client.person, { why: 'test' }, async (unit) => {
        unit.relate(Task, 'dependsOn', second, first);
      });
      const runtime = await cell().worker();
      await settled(client, first);
      expect((await client.task(second)).state).toBe('queued');
      await decideApproval(cell(), client.as('reviewer'), { id: first, decision: 'approve' });
      expect((await settled(client, second)).state).toBe('delivered');
      await runtime.stop();
    });
  });
}
