import { type Client, createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Incident, Knowledge, Message, systemPrincipal, Task } from '#graph-schema';
import { startTestCell, type TestCell, TOKENS } from './cell.ts';
import { taskValues } from './task-values.ts';

let cell: TestCell;
const clients: Client[] = [];
const system = systemPrincipal('cell');

beforeAll(async () => {
  cell = await startTestCell({ tasks: 1, options: { subscriptionsPerConnection: 3, maxCost: 1_000 } });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});
afterAll(() => cell?.close());

function connect(token: string | undefined = TOKENS.acme): Client {
  const client = createClient({
    url: `${cell.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    retryAttempts: 0,
    lazy: true,
  });
  clients.push(client);
  return client;
}

/** Collects what is delivered; `next(n)` waits until there are n. */
function collect(client: Client, query: string, variables?: Record<string, unknown>) {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  const seen: any[] = [];
  let failure: unknown;
  let ended = false;
  const stop = client.subscribe(
    { query, variables },
    {
      next: (item) => void seen.push(item),
      error: (error) => {
        failure = error;
      },
      complete: () => {
        ended = true;
      },
    },
  );
  const until = async (what: () => boolean) => {
    const end = Date.now() + 8_000;
    while (!what()) {
      if (Date.now() > end)
        throw new Error(`waited too long; seen ${JSON.stringify(seen)}, failure ${JSON.stringify(failure)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return {
    seen,
    stop,
    next: (count: number) => until(() => seen.length >= count).then(() => seen),
    failed: () =>
      until(() => failure !== undefined).then(
        () => failure as Array<{ message: string; extensions?: { code?: string } }>,
      ),
    ended: () => until(() => ended),
  };
}

async function open(count: number): Promise<void> {
  const end = Date.now() + 8_000;
  for (;;) {
    const text = await (await fetch(`${cell.url}/metrics`)).text();
    const found = Number(/kaze_api_subscriptions (\d+)/.exec(text)?.[1]);
    if (found === count) return;
    if (Date.now() > end) throw new Error(`${found} subscriptions are open, not ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const newTask = (scope: string) =>
  cell.store.transact(system, { why: 'test' }, async (unit) => {
    const task = unit.create(Task, taskValues(scope, 'queued'));
    if (scope === 'tenant:acme') unit.relate(Task, 'agent', task, cell.ids.agent);
    return task;
  });

describe('subscriptions', () => {
  it('deliver changes with what is asked for about them, read under the subscriber’s rights', async () => {
    const mine = collect(connect(), 'subscription { taskChanged { id state job: agent { name } } }');
    const theirs = collect(connect(TOKENS.globex), 'subscription { taskChanged { id } }');
    const all = collect(connect(TOKENS.admin), 'subscription { taskChanged(tenant: "acme") { id } }');
    await open(3);
    const other = await newTask('tenant:globex');
    const id = await newTask('tenant:acme');
    expect((await mine.next(1))[0].data.taskChanged).toEqual({ id, state: 'queued', job: { name: 'seo-strategist' } });
    await cell.store.transact(system, { why: 'test' }, (unit) => unit.update(Task, id, { state: 'running' }));
    expect((await mine.next(2))[1].data.taskChanged.state).toBe('running');
    expect((await theirs.next(1)).map((item) => item.data.taskChanged.id)).toEqual([other]);
    expect((await all.next(2)).map((item) => item.data.taskChanged.id)).toEqual([id, id]);
    for (const one of [mine, theirs, all]) one.stop();
    await open(0);
  });

  it('follow one node only when it is named', async () => {
    const [watched, ignored] = [await newTask('tenant:acme'), await newTask('tenant:acme')];
    const one = collect(connect(), 'subscription($id: ID!) { taskChanged(id: $id) { id steps } }', { id: watched });
    await open(1);
    for (const id of [ignored, watched]) {
      await cell.store.transact(system, { why: 'test' }, (unit) => unit.update(Task, id, { steps: 1 }));
    }
    const [first] = await one.next(1);
    expect(first.data.taskChanged).toEqual({ id: watched, steps: 1 });
    one.stop();
    await open(0);
  });

  it('exist for approvals, messages, knowledge and incidents', async () => {
    const client = connect();
    const said = collect(client, 'subscription { messageAdded { text role } }');
    const known = collect(client, 'subscription { knowledgeChanged { title } }');
    const opened = collect(client, 'subscription { incidentOpened { summary } }');
    await open(3);
    const scope = 'tenant:acme';
    await cell.store.transact(system, { why: 'test' }, async (unit) => {
      unit.create(Message, { scope, role: 'agent', text: 'hello', position: 1 });
      unit.create(Incident, { scope, kind: 'dead_letter', summary: 'a task died', state: 'open' });
    });
    await cell.store.transact(system, { why: 'test' }, (unit) =>
      unit.update(Knowledge, cell.ids.knowledge, { title: 'Renamed' }),
    );
    expect((await said.next(1))[0].data.messageAdded).toEqual({ text: 'hello', role: 'agent' });
    expect((await opened.next(1))[0].data.incidentOpened).toEqual({ summary: 'a task died' });
    expect((await known.next(1))[0].data.knowledgeChanged).toEqual({ title: 'Renamed' });
    for (const one of [said, known, opened]) one.stop();
    await open(0);
  });

  it('need a token that is valid', async () => {
    for (const token of [undefined, 'kaze_wrong_token']) {
      const client = createClient({
        url: `${cell.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: token ? { Authorization: `Bearer ${token}` } : {},
        retryAttempts: 0,
      });
      clients.push(client);
      const failure = (await collect(client, 'subscription { taskChanged { id } }').failed()) as unknown as {
        code: number;
      };
      expect(failure.code).toBe(4403);
    }
  });

  it('refuse another client, wrong fields, too much cost, and more than a connection may have', async () => {
    const client = connect();
    const [other] = await collect(client, 'subscription { taskChanged(tenant: "globex") { id } }').next(1);
    expect(other.errors[0].extensions.code).toBe('KAZE_API_FORBIDDEN');
    const wrong = await collect(client, 'subscription { taskChanged { nothing } }').failed();
    expect(wrong[0]!.message).toContain('nothing');
    const dear = await collect(
      client,
      'subscription { taskChanged { agent { tasks(first: 500) { nodes { outcomes(first: 500) { nodes { id } } } } } } }',
    ).failed();
    expect(dear[0]!.extensions!.code).toBe('KAZE_API_COST');
    const three = [1, 2, 3].map(() => collect(client, 'subscription { taskChanged { id } }'));
    await open(3);
    const fourth = await collect(client, 'subscription { taskChanged { id } }').failed();
    expect(fourth[0]!.extensions!.code).toBe('KAZE_API_SUBSCRIPTIONS');
    for (const one of three) one.stop();
    await open(0);
  });

  it('share the connection with queries and mutations', async () => {
    const answered = collect(connect(), '{ me { name } agents { nodes { name } } }');
    expect((await answered.next(1))[0].data).toEqual({
      me: { name: 'Ada' },
      agents: { nodes: [{ name: 'seo-strategist' }] },
    });
    await answered.ended();
  });

  it('leave nothing behind when the connection breaks', async () => {
    const client = connect();
    collect(client, 'subscription { taskChanged { id } }');
    await open(1);
    client.terminate();
    await open(0);
  });
});
