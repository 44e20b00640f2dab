import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentRuntime, agentError } from '#agents';
import { Agent, agentPrincipal, graphError, Incident, Outcome, systemPrincipal, Task } from '#graph-schema';
import type { Client, TestCell } from '../../support/agents/cell.ts';
import { codeOf, gate, settled } from './expectations.ts';

export function failureContract(cell: () => TestCell): void {
  const incidents = (client: Client) =>
    cell().store.list(client.person, Incident, { where: { scope: { eq: client.scope } } });

  describe('a task whose version has another handler than the build', () => {
    it('fails at once and says the way out, and runs anew on the version that the build has', async () => {
      const client = await cell().client();
      const ran: string[] = [];
      client.behave(async ({ task }) => {
        ran.push(task.id);
        return {};
      });
      const id = await client.submit();
      const upgraded = await cell().worker({}, undefined, 2);
      const task = await settled(client, id).finally(() => upgraded.stop());
      expect(task).toMatchObject({ state: 'failed', attempt: 1, errorCode: 'KAZE_SKILL_HANDLER_CHANGED' });
      expect(task.errorMessage).toContain(
        `pinned to version 1 of work, made for revision 1 of its handler; this Kaze has revision 2 of its handler. \`kaze tasks retry ${id}\``,
      );
      expect(ran).toEqual([]);
      const again = (await cell().verbs.retry(client.person, id)).task;
      const same = await cell().worker();
      expect(await settled(client, again).finally(() => same.stop())).toMatchObject({ state: 'awaiting_approval' });
      expect(ran).toEqual([again]);
    });
  });

  describe('when a task goes wrong', () => {
    let runtime: AgentRuntime;
    beforeEach(async () => {
      runtime = await cell().worker();
    });
    afterEach(() => runtime.stop());

    it('is tried again after an outage, with steps kept', async () => {
      const client = await cell().client();
      let steps = 0;
      client.behave(async ({ step, task }) => {
        await step('once', async () => {
          steps += 1;
          return null;
        });
        if (task.attempt < 3) throw graphError('KAZE_GRAPH_UNAVAILABLE', 'the database is away');
        return {};
      });
      const task = await settled(client, await client.submit());
      expect(task).toMatchObject({ state: 'awaiting_approval', attempt: 3 });
      expect(steps).toBe(1);
    });

    it('is not tried again when the caller has to mend something', async () => {
      const client = await cell().client();
      client.behave(async () => {
        throw agentError('KAZE_TASK_INPUT', 'row 7: the column "clicks" is missing');
      });
      const task = await settled(client, await client.submit());
      expect(task).toMatchObject({
        state: 'failed',
        attempt: 1,
        errorCode: 'KAZE_TASK_INPUT',
        errorMessage: 'row 7: the column "clicks" is missing',
      });
      expect(task.errorRemedy).toBeTruthy();
    });

    it('becomes a dead letter with an incident when its attempts are used up', async () => {
      const client = await cell().client();
      client.behave(async () => {
        throw graphError('KAZE_GRAPH_UNAVAILABLE', 'the database is away');
      });
      const task = await settled(client, await client.submit({ maxAttempts: 2 }));
      expect(task).toMatchObject({ state: 'failed', attempt: 2, errorCode: 'KAZE_TASK_ATTEMPTS' });
      expect(task.errorMessage).toContain('KAZE_GRAPH_UNAVAILABLE');
      expect(await incidents(client)).toMatchObject([{ kind: 'dead_letter', state: 'open' }]);
    });

    it('becomes a dead letter when worker after worker vanishes and it gets no further', async () => {
      const client = await cell().client();
      await runtime.stop();
      const id = await client.submit({ maxAttempts: 2 });
      await cell().store.transact(systemPrincipal('runtime'), { why: 'test' }, (unit) =>
        unit.update(Task, id, { state: 'running', attempt: 1, interruptions: 10, leaseOwner: 'dead', leaseUntil: 1 }),
      );
      runtime = await cell().worker();
      expect(await settled(client, id)).toMatchObject({ state: 'failed', errorCode: 'KAZE_TASK_ATTEMPTS' });
      expect(await incidents(client)).toHaveLength(1);
    });

    it('shows people nothing of what an unexpected error says', async () => {
      const client = await cell().client();
      client.behave(async () => {
        throw new TypeError('cannot read salary of Bob');
      });
      const task = await settled(client, await client.submit({ maxAttempts: 1 }));
      expect(task.errorMessage).toContain('TypeError');
      expect(task.errorMessage).not.toContain('Bob');
    });

    it('ends at its deadline, queued or running, and after too long an attempt', async () => {
      const client = await cell().client();
      client.behave(
        ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      );
      const over = Date.now() + 2_500;
      const running = await client.submit({ deadlineAt: over });
      // The agent is busy with the first until both are too late.
      const queued = await client.submit({ deadlineAt: over - 100 });
      expect(await settled(client, running)).toMatchObject({
        state: 'failed',
        errorCode: 'KAZE_TASK_DEADLINE',
        attempt: 1,
      });
      expect(await settled(client, queued)).toMatchObject({
        state: 'failed',
        errorCode: 'KAZE_TASK_DEADLINE',
        attempt: 0,
      });
      const slow = await settled(client, await client.submit({ maxAttempts: 1, agent: 'free', skill: 'lasting' }));
      expect(slow).toMatchObject({ state: 'failed', timeoutMs: 1_000 });
      expect(slow.errorMessage).toContain('KAZE_TASK_TIMEOUT');
    });

    it('may take so many steps and no more', async () => {
      const client = await cell().client();
      client.behave(async ({ step }) => {
        for (let at = 0; ; at += 1) await step(`step ${at}`, async () => at);
      });
      const task = await settled(client, await client.submit());
      expect(task).toMatchObject({ state: 'failed', errorCode: 'KAZE_TASK_STEPS', steps: 6 });
    });

    it('refuses two steps of one name', async () => {
      const client = await cell().client();
      client.behave(async ({ step }) => {
        await step('same', async () => 1);
        const second = await codeOf(step('same', async () => 2));
        return { outputs: { result: second } };
      });
      await settled(client, await client.submit());
      const [outcome] = await cell().store.list(client.person, Outcome, { where: { scope: { eq: client.scope } } });
      expect(outcome!.output).toContain('KAZE_TASK_STEP_NAME');
    });

    it('ends when someone cancels it: queued at once, running when its handler hears of it', async () => {
      const client = await cell().client();
      const running = gate();
      const heard = gate<string>();
      client.behave(async ({ signal }) => {
        running.open();
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        heard.open(signal.reason.code);
        throw signal.reason;
      });
      const first = await client.submit();
      await running.passed;
      const second = await client.submit();
      await cell().verbs.cancel(client.person, second, 'no longer needed');
      expect((await client.task(second)).state).toBe('cancelled');
      await cell().verbs.cancel(client.person, first);
      expect(await heard.passed).toBe('KAZE_TASK_CANCELLED');
      expect(await settled(client, first)).toMatchObject({ state: 'cancelled', leaseOwner: null });
      expect(await codeOf(cell().verbs.cancel(client.as('viewer'), first))).toBe('KAZE_TASK_FORBIDDEN');
    });

    it('does not hold up its agent when its handler ignores the signal', async () => {
      const client = await cell().client();
      const running = gate();
      const forever = gate();
      client.behave(async () => {
        running.open();
        await forever.passed;
        return {};
      });
      const first = await client.submit();
      await running.passed;
      await cell().verbs.cancel(client.person, first);
      client.behave(async () => ({}));
      expect((await settled(client, await client.submit())).state).toBe('awaiting_approval');
      forever.open();
      expect((await settled(client, first)).state).toBe('cancelled');
    });

    it('waits for a person after a restore, and goes on when one resumes it', async () => {
      const client = await cell().client();
      await runtime.stop();
      const [parked, dropped] = [await client.submit(), await client.submit()];
      for (const id of [parked, dropped]) {
        const change = { state: 'parked', leaseOwner: 'before the restore', leaseUntil: 1 } as const;
        const principal = systemPrincipal('runtime');
        await cell().raw.transact(principal, { why: 'test' }, (unit) => unit.update(Task, id, change));
      }
      runtime = await cell().worker({ soleProcess: true });
      // Another task of the same agent runs meanwhile: the worker has looked, and passed the parked ones over.
      await settled(client, await client.submit());
      expect((await client.task(parked)).state).toBe('parked');
      const agent = agentPrincipal({ id: client.agentIds.careful, name: 'careful', tenant: client.tenant });
      expect(await codeOf(cell().verbs.resume(agent, parked))).toBe('KAZE_TASK_FORBIDDEN');
      await cell().verbs.resume(client.person, parked);
      expect((await settled(client, parked)).state).toBe('awaiting_approval');
      expect(await codeOf(cell().verbs.resume(client.person, parked))).toBe('KAZE_TASK_STATE');
      await cell().verbs.cancel(client.person, dropped);
      expect((await client.task(dropped)).state).toBe('cancelled');
    });

    it('pauses an agent whose actor crashes too often, and leaves its siblings alone', async () => {
      const client = await cell().client();
      await runtime.stop();
      runtime = await cell().worker({ restarts: { maxRestarts: 2, windowMs: 60_000 } });
      client.behave(async ({ agent }) => {
        if (agent.name === 'careful') throw new TypeError('boom');
        return {};
      });
      const poison = await client.submit({ maxAttempts: 20 });
      await expect
        .poll(async () => (await cell().store.get(client.person, Agent, client.agentIds.careful))!.state, {
          timeout: 60_000,
        })
        .toBe('paused');
      const agent = (await cell().store.get(client.person, Agent, client.agentIds.careful))!;
      expect(agent.pausedReason).toContain('crashed more than 2 times');
      expect(await incidents(client)).toMatchObject([{ kind: 'restart_limit', state: 'open' }]);
      expect((await client.task(poison)).state).toBe('queued');
      expect((await settled(client, await client.submit({ agent: 'free' }))).state).toBe('delivered');
      await cell().verbs.setPaused(client.person, { agent: agent.id, paused: false });
      client.behave(async () => ({}));
      expect((await settled(client, poison)).state).toBe('awaiting_approval');
    });
  });
}
