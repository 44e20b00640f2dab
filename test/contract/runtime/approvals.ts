import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentRuntime, type SkillHandler, settleTask } from '#agents';
import { createDeliveryGate, decideApproval, guardDelivery, isSampled, listApprovals } from '#governance';
import {
  Approval,
  agentPrincipal,
  Outcome,
  type Principal,
  personPrincipal,
  systemPrincipal,
  Task,
  type UnitOfWork,
} from '#graph-schema';
import { KazeError } from '#platform';
import type { Client, TestCell } from '../../support/agents/cell.ts';
import { codeOf, settled } from './expectations.ts';

export function approvalContract(cell: () => TestCell): void {
  describe('approvals', () => {
    let runtime: AgentRuntime;
    beforeAll(async () => {
      runtime = await cell().worker();
    });
    afterAll(() => runtime.stop());

    async function waiting(client: Client) {
      const task = await settled(client, await client.submit(), ['awaiting_approval']);
      const [approval] = await listApprovals(cell().store, client.person, { tenant: client.tenant });
      const [outcome] = await cell().store.list(client.person, Outcome, { where: { scope: { eq: client.scope } } });
      return { task: task.id, approval: approval!.id, outcome: outcome!.id };
    }
    const decide = (principal: Principal, decision: Parameters<typeof decideApproval>[2]) =>
      decideApproval(cell(), principal, decision);

    it('deliver what is approved, by the id of the task or of the approval', async () => {
      const client = await cell().client();
      const ids = await waiting(client);
      expect(await decide(client.as('reviewer'), { id: ids.task, decision: 'approve' })).toEqual(ids);
      expect((await client.task(ids.task)).state).toBe('delivered');
      const outcome = await cell().store.get(client.person, Outcome, ids.outcome);
      expect(outcome).toMatchObject({ state: 'delivered', editedOutput: null });
      const approval = await cell().store.get(client.person, Approval, ids.approval);
      expect(approval).toMatchObject({ state: 'approved', byRequester: true, risk: 'low' });
      const second = await waiting(await cell().client()).catch(() => undefined);
      expect(second).toBeDefined();
    });

    it('end what is rejected, with a reason', async () => {
      const client = await cell().client();
      const { approval, task, outcome } = await waiting(client);
      const reject = (reason?: string) => decide(client.as('reviewer'), { id: approval, decision: 'reject', reason });
      expect(await codeOf(reject('  '))).toBe('KAZE_APPROVAL_REASON');
      await reject('wrong market');
      expect((await client.task(task)).state).toBe('rejected');
      expect(await cell().store.get(client.person, Outcome, outcome)).toMatchObject({ state: 'rejected' });
      expect(await cell().store.get(client.person, Approval, approval)).toMatchObject({ reason: 'wrong market' });
    });

    it('deliver an edit beside what the agent made, when it fits the declared outputs', async () => {
      const client = await cell().client();
      const { task, outcome } = await waiting(client);
      const edit = (output?: Record<string, unknown>) =>
        decide(client.as('reviewer'), { id: task, decision: 'edit', output });
      expect(await codeOf(edit())).toBe('KAZE_APPROVAL_OUTPUT');
      await expect(edit({ resutl: 1 })).rejects.toMatchObject({
        code: 'KAZE_APPROVAL_OUTPUT',
        fields: { problems: ['"resutl" is no output; did you mean result?', 'result is missing'] },
      });
      expect((await client.task(task)).state).toBe('awaiting_approval');
      await edit({ result: 'better' });
      const delivered = await cell().store.get(client.person, Outcome, outcome);
      expect(delivered).toMatchObject({
        state: 'delivered',
        output: '{"result":"done"}',
        editedOutput: '{"result":"better"}',
      });
    });

    it('deliver an edit with the forms that its skill draws from it, with all of them or not at all', async () => {
      const client = await cell().client();
      const { task, outcome, approval } = await waiting(client);
      const work = cell().handlers.handler('work')!;
      const seen: unknown[] = [];
      const redraw: SkillHandler['redraw'] = async ({ made, edited, approval: by, print }) => {
        seen.push({ made, edited, by });
        if (edited.result === 'wrong') throw new KazeError('KAZE_SKILL_EDIT_REFUSED', 'line 1: wrong');
        if (edited.result === 'cut off') throw new Error('the process ended while it printed');
        const pdf = new TextDecoder().decode(await print!(String(edited.result)));
        return { outputs: { result: `${edited.result}, drawn (${pdf})` }, notes: ['drawn again'] };
      };
      const handlers = { handler: () => ({ ...work, redraw }) };
      const print = async (html: string) => new TextEncoder().encode(`PDF of ${html}`);
      const edit = (result: string) =>
        decideApproval({ ...cell(), handlers, print }, client.as('reviewer'), {
          ...{ id: task, decision: 'edit', output: { result } },
        });
      expect(await codeOf(edit('wrong'))).toBe('KAZE_SKILL_EDIT_REFUSED');
      await expect(edit('cut off')).rejects.toThrow('while it printed');
      expect((await client.task(task)).state).toBe('awaiting_approval');
      await edit('better');
      expect(await cell().store.get(client.person, Outcome, outcome)).toMatchObject({
        ...{ state: 'delivered', output: '{"result":"done"}', notes: expect.arrayContaining(['drawn again']) },
        editedOutput: '{"result":"better, drawn (PDF of better)"}',
      });
      expect(seen.at(-1)).toEqual({
        ...{ made: { result: 'done' }, edited: { result: 'better' }, by: { id: approval, by: 'Ada' } },
      });
      // Who comes too late learns that, and nothing is drawn.
      expect(await codeOf(edit('wrong'))).toBe('KAZE_APPROVAL_DECIDED');
      expect(seen).toHaveLength(3);
    });

    it('are decided by people of the client who may, and by nobody else', async () => {
      const [client, foreign] = [await cell().client(), await cell().client()];
      const { task } = await waiting(client);
      const approve = (principal: Principal) => codeOf(decide(principal, { id: task, decision: 'approve' }));
      const agent = agentPrincipal({ id: client.agentIds.careful, name: 'careful', tenant: client.tenant });
      expect(await approve(agent)).toBe('KAZE_APPROVAL_FORBIDDEN');
      expect(await approve(client.as('viewer'))).toBe('KAZE_APPROVAL_FORBIDDEN');
      expect(await approve(systemPrincipal('runtime'))).toBe('KAZE_APPROVAL_FORBIDDEN');
      expect(await approve(foreign.as('admin'))).toBe('KAZE_APPROVAL_UNKNOWN');
      const nobody = personPrincipal({ id: 'nobody', name: 'Nobody', role: 'admin', tenant: client.tenant });
      expect(await approve(nobody)).toBe('KAZE_APPROVAL_FORBIDDEN');
      expect((await client.task(task)).state).toBe('awaiting_approval');
    });

    it('go to the first of eight who decide at once; the others hear who and when', async () => {
      const client = await cell().client();
      const { task, approval } = await waiting(client);
      const people = await Promise.all(Array.from({ length: 8 }, (_, at) => client.personOf(`P${at}`)));
      const results = await Promise.allSettled(
        people.map((id, at) => {
          const principal = personPrincipal({ id, name: `P${at}`, role: 'reviewer', tenant: client.tenant });
          const decision =
            at % 2 === 0 ? ({ decision: 'approve' } as const) : ({ decision: 'reject', reason: 'no' } as const);
          return decide(principal, { id: task, ...decision });
        }),
      );
      const won = results.findIndex(({ status }) => status === 'fulfilled');
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'fulfilled') continue;
        expect(result.reason).toMatchObject({ code: 'KAZE_APPROVAL_DECIDED', fields: { decidedBy: `P${won}` } });
      }
      const decided = await cell().store.get(client.person, Approval, approval);
      expect(decided).toMatchObject({ state: won % 2 === 0 ? 'approved' : 'rejected', byRequester: false });
      expect((await client.task(task)).state).toBe(won % 2 === 0 ? 'delivered' : 'rejected');
    });

    it('are withdrawn when the task is cancelled', async () => {
      const client = await cell().client();
      const { task, approval } = await waiting(client);
      await cell().verbs.cancel(client.person, task);
      expect(await cell().store.get(client.person, Approval, approval)).toMatchObject({ state: 'withdrawn' });
      expect(await codeOf(decide(client.as('reviewer'), { id: task, decision: 'approve' }))).toBe(
        'KAZE_APPROVAL_DECIDED',
      );
    });

    it('are asked for by a fixed share of sampled work', async () => {
      const client = await cell().client();
      const id = await client.submit({ agent: 'sampled' });
      expect((await settled(client, id)).state).toBe(isSampled(id, 0.5) ? 'awaiting_approval' : 'delivered');
    });

    it('cannot be gone around, whoever tries', async () => {
      const client = await cell().client();
      const { task, approval, outcome } = await waiting(client);
      const { store } = cell();
      const agent = agentPrincipal({ id: client.agentIds.careful, name: 'careful', tenant: client.tenant });
      const tries: Array<(unit: UnitOfWork) => unknown> = [
        (unit) => unit.update(Task, task, { state: 'delivered' }),
        (unit) => unit.update(Task, task, () => ({ state: 'delivered' as const })),
        (unit) => unit.update({ ...Task }, task, { state: 'delivered' }),
        (unit) => unit.updateAll(Task, [task], { state: 'delivered' }),
        (unit) => unit.updateAll({ ...Outcome }, [outcome], () => ({ state: 'delivered' as const })),
        (unit) => unit.update(Outcome, outcome, { state: 'delivered' }),
        (unit) => unit.update(Outcome, outcome, { output: '{"result":"other"}' }),
        (unit) => unit.update(Outcome, outcome, { editedOutput: '{"result":"other"}' }),
        (unit) => unit.update(Approval, approval, { state: 'approved' }),
        (unit) => unit.remove(Approval, approval),
        (unit) => unit.sweep(Approval, [approval]),
        (unit) => unit.erase(Approval, approval),
        (unit) => unit.create(Approval, { scope: client.scope, state: 'approved', risk: 'low' }),
        (unit) => unit.relate(Approval, 'outcome', approval, outcome),
        (unit) => settleTask(unit, { taskId: task, outcomeId: outcome, to: 'delivered' }),
        (unit) =>
          unit.create(Outcome, {
            scope: client.scope,
            summary: 's',
            output: '1',
            metrics: '{}',
            notes: [],
            state: 'delivered',
            costMicros: 0,
          }),
      ];
      const principals = [agent, client.as('admin'), systemPrincipal('runtime'), systemPrincipal('cell')];
      for (const principal of principals) {
        for (const attempt of tries) {
          const code = await codeOf(
            store.transact(principal, { why: 'a way around' }, async (unit) => void (await attempt(unit))),
          );
          expect(code, `${principal.name}: ${attempt}`).toBe('KAZE_DELIVERY_GUARDED');
        }
      }
      expect((await client.task(task)).state).toBe('awaiting_approval');
      expect(await store.get(client.person, Approval, approval)).toMatchObject({ state: 'pending' });
    });

    it('are not replaced by what a gate merely says', async () => {
      const client = await cell().client();
      const honest = createDeliveryGate({ store: cell().store });
      const lying = { ...honest, decide: async () => 'delivered' as const };
      expect(guardDelivery(cell().raw)).not.toBe(cell().raw);
      await runtime.stop();
      const liar = await cell().worker({}, lying);
      const id = await client.submit({ maxAttempts: 1 });
      expect(await settled(client, id)).toMatchObject({ state: 'failed' });
      expect(await cell().store.count(client.person, Outcome, { scope: { eq: client.scope } })).toBe(0);
      await liar.stop();
      runtime = await cell().worker();
    });
  });
}
