import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EndedPart, TaskPart } from '#agents';
import { decideApproval } from '#governance';
import { Approval, Task } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { codeOf, settled } from '../../contract/runtime/expectations.ts';
import { openTestCell, type TestCell } from '../../support/agents/cell.ts';
import { until } from '../../support/cell/cell-process.ts';

let cell: TestCell;
beforeAll(async () => {
  const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
  cell = await openTestCell(engine);
});
afterAll(async () => cell?.close());

type Client = Awaited<ReturnType<TestCell['client']>>;

/** Tasks of the subject `whole` have a part of the skill `work`; what became of it is told in `ended`. */
async function clientWithParts(part: Partial<TaskPart> = {}) {
  const client = await cell.client();
  const ended: EndedPart[] = [];
  let attempts = 0;
  client.behave(async (context) => {
    const { subject } = context.inputs;
    if (subject?.kind !== 'text' || subject.text !== 'whole') return { outputs: { result: `part ${context.task.id}` } };
    attempts += 1;
    ended.push(await context.part({ key: 'only', skill: 'work', inputs: { subject: 'a part' }, ...part }));
    return { outputs: { result: 'whole' } };
  });
  const submit = (request: Parameters<Client['submit']>[0] = { inputs: { subject: 'whole' } }) =>
    client.submit(request);
  return { ...client, ended, submit, attempts: () => attempts };
}

const partsOf = (client: Client, task: string) =>
  cell.store.list(client.person, Task, { where: { parent: { some: { id: { eq: task } } } } });

const waitingPart = async (client: Client, task: string) => {
  const found = await until(
    () => partsOf(client, task),
    (parts) => parts.some(({ state }) => state === 'awaiting_approval'),
  );
  return found[0]!;
};

describe('a task with a part', () => {
  it('waits without using up attempts, leaves its agent free, and goes on in another worker with what was decided', async () => {
    const client = await clientWithParts({ waiting: 'waits for Ada' });
    const first = await cell.worker();
    const task = await client.submit();
    const part = await waitingPart(client, task);
    expect(await client.task(task)).toMatchObject({ state: 'queued', attempt: 0, progress: 'waits for Ada' });
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
    expect(await client.task(task)).toMatchObject({ attempt: 1 });
    expect(await partsOf(client, task)).toHaveLength(1);
    await second.stop();
  });

  it('is told that a part was rejected, and why', async () => {
    const client = await clientWithParts();
    const worker = await cell.worker();
    const task = await client.submit();
    const part = await waitingPart(client, task);
    await decideApproval(cell, client.as('reviewer'), { id: part.id, decision: 'reject', reason: 'not this way' });
    await until(
      () => client.task(task),
      ({ state }) => state === 'awaiting_approval',
    );
    expect(client.ended).toMatchObject([{ state: 'rejected', reason: 'not this way' }]);
    await worker.stop();
  });

  it('is told that a part is too late, and its question is taken back', async () => {
    const client = await clientWithParts({ deadlineAt: Date.now() + 1_500 });
    const worker = await cell.worker();
    const task = await client.submit();
    await until(
      () => client.task(task),
      ({ state }) => state === 'awaiting_approval',
    );
    expect(client.ended).toMatchObject([{ state: 'failed', errorCode: 'KAZE_TASK_DEADLINE' }]);
    const [part] = await partsOf(client, task);
    const asked = await cell.store.list(client.person, Approval, {
      where: { task: { some: { id: { eq: part!.id } } } },
    });
    expect(asked.map(({ state }) => state).filter((state) => state !== 'withdrawn')).toEqual([]);
    await worker.stop();
  });

  it('takes its parts along when it is cancelled', async () => {
    const client = await clientWithParts();
    const worker = await cell.worker();
    const task = await client.submit();
    const part = await waitingPart(client, task);
    await cell.verbs.cancel(client.person, task);
    await until(
      () => client.task(part.id),
      ({ state }) => state === 'cancelled',
    );
    await worker.stop();
  });

  it('has its part decided by the one who was asked, or by those who run the cell', async () => {
    const client = await clientWithParts();
    const asked = await client.personOf('Ben');
    client.behave(async (context) => {
      const { subject } = context.inputs;
      if (subject?.kind !== 'text' || subject.text !== 'whole') return {};
      await context.part({ key: 'only', skill: 'work', inputs: {}, askedOf: asked });
      return {};
    });
    const worker = await cell.worker();
    const task = await client.submit();
    const part = await waitingPart(client, task);
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
