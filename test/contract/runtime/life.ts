import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentRuntime } from '#agents';
import { Chunk, Entity, Evaluation, Outcome, systemPrincipal, Task, TaskStep } from '#graph-schema';
import type { KnownEntity } from '../../../agents/skills/handler.ts';
import type { TestCell } from '../../support/agents/cell.ts';
import { codeOf, settled } from './expectations.ts';

const passageIn = (scope: string) => ({
  ...{ scope, text: 'passage', position: 0, headings: [], startOffset: 0, endOffset: 7, language: 'en' },
  ...{ contentHash: 'x', sourceRevision: 1, recordedAt: 1_700_000_000_000 },
});

export function lifeContract(cell: () => TestCell): void {
  describe('the life of a task', () => {
    let runtime: AgentRuntime;
    beforeEach(async () => {
      runtime = await cell().worker();
    });
    afterEach(() => runtime.stop());

    it('runs, is judged and waits for a person', async () => {
      const client = await cell().client();
      client.behave(async (context) => {
        const part = await context.step('part', async () => ({ n: 2 }));
        return { outputs: { result: part.n }, metrics: { score: 0.9 }, notes: ['assumed'] };
      });
      const task = await settled(client, await client.submit());
      expect(task).toMatchObject({ state: 'awaiting_approval', attempt: 1, steps: 1, leaseOwner: null });
      const [outcome] = await cell().store.list(client.person, Outcome, { where: { scope: { eq: client.scope } } });
      expect(outcome).toMatchObject({ state: 'awaiting_approval', output: '{"result":2}', notes: ['assumed'] });
      const evaluations = await cell().store.list(client.person, Evaluation, {
        where: { scope: { eq: client.scope } },
        orderBy: [{ property: 'criterion', direction: 'asc' }],
      });
      expect(evaluations.map(({ kind, passed, value }) => [kind, passed, value])).toEqual([
        ['validator', true, null],
        ['expression', true, 0.9],
      ]);
      // Kept steps serve a resumed attempt only.
      expect(await cell().raw.count(systemPrincipal('runtime'), TaskStep, { task: { eq: task.id } })).toBe(0);
    });

    it('delivers what an autonomous agent made, and never what cannot be undone', async () => {
      const client = await cell().client();
      const delivered = await settled(client, await client.submit({ agent: 'free' }));
      expect(delivered.state).toBe('delivered');
      expect(delivered.finishedAt).not.toBeNull();
      const lasting = await settled(client, await client.submit({ agent: 'free', skill: 'lasting' }));
      expect(lasting.state).toBe('awaiting_approval');
    });

    it('keeps an outcome that fails a criterion, says what would mend it and delivers nothing', async () => {
      const client = await cell().client();
      client.behave(async () => ({ metrics: { score: 0.2 } }));
      const task = await settled(client, await client.submit({ agent: 'free' }));
      expect(task).toMatchObject({
        state: 'failed',
        errorCode: 'KAZE_TASK_QUALITY',
        errorRemedy: 'raise score from 0.2 to at least 0.5',
      });
      const [outcome] = await cell().store.list(client.person, Outcome, { where: { scope: { eq: client.scope } } });
      expect(outcome).toMatchObject({ state: 'blocked', deliveredAt: null });
    });

    it('refuses outputs that the skill does not declare', async () => {
      const client = await cell().client();
      client.behave(async () => ({ outputs: { reslt: 1 } }));
      const task = await settled(client, await client.submit());
      expect(task).toMatchObject({ state: 'failed', errorCode: 'KAZE_SKILL_OUTPUT', attempt: 1 });
      expect(task.errorMessage).toContain('"reslt" is no output; did you mean result?');
    });

    it('names in the notes what stood in for a tool', async () => {
      const client = await cell().client();
      await settled(client, await client.submit({ skill: 'connected', inputs: { export: 'rows' } }));
      const [outcome] = await cell().store.list(client.person, Outcome, { where: { scope: { eq: client.scope } } });
      expect(outcome!.notes).toEqual(['export stood in for export_api: no search volume']);
    });

    it('reads what passages speak of in one read, and keeps on the task which of it was read', async () => {
      const [client, foreign] = [await cell().client(), await cell().client()];
      const speaking = (scope: string, kinds: ReadonlyArray<readonly [name: string, kind: 'product' | 'date']>) =>
        cell().raw.transact(systemPrincipal('ingestion'), { why: 'test' }, async (unit) => {
          const chunks = [unit.create(Chunk, passageIn(scope)), unit.create(Chunk, passageIn(scope))];
          const entities = kinds.map(([name, kind]) => unit.create(Entity, { scope, name, kind, aliases: ['alias'] }));
          unit.relate(Chunk, 'entities', chunks[0]!, entities);
          unit.relate(Chunk, 'entities', chunks[1]!, entities.slice(0, 1));
          return { chunks, entities };
        });
      const own = await speaking(client.scope, [
        ['Pin block', 'product'],
        ['Agraffe', 'product'],
        ['Monday', 'date'],
      ]);
      const other = await speaking(foreign.scope, [['Secret', 'product']]);
      const found: KnownEntity[] = [];
      client.behave(async ({ knowledge }) => {
        const passages = [...own.chunks, ...other.chunks, 'absent'];
        found.push(...(await knowledge.entities(passages, { kinds: ['product', 'term'], limit: 1 })));
        found.push(...(await knowledge.entities(passages, { kinds: ['product'] })));
        return {};
      });
      const task = await settled(client, await client.submit());
      expect(task.state).toBe('awaiting_approval');
      expect(found.map(({ name, passages }) => [name, passages.length])).toEqual([
        ['Pin block', 2],
        ['Pin block', 2],
        ['Agraffe', 1],
      ]);
      expect(found[2]).toEqual({
        ...{ id: own.entities[1], name: 'Agraffe', kind: 'product', aliases: ['alias'], confidence: null },
        passages: [own.chunks[0]],
      });
      const where = { usedByTasks: { some: { id: { eq: task.id } } } };
      const used = await cell().store.list(client.person, Entity, { where });
      expect(used.map(({ name }) => name).sort()).toEqual(['Agraffe', 'Pin block']);
    });

    it('cites what the handler names, as far as the agent may read it', async () => {
      const [client, foreign] = [await cell().client(), await cell().client()];
      const chunk = (scope: string) =>
        cell().raw.transact(systemPrincipal('ingestion'), { why: 'test' }, async (unit) =>
          unit.create(Chunk, passageIn(scope)),
        );
      const [own, other] = [await chunk(client.scope), await chunk(foreign.scope)];
      client.behave(async () => ({ citations: { chunks: [own, other, 'absent'] } }));
      await settled(client, await client.submit());
      const cited = await cell().store.list(client.person, Chunk, { where: { citedBy: { some: {} } } });
      expect(cited.map(({ id }) => id)).toEqual([own]);
      expect(await cell().raw.count(systemPrincipal('cell'), Chunk, { id: { eq: other }, citedBy: { some: {} } })).toBe(
        0,
      );
    });

    it('lets a model run a skill without a handler, within its budget, and skips a judge that is offline', async () => {
      const client = await cell().client();
      const { model } = cell();
      model.calls = [];
      model.costMicros = 100;
      model.answer = (request) =>
        request.responseSchema?.name === 'worded'
          ? { value: { answer: 'Yes, gladly.', sure: true } }
          : { metadata: { offline: true } as never };
      const task = await settled(client, await client.submit({ skill: 'worded', inputs: { question: 'May I?' } }));
      expect(task).toMatchObject({ state: 'awaiting_approval', costMicros: 200, budgetMicros: 1_000 });
      expect(model.calls[0]!.attribution).toMatchObject({ tenant: client.tenant, agent: 'careful', task: task.id });
      const [evaluation] = await cell().store.list(client.person, Evaluation, {
        where: { scope: { eq: client.scope } },
      });
      expect(evaluation).toMatchObject({ kind: 'judge', skipped: true });
      const [outcome] = await cell().store.list(client.person, Outcome, { where: { scope: { eq: client.scope } } });
      expect(outcome!.notes.join()).toContain('not judged');
      model.costMicros = 1_500;
      const dear = await settled(client, await client.submit({ skill: 'worded', inputs: { question: 'Again?' } }));
      // The first call used it up; the judge is one call too many.
      expect(dear).toMatchObject({ state: 'failed', errorCode: 'KAZE_TASK_BUDGET', costMicros: 1_500 });
      model.costMicros = 0;
    });

    it('is tried again by a person as a new task with the same inputs, linked to the first', async () => {
      const client = await cell().client();
      client.behave(async () => ({ metrics: { score: 0 } }));
      const first = await settled(client, await client.submit({ inputs: { subject: 'tea' } }));
      client.behave(async ({ inputs }) => ({ outputs: { result: inputs.subject as never } }));
      const { task: again } = await cell().verbs.retry(client.person, first.id);
      const second = await settled(client, again);
      expect(second.state).toBe('awaiting_approval');
      expect(second.inputs).toBe(first.inputs);
      const where = { retryOf: { some: { id: { eq: first.id } } } };
      expect((await cell().store.list(client.person, Task, { where })).map(({ id }) => id)).toEqual([again]);
      expect(await codeOf(cell().verbs.retry(client.person, again))).toBe('KAZE_TASK_STATE');
    });
  });
}
