import { expect, it } from 'vitest';
import { createOutcomeFeed, type Judgements } from '#gateway';
import type { Page, UsageFilter, UsageRow } from '#platform';
import { ADMINISTRATOR, post, serve } from './setup.ts';

const ASK = { model: 'actor', messages: [{ role: 'user', content: 'x' }] };

/** A ledger that notes what it is asked, and gives the rows that the gateway has left, as it would. */
async function watched() {
  const rows: UsageRow[] = [];
  const asked: unknown[] = [];
  const fits = ({ tenant, agent }: UsageFilter) =>
    rows.filter((row) => row.tenant === tenant && row.agent === (agent ?? row.agent));
  const judgements: Judgements = {
    usage: {
      usageRows: async (filter: UsageFilter, { limit, after }: Page = {}) => {
        const own = fits(filter);
        return own.slice(own.findIndex(({ id }) => id === after) + 1).slice(0, limit);
      },
      sumUsage: async (filter, by) => {
        asked.push(Object.fromEntries(Object.entries({ ...filter, by }).filter(([, value]) => value !== undefined)));
        return [];
      },
      judgedUse: async () => [],
    },
    outcomes: createOutcomeFeed({ recordOutcomes: async () => {} }),
  };
  const served = await serve({ judgements, rows });
  const look = async (path: string, token = served.secret) => {
    const answer = await fetch(`${served.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, body: (await answer.json()) as Record<string, never> };
  };
  return { served, look, asked };
}

it('shows a client which agent used which key, when and how much, page by page, and nothing of others', async () => {
  const { served, look } = await watched();
  const [any, sales, other] = [
    await served.newKey({ agent: null }),
    await served.newKey({ agent: 'sales' }),
    await served.newKey({ tenant: 'globex' }),
  ];
  for (const { secret } of [sales, sales, other, any]) {
    expect((await post({ url: served.url, secret }, '/v1/chat/completions', ASK)).status).toBe(200);
  }
  const first = await look('/v1/kaze/usage/rows?first=2', any.secret);
  expect(first).toMatchObject({
    status: 200,
    body: {
      nodes: [
        { tenant: 'acme', agent: 'sales', virtualKeyId: sales.id, model: 'actor', inputTokens: 10, outcome: 'ok' },
        { agent: 'sales', at: expect.stringMatching(/^\d{4}-.*Z$/), costMicros: expect.any(Number) },
      ],
    },
  });
  const rest = await look(`/v1/kaze/usage/rows?after=${first.body.next}`, any.secret);
  expect(rest.body).toMatchObject({ nodes: [{ virtualKeyId: any.id }], next: null });
  // The key of one agent shows that agent's calls; another client's, its own.
  expect((await look('/v1/kaze/usage/rows', sales.secret)).body.nodes).toHaveLength(2);
  expect((await look('/v1/kaze/usage/rows', other.secret)).body).toMatchObject({ nodes: [{ tenant: 'globex' }] });
});

it('sums the calls of the key’s client, or of its agent where it is an agent’s, and of all for the administrator', async () => {
  const { served, look, asked } = await watched();
  const any = await served.newKey({ agent: null });
  const query = 'by=agent,day&agent=sales&model=actor&keyId=k&from=2026-11-01&to=2026-11-23T10:00:00Z';
  const times = { from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 23, 10) };
  expect(await look(`/v1/kaze/usage?${query}`, any.secret)).toEqual({ status: 200, body: { nodes: [] } });
  await look('/v1/kaze/usage');
  await look('/kaze/usage?tenant=globex&by=tenant', ADMINISTRATOR);
  await look('/kaze/usage', ADMINISTRATOR);
  expect(asked).toEqual([
    { tenant: 'acme', agent: 'sales', model: 'actor', keyId: 'k', ...times, by: ['agent', 'day'] },
    { tenant: 'acme', agent: 'support', by: ['model'] },
    { tenant: 'globex', by: ['tenant'] },
    { by: ['model'] },
  ]);
  expect((await look('/kaze/usage')).status).toBe(401);
  expect((await look('/v1/kaze/usage', ADMINISTRATOR)).status).toBe(401);
});

it.each([
  ['/v1/kaze/usage?tenant=globex', 400, 'tenant'],
  ['/v1/kaze/usage?agent=sales', 403, 'agent'],
  ['/v1/kaze/usage?by=colour', 400, 'by'],
  ['/v1/kaze/usage?by=day,day', 400, 'by'],
  ['/v1/kaze/usage?by=tenant,agent,task,model,day', 400, 'by'],
  ['/v1/kaze/usage?from=yesterday', 400, 'from'],
  ['/v1/kaze/usage/rows?first=501', 400, 'first'],
  ['/v1/kaze/usage/rows?by=day', 400, 'by'],
])('refuses %s with %i and names %s', async (path, status, param) => {
  const { look, asked } = await watched();
  expect(await look(path)).toMatchObject({ status, body: { error: { param } } });
  expect(asked).toEqual([]);
});
