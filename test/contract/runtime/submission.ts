import { describe, expect, it } from 'vitest';
import { agentPrincipal, Task } from '#graph-schema';
import type { TestCell } from '../../support/agents/cell.ts';
import { codeOf } from './expectations.ts';

export function submissionContract(cell: () => TestCell): void {
  describe('submitting a task', () => {
    it('queues it with its agent, the pinned version and who asked for it', async () => {
      const client = await cell().client();
      const id = await client.submit({ inputs: { subject: '@not-a-file', number: '5' } });
      const task = await client.task(id);
      expect(task).toMatchObject({ state: 'queued', skill: 'work', attempt: 0, maxSteps: 6, timeoutMs: 20_000 });
      expect(JSON.parse(task.inputs)).toEqual({
        subject: { kind: 'text', text: '@not-a-file' },
        number: { kind: 'json', value: 5 },
      });
      const relations = Object.fromEntries(
        ['agent', 'skillVersion', 'requestedBy'].map((field) => [
          field,
          { field, select: { properties: { id: 'id' } } },
        ]),
      );
      const find = { by: 'id' as const, id };
      const roots = [{ key: 'task', node: 'Task', find, select: { properties: {}, relations } }];
      const read = (await cell().store.read(client.person, { roots })).task as Record<string, { id: string }>;
      expect(read.agent!.id).toBe(client.agentIds.careful);
      expect(read.requestedBy!.id).toBe(client.person.id);
      expect(read.skillVersion!.id).toBeTruthy();
    });

    it('names the nearest when agent or skill do not exist', async () => {
      const client = await cell().client();
      await expect(client.submit({ agent: 'carefull' })).rejects.toMatchObject({
        code: 'KAZE_AGENT_UNKNOWN',
        fields: { nearest: ['careful'] },
      });
      await expect(client.submit({ skill: 'werk' })).rejects.toMatchObject({
        code: 'KAZE_SKILL_UNKNOWN',
        fields: { nearest: ['work'] },
      });
    });

    it('cannot tell a foreign client from one that does not exist', async () => {
      const [own, foreign] = [await cell().client(), await cell().client()];
      const submit = (tenant: string) =>
        cell().verbs.submit(own.person, { agent: 'careful', skill: 'work', inputs: {}, tenant });
      const messages = await Promise.all(
        [foreign.tenant, 'nowhere'].map((tenant) =>
          submit(tenant).then(
            () => 'none',
            (error: Error) => error.message.replaceAll(tenant, 'X'),
          ),
        ),
      );
      expect(messages[0]).toBe(messages[1]);
      expect(await codeOf(submit(foreign.tenant))).toBe('KAZE_AGENT_UNKNOWN');
    });

    it('names every wrong input at once', async () => {
      const client = await cell().client();
      const call = client.submit({ inputs: { subjct: 'a', number: 'many', export: 'text' } });
      await expect(call).rejects.toMatchObject({
        code: 'KAZE_TASK_INPUT',
        fields: {
          problems: [
            '"subjct" is no input; did you mean subject?',
            'number takes a number, not "many"',
            'export takes a file; give it as an upload',
          ],
        },
      });
      expect(await codeOf(client.submit({ skill: 'worded', inputs: {} }))).toBe('KAZE_TASK_INPUT');
    });

    it('refuses a declared skill, a missing tool, a paused agent, wrong limits and a viewer before anything is queued', async () => {
      const client = await cell().client();
      expect(await codeOf(client.submit({ skill: 'promised' }))).toBe('KAZE_SKILL_NOT_IMPLEMENTED');
      await expect(client.submit({ skill: 'connected' })).rejects.toMatchObject({
        code: 'KAZE_TASK_TOOL_MISSING',
        fields: { inputs: ['export'] },
      });
      expect(await codeOf(client.submit({ deadlineAt: 5 }))).toBe('KAZE_TASK_LIMIT');
      expect(await codeOf(client.submit({ maxAttempts: 21 }))).toBe('KAZE_TASK_LIMIT');
      expect(await codeOf(client.submit({}, client.as('viewer')))).toBe('KAZE_TASK_FORBIDDEN');
      await cell().verbs.setPaused(client.person, { agent: client.agentIds.careful, paused: true, reason: 'holiday' });
      await expect(client.submit({})).rejects.toMatchObject({
        code: 'KAZE_AGENT_PAUSED',
        message: expect.stringContaining('holiday'),
      });
      expect(await cell().store.count(client.person, Task, { scope: { eq: client.scope } })).toBe(0);
    });

    it('lets no agent and no reviewer pause an agent', async () => {
      const client = await cell().client();
      const agent = client.agentIds.careful;
      const asAgent = agentPrincipal({ id: agent, name: 'careful', tenant: client.tenant });
      const pause = (principal: typeof asAgent) => codeOf(cell().verbs.setPaused(principal, { agent, paused: true }));
      expect(await pause(asAgent)).toBe('KAZE_AGENT_FORBIDDEN');
      expect(await pause(client.as('reviewer'))).toBe('KAZE_AGENT_FORBIDDEN');
    });

    it('gives the same task for the same key, also when both come at once, and refuses another task under it', async () => {
      const client = await cell().client();
      const submit = (subject: string) => client.submit({ inputs: { subject }, idempotencyKey: 'k1' });
      const ids = await Promise.all([submit('a'), submit('a'), submit('a')]);
      expect(new Set(ids).size).toBe(1);
      expect(await codeOf(submit('b'))).toBe('KAZE_TASK_KEY_REUSED');
      expect(await cell().store.count(client.person, Task, { scope: { eq: client.scope } })).toBe(1);
    });

    it('takes an upload over before it acknowledges the task', async () => {
      const client = await cell().client();
      cell().uploads.set('u1', { name: 'queries.csv', bytes: Buffer.from('a,b\n1,2\n') });
      const files = [{ input: 'export', upload: { id: 'u1', name: 'queries.csv', sha256: '' } }];
      const id = await client.submit({ files });
      const { export: file } = JSON.parse((await client.task(id)).inputs);
      expect(file).toMatchObject({ kind: 'file', name: 'queries.csv', bytes: 8 });
      let text = '';
      for await (const part of cell().files.open(client.tenant, file.sha256)) text += Buffer.from(part).toString();
      expect(text).toBe('a,b\n1,2\n');
      expect(cell().uploads.has('u1')).toBe(false);
    });

    it('is audited, the attempt before and a refusal with its code', async () => {
      const client = await cell().client();
      await client.submit();
      await codeOf(client.submit({ skill: 'promised' }));
      const own = cell().entries.filter(({ scope }) => scope === client.scope);
      expect(own.map(({ phase, result, detail }) => [phase, result, detail.code])).toEqual([
        ['attempt', null, undefined],
        ['attempt', null, undefined],
        ['outcome', 'refused', 'KAZE_SKILL_NOT_IMPLEMENTED'],
      ]);
    });
  });
}
