import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GraphStore, ReadPlan } from '#graph-schema';
import { startTestCell, type TestCell, TOKENS } from './cell.ts';

let cell: TestCell;
const plans: ReadPlan[] = [];

beforeAll(async () => {
  cell = await startTestCell({
    tasks: 3,
    wrapStore: (store): GraphStore =>
      new Proxy(store, {
        get(target, key, receiver) {
          if (key === 'read') {
            return (...given: Parameters<GraphStore['read']>) => {
              plans.push(given[1]);
              return target.read(...given);
            };
          }
          const value = Reflect.get(target, key, receiver);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
  });
});
afterAll(() => cell?.close());
beforeEach(() => {
  plans.length = 0;
  cell.calls.length = 0;
});

const SUBMIT = `mutation Submit($input: SubmitTaskInput!, $more: Boolean = true) {
  done: submitTask(input: $input) {
    __typename
    job: task { ref: id skill inputs agent @include(if: $more) { name skills(first: 5) { edges { level node { name } } } } }
    task { state }
  }
}`;

describe('verbs', () => {
  it('read what is asked for below their result by one plan, with aliases, arguments and directives', async () => {
    const input = { agent: 'seo-strategist', skill: 'keyword-research', inputs: { text: '@/etc/passwd', n: 3 } };
    const { data, errors } = await cell.graphql(SUBMIT, { variables: { input } });
    expect(errors).toBeUndefined();
    expect(plans).toHaveLength(1);
    expect(data.done).toMatchObject({
      __typename: 'TaskPayload',
      job: {
        ref: expect.any(String),
        skill: 'keyword-research',
        inputs: { text: '@/etc/passwd', n: 3 },
        agent: {
          name: 'seo-strategist',
          skills: { edges: [{ level: 'supervised', node: { name: 'keyword-research' } }] },
        },
      },
      task: { state: 'queued' },
    });
    const without = await cell.graphql(SUBMIT, { variables: { input, more: false } });
    expect(Object.keys(without.data.done.job)).toEqual(['ref', 'skill', 'inputs']);
  });

  it('fill in the client of the token and refuse another client', async () => {
    const input = { agent: 'a', skill: 's' };
    await cell.graphql(SUBMIT, { variables: { input } });
    expect(cell.calls.at(-1)!.input).toMatchObject({ tenant: 'acme', inputs: {}, files: [] });
    const other = await cell.graphql(SUBMIT, { variables: { input: { ...input, tenant: 'globex' } } });
    expect(other.errors![0]!.extensions.code).toBe('KAZE_API_FORBIDDEN');
    const unnamed = await cell.graphql(SUBMIT, { token: TOKENS.admin, variables: { input } });
    expect(unnamed.errors![0]!.extensions).toMatchObject({ code: 'KAZE_API_INPUT', fields: { field: 'tenant' } });
  });

  it('say every field of an input that is wrong', async () => {
    const input = { agent: 'Not A Name', skill: '../x', maxAttempts: 99 };
    const { errors } = await cell.graphql(SUBMIT, { variables: { input } });
    expect(errors![0]!.extensions.code).toBe('KAZE_API_INPUT');
    expect(errors![0]!.message).toMatch(/agent:.*skill:.*maxAttempts:/);
  });

  it('read the nodes of a list of hits by one plan', async () => {
    const { data, errors } = await cell.graphql(
      'query($t: String!) { searchKnowledge(input: { text: $t, limit: 3 }) { hits { score reasons node { __typename id ... on Task { skill agent { name } } } } } }',
      { variables: { t: 'x' } },
    );
    expect(errors).toBeUndefined();
    expect(data.searchKnowledge.hits).toHaveLength(3);
    expect(plans).toHaveLength(1);
    for (const hit of data.searchKnowledge.hits) {
      expect(hit.node).toMatchObject({ __typename: 'Task', id: expect.any(String), skill: expect.any(String) });
    }
    expect(cell.calls[0]!.input).toMatchObject({ text: 'x', tenant: 'acme', limit: 3 });
  });

  it('take defaults of input objects, whether the input is a variable or a literal', async () => {
    await cell.graphql('query($input: SearchInput!) { searchKnowledge(input: $input) { hits { score } } }', {
      variables: { input: { text: 'a' } },
    });
    await cell.graphql('query($t: String!) { searchKnowledge(input: { text: $t }) { hits { score } } }', {
      variables: { t: 'b' },
    });
    expect(cell.calls.map(({ input }) => (input as { limit: number }).limit)).toEqual([10, 10]);
  });

  it('decide an approval, and insist on a reason to reject and on outputs to edit', async () => {
    const decide = (input: string) =>
      cell.graphql(
        `mutation { decideApproval(input: ${input}) { approval { state decidedBy { name } } task { id } outcome { summary } } }`,
      );
    const approved = await decide(`{ id: "${cell.ids.tasks[0]}", decision: approve }`);
    expect(approved.errors).toBeUndefined();
    expect(approved.data.decideApproval).toMatchObject({
      approval: { decidedBy: { name: 'Ada' } },
      task: { id: cell.ids.tasks[0] },
    });
    expect((await decide('{ id: "x", decision: reject, reason: "  " }')).errors![0]!.message).toContain('reason');
    expect((await decide('{ id: "x", decision: edit }')).errors![0]!.message).toContain('output');
    expect((await decide('{ id: "x", decision: approve, output: {} }')).errors![0]!.message).toContain('output');
  });

  it('run one after the other in a mutation and keep the order of the answer', async () => {
    const { data, errors } = await cell.graphql(`mutation {
      b: pauseAgent(input: { agent: "${cell.ids.agent}" }) { agent { state } }
      a: pauseAgent(input: { agent: "${cell.ids.agent}", paused: false }) { agent { state } }
    }`);
    expect(errors).toBeUndefined();
    expect(Object.entries(data)).toEqual([
      ['b', { agent: { state: 'paused' } }],
      ['a', { agent: { state: 'active' } }],
    ]);
  });

  it('send messages, ask, take files in, finish a root and erase a source', async () => {
    const said = await cell.graphql(
      'mutation { sendMessage(input: { text: "hello" }) { conversation { state messages { nodes { text role } } } reply { id } clarifying } }',
    );
    expect(said.errors).toBeUndefined();
    expect(said.data.sendMessage).toEqual({
      conversation: { state: 'open', messages: { nodes: [{ text: 'hello', role: 'person' }] } },
      reply: null,
      clarifying: false,
    });
    const upload = await fetch(`${cell.url}/uploads?name=q.csv`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${TOKENS.acme}`, 'content-type': 'text/csv' },
      body: 'a,b',
    }).then((answer) => answer.json() as Promise<{ id: string }>);
    const withFile =
      'mutation ($upload: ID!) { sendMessage(input: { text: "see", files: [{ upload: $upload }] }) { message { id } } }';
    const sent = await cell.graphql(withFile, { variables: { upload: upload.id } });
    expect(sent.errors).toBeUndefined();
    const message = cell.calls.findLast(({ verb }) => verb === 'send')?.input;
    expect(message).toMatchObject({ files: [{ upload: { id: upload.id, name: 'q.csv', bytes: 3 } }] });
    const foreign = await cell.graphql(withFile, { variables: { upload: upload.id }, token: TOKENS.globex });
    expect(foreign.errors?.[0]?.extensions.code).toBe('KAZE_API_UPLOAD_UNKNOWN');
    const asked = await cell.graphql(
      '{ ask(input: { question: "why?" }) { known answer citations { number chunk { text } } } }',
    );
    expect(asked.data.ask).toEqual({ known: false, answer: 'I do not know.', citations: [] });
    const finished = await cell.graphql(
      'mutation { finishSourceRoot(input: { root: "docs", names: ["a.md"] }) { total missing retired held } }',
    );
    expect(finished.data.finishSourceRoot).toEqual({ total: 1, missing: 0, retired: 0, held: false });
  });
});

describe('whyOutcome', () => {
  const WHY = `query Why($id: ID!) { whyOutcome(id: $id) {
    id summary output costMicros model skillVersion { name number }
    agent { name role } task { id state }
    knowledge { title cited erased } passages { text cited erased source { name state erased } } sources { name erased }
    evaluations { criterion passed value explanation } approvals { state reason decidedBy { name } }
    outcome { notes }
  } }`;

  it('shows everything behind an outcome, by its id or its task, with one plan of its own', async () => {
    const byTask = await cell.graphql(WHY, { variables: { id: cell.ids.tasks[0] } });
    expect(byTask.errors).toBeUndefined();
    // One for what lies behind the outcome, one for the node of the outcome that this operation asks more about.
    expect(plans).toHaveLength(2);
    plans.length = 0;
    await cell.graphql(WHY.replace('outcome { notes }', ''), { variables: { id: cell.ids.tasks[0] } });
    expect(plans).toHaveLength(1);
    const why = byTask.data.whyOutcome;
    expect(why).toMatchObject({
      id: cell.ids.outcomes[0],
      output: { rank: 0, words: ['a', 'b'] },
      costMicros: 3_000_000_000,
      skillVersion: { name: 'keyword-research', number: 1 },
      agent: { name: 'seo-strategist' },
      task: { id: cell.ids.tasks[0] },
      evaluations: [{ criterion: 'relevance_score > 0.8', passed: true, value: 0.9 }],
      approvals: [{ state: 'approved', reason: 'good', decidedBy: { name: 'Ada' } }],
      sources: [{ name: 'handbook.md', erased: false }],
      outcome: { notes: ['no search volume'] },
    });
    expect(why.knowledge).toHaveLength(4);
    expect(why.passages.map(({ cited }: { cited: boolean }) => cited)).toEqual([true, true, false]);
    const byOutcome = await cell.graphql(WHY, { variables: { id: cell.ids.outcomes[0] } });
    expect(byOutcome.data).toEqual(byTask.data);
  });

  it('shows erased sources as erased, without their words', async () => {
    const erased = await cell.graphql(
      `mutation { deleteSource(input: { id: "${cell.ids.source}", reason: "asked to" }) { source { state erasedBy erasedAt } } }`,
    );
    expect(erased.data.deleteSource.source).toMatchObject({ state: 'erased', erasedBy: 'person-acme' });
    const { data } = await cell.graphql(WHY, { variables: { id: cell.ids.outcomes[0] } });
    expect(data.whyOutcome.sources).toEqual([{ name: null, erased: true }]);
    for (const passage of data.whyOutcome.passages) expect(passage).toMatchObject({ text: null, erased: true });
  });
});

describe('errors', () => {
  it('of ours are masked with a reference under which the log has the cause', async () => {
    const { errors, data, text } = await cell.graphql(`mutation { retryTask(input: { id: "x" }) { task { id } } }`);
    expect(data).toBeNull();
    expect(text).not.toContain('hunter2');
    expect(errors![0]).toMatchObject({ path: ['retryTask'], extensions: { code: 'KAZE_API_INTERNAL' } });
    const reference = String(errors![0]!.extensions.fields!.reference);
    expect(errors![0]!.message).toContain(reference);
    expect(cell.logged.find((line) => line.includes(reference))).toContain('hunter2');
  });

  it('of the caller pass with code and fields, beside what did work', async () => {
    const { errors, data } = await cell.graphql(`mutation {
      bad: cancelTask(input: { id: "absent" }) { task { id } }
    }`);
    expect(data).toBeNull();
    expect(errors![0]!.extensions).toMatchObject({ code: 'KAZE_API_NOT_FOUND', kind: 'caller', retryable: false });
  });

  it('of roles are refused in code, not in words', async () => {
    for (const query of [
      '{ tokens { id } }',
      '{ auditVerify { ok } }',
      'mutation { createToken(input: { name: "x", role: admin }) { token } }',
      'mutation { revokeToken(input: { id: "x" }) { info { id } } }',
    ]) {
      const { errors } = await cell.graphql(query);
      expect(errors![0]!.extensions.code, query).toBe('KAZE_API_FORBIDDEN');
    }
    expect(cell.calls).toEqual([]);
  });

  it('keep the audit and the usage of a client to that client', async () => {
    await cell.graphql('{ audit { hash } usage { costMicros } }');
    expect(cell.calls).toEqual([
      {
        verb: 'audit',
        input: {
          filter: { scope: 'tenant:acme', subject: undefined, actor: undefined },
          page: { limit: 100, after: undefined },
        },
      },
      expect.objectContaining({
        verb: 'usage',
        input: expect.objectContaining({ filter: expect.objectContaining({ tenant: 'acme' }) }),
      }),
    ]);
    const other = await cell.graphql('{ audit(input: { scope: "tenant:globex" }) { hash } }');
    expect(other.errors![0]!.extensions.code).toBe('KAZE_API_FORBIDDEN');
    const usage = await cell.graphql('{ usage(input: { tenant: "globex" }) { calls } }');
    expect(usage.errors![0]!.extensions.code).toBe('KAZE_API_FORBIDDEN');
  });

  it('let an admin see tokens, audit and doctor', async () => {
    const { data, errors } = await cell.graphql(
      '{ tokens { name role } auditVerify { ok checked broken { reason } } doctor { name ok } cellInfo { version startedAt } me { tenant role } }',
      { token: TOKENS.admin },
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      tokens: [{ name: 'laptop', role: 'viewer' }],
      auditVerify: { ok: true, checked: 3, broken: null },
      doctor: [{ name: 'graph', ok: true }],
      cellInfo: { startedAt: '1970-01-01T00:00:01.000Z' },
      me: { tenant: null, role: 'admin' },
    });
  });
});
