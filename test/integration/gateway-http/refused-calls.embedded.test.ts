import { expect, it, vi } from 'vitest';
import { type Clock, createLogger, type KazeError, platformErrors, silentLogger, type UsageRow } from '#platform';
import { flowError } from '../../../gateway/domain/flow/errors.ts';
import { httpError } from '../../../gateway/http/errors.ts';
import { RefusedCalls } from '../../../gateway/http/refused-calls.ts';
import { post, serve } from './setup.ts';

const CHAT = '/v1/chat/completions';
const ASK = { model: 'actor', messages: [{ role: 'user', content: 'x' }] };
const SECRET = 'sk-ant-api03-0123456789abcdefghij';

it.each([
  ['no JSON', '{"model":', {}, 'KAZE_GATEWAY_BODY', '(unknown)'],
  ['a wrong field', { ...ASK, temperature: SECRET }, {}, 'KAZE_GATEWAY_FIELD', 'actor'],
  ['a model that nobody has', { ...ASK, model: 'openai/gpt-99' }, {}, 'KAZE_MODEL_UNKNOWN', 'openai/gpt-99'],
  ['a secret in the place of a model', { ...ASK, model: SECRET }, {}, 'KAZE_MODEL_UNKNOWN', '(unknown)'],
  ['a model of too many words', { ...ASK, model: 'a '.repeat(5_000) }, {}, 'KAZE_GATEWAY_FIELD', '(unknown)'],
  ['another agent’s name', ASK, { 'x-kaze-agent': 'sales' }, 'KAZE_GATEWAY_FORBIDDEN', 'actor'],
  ['a time that is none', ASK, { 'x-kaze-timeout-ms': 'soon' }, 'KAZE_GATEWAY_HEADER', 'actor'],
] as const)('keeps one usage row of a call with %s', async (_, body, headers, errorCode, model) => {
  const served = await serve();
  const key = await served.newKey();
  const answer = await post({ url: served.url, secret: key.secret }, CHAT, body, { headers });
  expect(((await answer.json()) as { error: { code: string } }).error.code).toBe(errorCode);
  expect(served.rows).toMatchObject([
    { tenant: 'acme', agent: 'support', virtualKeyId: key.id, outcome: 'refused', errorCode, model, costMicros: 0 },
  ]);
  for (const secret of [SECRET, key.secret]) expect(JSON.stringify(served.rows)).not.toContain(secret);
  const told = await (await fetch(`${served.url}/metrics`)).text();
  expect(told).toContain(`kaze_gateway_refused_total{route="${CHAT}",error="${errorCode}"} 1`);
});

it('keeps a row of a call that a guardrail refuses, and none for counting tokens or looking at models', async () => {
  const refuse = async () => {
    throw flowError('KAZE_GATEWAY_GUARDRAIL_REFUSED', 'no');
  };
  const served = await serve({ gateway: { relay: async () => false, complete: refuse } });
  expect((await post(served, CHAT, ASK)).status).toBe(422);
  expect(served.rows).toMatchObject([{ outcome: 'refused', errorCode: 'KAZE_GATEWAY_GUARDRAIL_REFUSED' }]);
  await post(served, '/v1/messages/count_tokens', '{');
  await fetch(`${served.url}/v1/models/nobody`, { headers: { authorization: `Bearer ${served.secret}` } });
  expect(served.rows).toHaveLength(1);
});

it('keeps one row a minute and cause of callers without a key that counts, however often they call', async () => {
  const rows: UsageRow[] = [];
  const counted: string[] = [];
  let now = 60_000_000;
  const refused = new RefusedCalls({
    rows: { end: async (row) => void rows.push(row) },
    clock: { now: () => now } as Clock,
    logger: silentLogger,
    count: (route, code) => void counted.push(`${route} ${code}`),
  });
  const missing = httpError('KAZE_GATEWAY_KEY_MISSING', 'none');
  const unknown = httpError('KAZE_GATEWAY_KEY_REFUSED', `not known: ${SECRET}`);
  for (let minute = 0; minute < 3; minute += 1, now += 60_000) {
    for (let i = 0; i < 500; i += 1) for (const error of [missing, unknown]) refused.stranger(CHAT, error);
  }
  // That nobody could be asked is nobody's fault.
  refused.stranger(CHAT, httpError('KAZE_GATEWAY_KEYS_UNAVAILABLE', 'away'));
  expect(rows).toHaveLength(6);
  expect(counted).toHaveLength(3_000);
  for (const row of rows) expect(row).toMatchObject({ tenant: '(unknown)', virtualKeyId: null, outcome: 'refused' });
  expect(JSON.stringify(rows)).not.toContain(SECRET);
});

it('refuses strangers over HTTP without a row for each', async () => {
  const served = await serve();
  const ask = (secret: string) => post({ url: served.url, secret }, CHAT, ASK);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(`kz-${String(i).padStart(43, 'x')}`)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  // A minute may end meanwhile.
  expect(served.rows.length).toBeLessThan(40);
  expect(served.rows[0]).toMatchObject({ tenant: '(unknown)', errorCode: 'KAZE_GATEWAY_KEY_REFUSED' });
  const told = await (await fetch(`${served.url}/metrics`)).text();
  expect(told).toContain(`kaze_gateway_refused_total{route="${CHAT}",error="KAZE_GATEWAY_KEY_REFUSED"} 40`);
});

it('tells its caller why although the row cannot be kept', async () => {
  const full: KazeError = platformErrors('KAZE_LEDGER_UNAVAILABLE', 'away');
  const lines: string[] = [];
  const refused = new RefusedCalls({
    rows: { end: () => Promise.reject(full) },
    clock: { now: () => 0 } as Clock,
    logger: createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } }),
    count: () => {},
  });
  expect(() => refused.stranger(CHAT, httpError('KAZE_GATEWAY_KEY_MISSING', 'none'))).not.toThrow();
  await vi.waitFor(() => expect(lines.map((line) => JSON.parse(line).code)).toEqual(['KAZE_LEDGER_UNAVAILABLE']));
});
