import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { quantile } from '../measure.ts';
import type { Finding } from '../report.ts';
import type { Field } from './field.ts';

const CALLS = 1_000;
const PROBES = 200;

export interface Answered {
  readonly status: number;
  readonly ms: number;
}

export function ask(
  port: number,
  options: { path: string; agent: Agent; token?: string; body?: string },
): Promise<Answered> {
  const { path, agent, token, body } = options;
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), 'content-type': 'application/json' };
    const sent = request({ port, host: '127.0.0.1', path, agent, method: body ? 'POST' : 'GET', headers }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, ms: performance.now() - began }));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/**
 * 1,000 calls at once on one key, which the model server holds until it is told to let them go; meanwhile `/healthz` is
 * asked one time after another. Every call must end, with an answer or a clear refusal. Then what the process holds.
 */
export async function crowdOfOneKey({ upstream, targets: { kaze } }: Field): Promise<readonly Finding[]> {
  const before = (await kaze.server!.taken()).rssMiB;
  const crowd = new Agent({ keepAlive: false, maxSockets: CALLS });
  const probes = new Agent({ keepAlive: true });
  const messages = [{ role: 'user', content: 'held' }];
  const body = JSON.stringify({ model: 'openai/gpt-5.4-mini', messages, max_tokens: 100 });
  const began = performance.now();
  const calls = Array.from({ length: CALLS }, () =>
    ask(kaze.port, { path: '/v1/chat/completions', agent: crowd, token: kaze.token, body }),
  );
  const times: number[] = [];
  for (let probe = 0; probe < PROBES; probe++) {
    times.push((await ask(kaze.port, { path: '/healthz', agent: probes })).ms);
    if (probe !== PROBES / 2) continue;
    upstream.send('release');
    await once(upstream, 'message');
  }
  const letGo = setInterval(() => upstream.send('release'), 100);
  const answers = await Promise.all(calls);
  clearInterval(letGo);
  crowd.destroy();
  probes.destroy();
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  const wallMs = performance.now() - began;
  times.sort((a, b) => a - b);
  const asked: Finding = {
    ...{ case: '/healthz meanwhile', callers: CALLS, p50Ms: quantile(times, 0.5), p95Ms: quantile(times, 0.95) },
    ...{ perSecond: (CALLS / wallMs) * 1_000, value: quantile(times, 0.95), of: 'ms p95', bar: ['most', 50] },
    notes: `${count(200)} answered, ${count(429)} refused with 429, ${CALLS - count(200) - count(429)} otherwise`,
  };
  const held = (await kaze.server!.taken()).rssMiB;
  const untimed = { p50Ms: Number.NaN, p95Ms: Number.NaN, perSecond: Number.NaN };
  const notes = `${before.toFixed(0)} before`;
  return [asked, { case: 'memory afterwards', callers: CALLS, ...untimed, value: held, of: 'MiB', notes }];
}
