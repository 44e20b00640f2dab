import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AgentList,
  createKazeClient,
  type KazeClient,
  Me,
  TaskCancel,
  TaskChanged,
  TaskDetail,
  TaskList,
  TaskSubmit,
  WhyOutcome,
} from '#api/client';
import { systemPrincipal, Task } from '#graph-schema';
import { KazeError } from '#platform';
import { startTestCell, type TestCell, TOKENS } from './cell.ts';

let cell: TestCell;
let client: KazeClient;

beforeAll(async () => {
  cell = await startTestCell({ tasks: 2 });
  client = createKazeClient({ url: cell.url, token: TOKENS.acme });
});
afterAll(async () => {
  await client?.close();
  await cell?.close();
});

describe('the client', () => {
  it('uploads a stream, submits a task with it, and follows the task', async () => {
    const upload = await client.upload(Readable.from(['a,b\n', '1,2\n']), {
      name: 'queries.csv',
      contentType: 'text/csv',
    });
    expect(upload.bytes).toBe(8);
    const { submitTask } = await client.run(TaskSubmit, {
      input: { agent: 'seo-strategist', skill: 'keyword-research', files: [{ input: 'rows', upload: upload.id }] },
    });
    const { id } = submitTask.task;
    const shown = await client.run(TaskDetail, { id });
    expect(shown.task).toMatchObject({ id, agent: { name: 'seo-strategist' }, inputs: { rows: 'a,b\n1,2\n' } });

    const states: string[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const { taskChanged } of client.follow(TaskChanged, { id }, { signal: stop.signal })) {
        states.push(taskChanged.state);
        if (taskChanged.state === 'cancelled') break;
      }
    })();
    await expect
      .poll(async () => (await (await fetch(`${cell.url}/metrics`)).text()).includes('kaze_api_subscriptions 1'))
      .toBe(true);
    await cell.store.transact(systemPrincipal('cell'), { why: 'test' }, (unit) =>
      unit.update(Task, id, { state: 'running' }),
    );
    await expect.poll(() => states).toEqual(['running']);
    await client.run(TaskCancel, { input: { id, reason: 'enough' } });
    await following;
    expect(states).toEqual(['running', 'cancelled']);
  });

  it('lists, shows and explains with typed operations', async () => {
    const { tasks } = await client.run(TaskList, { filter: { state: { eq: 'delivered' } }, first: 10 });
    expect(tasks.totalCount).toBe(1);
    const { agents } = await client.run(AgentList, { first: 5 });
    expect(agents.nodes[0]!.skills.edges[0]!.level).toBe('supervised');
    const { whyOutcome } = await client.run(WhyOutcome, { id: cell.ids.tasks[0]! });
    expect(whyOutcome!.approvals[0]!.decidedBy!.name).toBe('Ada');
    expect((await client.run(Me, {})).me.tenant).toBe('acme');
    expect(await client.readiness()).toEqual({ ready: true, reasons: [] });
  });

  it('turns errors of the cell back into ours, with code, kind and fields', async () => {
    const error = await client.run(TaskCancel, { input: { id: 'absent' } }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(KazeError);
    expect(error).toMatchObject({ code: 'KAZE_API_NOT_FOUND', kind: 'caller', retryable: false });
    const wrong = await client.query('{ nothing }').catch((caught: unknown) => caught);
    expect(wrong).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED', kind: 'caller' });
  });

  it('says that the token is refused, over HTTP and over WebSocket', async () => {
    const stranger = createKazeClient({ url: cell.url, token: 'kaze_wrong_token' });
    await expect(stranger.run(Me, {})).rejects.toMatchObject({ code: 'KAZE_API_UNAUTHENTICATED', kind: 'caller' });
    await expect(stranger.follow(TaskChanged, {}).next()).rejects.toMatchObject({ code: 'KAZE_API_UNAUTHENTICATED' });
    await stranger.close();
  });

  it('says that no cell is there, and what to do', async () => {
    const nobody = createKazeClient({ url: 'http://127.0.0.1:1', token: 'x' });
    await expect(nobody.run(Me, {})).rejects.toMatchObject({
      code: 'KAZE_CLIENT_UNREACHABLE',
      message: expect.stringMatching(/no cell at http:\/\/127\.0\.0\.1:1 .*run npm start/),
    });
    await nobody.close();
  });
});
