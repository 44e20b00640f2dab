import { Agent, request } from 'node:http';
import { expect, it } from 'vitest';
import { serveUpstreams } from './upstreams.ts';

const CALLS = 1_000;

interface Answered {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | undefined;
}

function call(url: string, secret: string, agent: Agent): Promise<Answered> {
  const body = JSON.stringify({ model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] });
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/chat/completions`, { method: 'POST', agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        const told = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { error?: { code: string } };
        const { statusCode: status = 0, headers: said } = answer;
        resolve({ status, code: told.error?.code, retryAfter: said['retry-after'] });
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

it('ends each of 1,000 calls at once on one key with its answer or with a clear 429, and says meanwhile that it lives', {
  timeout: 120_000,
}, async () => {
  const queue = { maxWaiting: 600, maxWaitingPerTenant: 600, maxWaitMs: 60_000 };
  const served = await serveUpstreams({ policy: { limits: [{ per: 'tenant', concurrency: 100 }], queue } });
  const agent = new Agent({ maxSockets: CALLS });
  const calls = Promise.all(Array.from({ length: CALLS }, () => call(served.url, served.secret, agent)));
  let under = true;
  void calls.finally(() => {
    under = false;
  });
  const healths: number[] = [];
  // How fast is measured by `npm run bench -- gateway`.
  while (under) healths.push((await fetch(`${served.url}/healthz`)).status);
  const answers = await calls;
  agent.destroy();
  expect(healths.length).toBeGreaterThan(0);
  expect(healths.every((status) => status === 200)).toBe(true);

  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
  // What fits under the limit and into the line before it is never refused.
  expect(refused.length).toBeLessThanOrEqual(CALLS - 700);
  for (const { code, retryAfter } of refused) {
    expect(code).toBe('KAZE_GATEWAY_QUEUE_FULL');
    expect(Number(retryAfter)).toBeGreaterThan(0);
  }
  expect(served.rows.filter(({ outcome }) => outcome === 'ok')).toHaveLength(CALLS - refused.length);
  const [status] = await served.budgets.status({ tenant: 'acme', agent: 'support', task: null });
  expect(status).toMatchObject({ openMicros: 0, openTokens: 0 });
});
