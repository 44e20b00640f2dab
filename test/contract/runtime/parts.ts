import { describe, expect, it } from 'vitest';
import type { EndedPart, Json, TaskPart } from '#agents';
import { decideApproval } from '#governance';
import { Approval, systemPrincipal, Task } from '#graph-schema';
import type { TestCell } from '../../support/agents/cell.ts';
import { until as untilIn } from '../../support/cell/cell-process.ts';
import { codeOf } from './expectations.ts';

/** A cold server plans each new query first; a deadline for tests that hang, not for how fast they are. */
const PATIENCE_MS = 180_000;
const until = <T>(ask: () => Promise<T>, fits: (answer: T) => boolean) => untilIn(ask, fits, PATIENCE_MS);
const LAST = ['delivered', 'awaiting_approval', 'rejected', 'failed', 'cancelled'];
const settled = (client: Client, id: string) =>
  until(
    () => client.task(id),
    ({ state }) => LAST.includes(state),
  );

type Client = Awaited<ReturnType<TestCell['client']>>;

/** Tasks of the subject `whole` have a part of the skill `work`; what became of it is told in `ended`. */
async function clientWithParts(cell: TestCell, part: Partial<TaskPart> = {}) {
  const client = await cell.client();
  const ended: EndedPart[] = [];
  client.behave(async (context) => {
    const { subject } = context.inputs;
    if (subject?.kind !== 'text' || subject.text !== 'whole') return { outputs: { result: `part ${context.task.id}` } };
    ended.push(await context.part({ key: 'only', skill: 'work', inputs: { subject: 'a part' }, ...part }));
    return { outputs: { result: 'whole' } };
  });
  const submit = (request: Parameters<Client['submit']>[0] = { inputs: { subject: 'whole' } }) =>
    client.submit(request);
  return { ...client, ended, submit };
}

const partsOf = (cell: TestCell, client: Client, task: string) =>
  cell.store.list(client.person, Task, { where: { parent: { some: { id: { eq: task } } } } });

const waitingPart = async (cell: TestCell, client: Client, task: string) => {
  const found = await until(
    () => partsOf(cell, client, task),
    (parts) => parts.some(({ state }) => state === 'awaiting_approval'),
  );
  return found[0]!;
};

export function partsContract(get: () => TestCell): void {
  describe('a task with a part', { timeout: PATIENCE_MS }, () => {
    it('waits without using up attempts, leaves its agent free, and goes on in another worker with what was decided', async () => {
      const cell = get();
      const client = await clientWithParts(cell, { waiting: 'waits for Ada' });
      const first = await cell.worker();
      const task = await client.submit();
      const part = await waitingPart(cell, client, task);
      const waiting = await client.task(task);
      expect(waiting.state).toBe('queued');
      // A server that was too slow for a call may have cost the attempt that queued the part; waiting itself never does.
      if (waiting.errorCode === null) expect(waiting).toMatchObject({ attempt: 0, progress: 'waits for Ada' });
      // The agent takes other work meanwhile.
      const other = await client.submit({ inputs: { subject: 'something else' } });
      expect(await settled(client, other)).toMatchObject({ state: 'awaiting_approval' });
      await first.stop();
      const second = await cell.worker();
      await decideApproval(cell, client.as('reviewer'), {
        id: part.id,
        decision: 'edit',
        output: { result: 'as Ada says' },
      });
      await until(
        () => client.task(task),
        ({ state }) => state === 'awaiting_approval',
      );
      expect(client.ended).toMatchObject([
        { task: part.id, state: 'delivered', outputs: { result: 'as Ada says' }, decidedBy: { name: 'Ada' } },
      ]);
      expect(await client.task(task)).toMatchObject({ attempt: waiting.attempt + 1 });
      expect(await partsOf(cell, client, task)).toHaveLength(1);
      await second.stop();
    });

    it('is told that a part was rejected, and why', async () => {
      const cell = get();
      const client = await clientWithParts(cell);
      const worker = await cell.worker();
      const task = await client.submit();
      const part = await waitingPart(cell, client, task);
      await decideApproval(cell, client.as('reviewer'), { id: part.id, decision: 'reject', reason: 'not this way' });
      await until(
        () => client.task(task),
        ({ state }) => state === 'awaiting_approval',
      );
      expect(client.ended).toMatchObject([{ state: 'rejected', reason: 'not this way' }]);
      await worker.stop();
    });

    it('is told that a part is too late, and its question is taken back', async () => {
      const cell = get();
      const client = await clientWithParts(cell, { deadlineAt: Date.now() + 1_500 });
      const worker = await cell.worker();
      const task = await client.submit();
      await until(
        () => client.task(task),
        ({ state }) => state === 'awaiting_approval',
      );
      expect(client.ended).toMatchObject([{ state: 'failed', errorCode: 'KAZE_TASK_DEADLINE' }]);
      const [part] = await partsOf(cell, client, task);
      const asked = await cell.store.list(client.person, Approval, {
        where: { task: { some: { id: { eq: part!.id } } } },
      });
      expect(asked.map(({ state }) => state).filter((state) => state !== 'withdrawn')).toEqual([]);
      await worker.stop();
    });

    it('takes its parts along when it is cancelled', async () => {
      const cell = get();
      const client = await clientWithParts(cell);
      const worker = await cell.worker();
      const task = await client.submit();
      const part = await waitingPart(cell, client, task);
      await cell.verbs.cancel(client.person, task);
      await until(
        () => client.task(part.id),
        ({ state }) => state === 'cancelled',
      );
      await worker.stop();
    });

    it('has its part decided by the one who was asked, or by those who run the cell', async () => {
      const cell = get();
      const client = await clientWithParts(cell);
      const asked = await client.personOf('Ben');
      client.behave(async (context) => {
        const { subject } = context.inputs;
        if (subject?.kind !== 'text' || subject.text !== 'whole') return {};
        await context.part({ key: 'only', skill: 'work', inputs: {}, askedOf: asked });
        return {};
      });
      const worker = await cell.worker();
      const task = await client.submit();
      const part = await waitingPart(cell, client, task);
      const approve = (role: 'reviewer' | 'operator') =>
        decideApproval(cell, client.as(role), { id: part.id, decision: 'approve' });
      expect(await codeOf(approve('reviewer'))).toBe('KAZE_APPROVAL_FORBIDDEN');
      await approve('operator');
      await until(
        () => client.task(task),
        ({ state }) => state === 'awaiting_approval',
      );
      await worker.stop();
    });
  });

  describe('an outcome that a person approved', { timeout: PATIENCE_MS }, () => {
    const listed: Json[] = [
      { key: 'one', skill: 'work', inputs: { subject: 'one' } },
      { key: 'none', skill: 'no-such-skill', inputs: {} },
      { key: 'two', skill: 'work', agent: 'free', inputs: { subject: 'two' } },
    ];

    it('leads to the tasks that its skill names, once, with two workers, under the one who approved', async () => {
      const cell = get();
      const client = await cell.client();
      const workers = [await cell.worker(), await cell.worker()];
      const task = await settled(client, await client.submit({ skill: 'lasting' }));
      const edit = { id: task.id, decision: 'edit' as const, output: { result: listed } };
      await decideApproval(cell, client.as('reviewer'), edit);
      await until(
        () => cell.store.get(systemPrincipal('runtime'), Task, task.id),
        (one) => one?.followedUpAt !== null,
      );
      const made = await partsOf(cell, client, task.id);
      expect(made.map(({ inputs }) => JSON.parse(inputs).subject.text).sort()).toEqual(['one', 'two']);
      expect(made.map(({ createdBy }) => createdBy)).toEqual([client.person.id, client.person.id]);
      for (const { id } of made) await settled(client, id);
      await Promise.all(workers.map((worker) => worker.stop()));
    });

    it('leads to nothing when it was rejected', async () => {
      const cell = get();
      const client = await cell.client();
      client.behave(async () => ({ outputs: { result: listed } }));
      const worker = await cell.worker();
      const rejected = await settled(client, await client.submit({ skill: 'lasting' }));
      await decideApproval(cell, client.as('reviewer'), { id: rejected.id, decision: 'reject', reason: 'no' });
      // One that is approved afterwards is followed up: the worker has looked.
      const later = await settled(client, await client.submit({ skill: 'lasting' }));
      await decideApproval(cell, client.as('reviewer'), { id: later.id, decision: 'approve' });
      await until(
        () => partsOf(cell, client, later.id),
        (parts) => parts.length === 2,
      );
      expect(await partsOf(cell, client, rejected.id)).toEqual([]);
      await worker.stop();
    });
  });
}
