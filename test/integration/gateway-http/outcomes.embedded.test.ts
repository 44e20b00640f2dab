import { expect, it } from 'vitest';
import { createOutcomeFeed, type Judgements } from '#gateway';
import type { OutcomeRow, UsageFilter, UsageRow } from '#platform';
import { ADMINISTRATOR, post, type Served, serve } from './setup.ts';

const OUTCOMES = '/v1/kaze/outcomes';
const ASK = { model: 'actor', messages: [{ role: 'user', content: 'x' }] };

/** Keeps outcomes by their ids, as every ledger does, and finds the rows of usage that the gateway has left. */
async function judged() {
  const kept = new Map<string, OutcomeRow>();
  const rows: UsageRow[] = [];
  const usageRows = async ({ tenant, agent, task }: UsageFilter) =>
    rows.filter((row) => row.tenant === tenant && row.task === task && (agent === undefined || row.agent === agent));
  const recordOutcomes = async (some: readonly OutcomeRow[]) => {
    for (const row of some) if (!kept.has(row.id)) kept.set(row.id, row);
  };
  const judgements: Judgements = {
    usage: { usageRows, sumUsage: async () => [], judgedUse: async () => [] },
    outcomes: createOutcomeFeed({ recordOutcomes }),
  };
  const served = await serve({ judgements, rows });
  const ask = async (headers: Record<string, string>, secret = served.secret) => {
    const answer = await post({ url: served.url, secret }, '/v1/chat/completions', ASK, { headers });
    expect(answer.status).toBe(200);
    return answer.headers.get('x-request-id')!;
  };
  const tell = async (word: object, by: Pick<Served, 'secret'> = served) => {
    const answer = await post({ url: served.url, secret: by.secret }, OUTCOMES, word);
    return { status: answer.status, body: (await answer.json()) as { error?: { code: string; message: string } } };
  };
  return { served, ask, tell, kept: () => [...kept.values()] };
}

it('keeps how a call ended by the id of its request, once however often it is told', async () => {
  const { served, ask, tell, kept } = await judged();
  const requestId = await ask({ 'x-kaze-task-type': 'refunds' });
  expect(served.rows).toMatchObject([{ task: requestId, taskType: 'refunds', outcome: 'ok' }]);
  for (let times = 0; times < 3; times += 1) {
    const { status, body } = await tell({ requestId, outcome: 'edited' });
    expect([status, body]).toEqual([200, { task: requestId, taskType: 'refunds', outcome: 'edited' }]);
  }
  const { id, at, ...row } = kept()[0]!;
  expect(kept()).toHaveLength(1);
  expect(row).toEqual({
    ...{ tenant: 'acme', task: requestId, taskType: 'refunds', judge: 'person', verdict: 'edited', score: 0.5 },
  });
  expect([id, at]).toEqual([expect.stringMatching(/^http-[0-9a-f]{64}$/), expect.any(Number)]);
});

it('keeps another word on the same task beside the first, and scores in hundredths', async () => {
  const { ask, tell, kept } = await judged();
  const headers = { 'x-kaze-task': 'ticket 7', 'x-kaze-task-type': 'refunds' };
  await ask(headers);
  await ask(headers);
  for (const word of [{ score: 0.501 }, { score: 0.499 }, { score: 0.9 }]) {
    expect((await tell({ task: 'ticket 7', outcome: 'evaluated', ...word })).status).toBe(200);
  }
  expect((await tell({ task: 'ticket 7', outcome: 'rejected' })).status).toBe(200);
  expect(kept().map(({ judge, score }) => [judge, score])).toEqual([
    ['criteria', 0.5],
    ['criteria', 0.9],
    ['person', 0],
  ]);
});

it('answers alike for calls of other clients and agents, calls without a type, and calls that never were', async () => {
  const { served, ask, tell, kept } = await judged();
  const other = await served.newKey({ tenant: 'globex' });
  const sales = await served.newKey({ agent: 'sales' });
  const any = await served.newKey({ agent: null });
  const own = await ask({ 'x-kaze-task-type': 'refunds' });
  const untyped = await ask({ 'x-kaze-task': 'plain' });
  expect(untyped).toMatch(/^req_/);
  const answers = [
    await tell({ requestId: own, outcome: 'approved' }, other),
    await tell({ requestId: own, outcome: 'approved' }, sales),
    await tell({ task: 'plain', outcome: 'approved' }),
    await tell({ requestId: 'req_nobody', outcome: 'approved' }),
  ];
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]).toMatchObject({ status: 404, body: { error: { code: 'KAZE_GATEWAY_OUTCOME_UNKNOWN' } } });
  expect(kept()).toEqual([]);
  // A key that may speak for any agent of the client may judge them too.
  expect((await tell({ requestId: own, outcome: 'approved' }, any)).status).toBe(200);
});

it.each([
  [{ outcome: 'approved' }, 'requestId'],
  [{ requestId: 'a', task: 'b', outcome: 'approved' }, 'task'],
  [{ requestId: 'a', outcome: 'fine' }, 'outcome'],
  [{ requestId: 'a', outcome: 'evaluated' }, 'score'],
  [{ requestId: 'a', outcome: 'evaluated', score: 1.1 }, 'score'],
  [{ requestId: 'a', outcome: 'approved', score: 1 }, 'score'],
  [{ requestId: 'a', outcome: 'approved', note: 'x' }, 'note'],
])('refuses %j and names the field', async (word, param) => {
  const { tell } = await judged();
  expect(await tell(word)).toMatchObject({ status: 400, body: { error: { code: 'KAZE_GATEWAY_FIELD', param } } });
});

it('shows choices to the administrator alone', async () => {
  const { served } = await judged();
  const look = (token: string, query = '') =>
    fetch(`${served.url}/kaze/choices${query}`, { headers: { authorization: `Bearer ${token}` } });
  expect((await look(served.secret)).status).toBe(401);
  expect(await (await look(ADMINISTRATOR, '?tenant=acme&from=1')).json()).toEqual({ nodes: [] });
  expect((await look(ADMINISTRATOR, '?from=soon')).status).toBe(400);
});

it('serves no outcomes where none are kept', async () => {
  const served = await serve();
  expect((await post(served, OUTCOMES, { requestId: 'a', outcome: 'approved' })).status).toBe(404);
});
