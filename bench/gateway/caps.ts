import { Agent } from 'node:http';
import { costMicros, defaultPriceList } from '#gateway';
import { redis } from '../../test/support/servers/index.ts';
import { quantile } from '../measure.ts';
import { type Finding, publish } from '../report.ts';
import { ask } from './crowd.ts';
import { type Field, startKaze, WIRES } from './field.ts';
import { rowsOf } from './ledger-rows.ts';
import type { Measured } from './measured.ts';

const CALLS = 200;
const WORTH = 20;
/** As the model server counts. */
const USED = { inputTokens: 40, outputTokens: 24, cachedTokens: 0 };

interface Case {
  readonly name: string;
  /** Each has a budget of its own. */
  readonly tenant: string;
  readonly maxTokens?: number;
}

async function spends(workers: readonly Measured[], one: Case, field: Field, cap: number): Promise<Finding[]> {
  const { name, tenant, maxTokens } = one;
  const agent = new Agent({ keepAlive: false, maxSockets: CALLS });
  const { path, model } = WIRES.openai;
  const messages = [{ role: 'user', content: 'Is invoice 4711 of 14 May paid? Say so at once. (slow)' }];
  const body = JSON.stringify({ model, messages, max_tokens: maxTokens });
  // Good at both: they share the database that keys stand in.
  const token = workers[0]!.secrets![tenant]!;
  const began = performance.now();
  const answers = await Promise.all(
    Array.from({ length: CALLS }, (_, at) => ask(workers[at % workers.length]!.port, { path, agent, token, body })),
  );
  const wallMs = performance.now() - began;
  agent.destroy();
  const rows = await rowsOf(field.ledger.url, tenant, CALLS);
  const spent = rows.reduce((sum, row) => sum + row.costMicros, 0) / cap;
  const times = answers.filter(({ status }) => status === 200).map(({ ms }) => ms);
  times.sort((a, b) => a - b);
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  const others = CALLS - times.length - count(402) - count(429);
  const shown = {
    ...{ case: name, callers: CALLS, p50Ms: quantile(times, 0.5), p95Ms: quantile(times, 0.95) },
    ...{ perSecond: (CALLS / wallMs) * 1_000, value: spent, of: 'of the cap' },
  };
  const told = `${times.length} answered, ${count(402)} with 402, ${count(429)} with 429, ${others} otherwise`;
  return [
    { ...shown, bar: ['least', 0.9], notes: `${told}; ${rows.length} rows` },
    { ...shown, bar: ['most', 1] },
  ];
}

/** A cap worth 20 calls and 200 calls at once: how much of it is spent, in one process and across two. */
export async function caps(field: Field): Promise<void> {
  const { address, ledger } = field;
  const [provider, name] = WIRES.openai.model.split('/') as [string, string];
  const cap = WORTH * costMicros(defaultPriceList().of({ provider, name }, Date.now())!, USED);
  const start = (tenants: string, more: readonly string[] = []) =>
    startKaze(address, [`postgres=${ledger.url}`, `cap=${cap}`, `tenants=${tenants}`, ...more]);
  const one = await start('a-given,a-left');
  const findings = [
    ...(await spends([one], { name: 'one process, max_tokens given', tenant: 'a-given', maxTokens: 24 }, field, cap)),
    ...(await spends([one], { name: 'one process, without max_tokens', tenant: 'a-left' }, field, cap)),
  ];
  await one.close();
  const shared = await redis.start();
  const both = `redis=${shared.url}`;
  // One after the other: each makes keys of its own.
  const workers = [await start('b-given,b-left', [both]), await start('c-given', [both])];
  const given = { name: 'two processes, Redis, max_tokens given', tenant: 'b-given', maxTokens: 24 };
  findings.push(...(await spends(workers, given, field, cap)));
  const left = { name: 'two processes, Redis, without max_tokens', tenant: 'b-left' };
  findings.push(...(await spends(workers, left, field, cap)));
  for (const worker of workers) await worker.close();
  await shared.stop();
  publish({ title: `Gateway: a cap worth ${WORTH} calls, ${CALLS} at once`, findings });
}
