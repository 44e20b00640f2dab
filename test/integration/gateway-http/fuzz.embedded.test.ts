import { expect, it } from 'vitest';
import { createOutcomeFeed } from '#gateway';
import { ADMINISTRATOR, post, serve } from './setup.ts';

const COUNT = 3_000;
const PATHS = ['/v1/chat/completions', '/v1/messages', '/v1/messages/count_tokens', '/v1/embeddings'] as const;

/** Mulberry32: small, and the same on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const CACHED = { cache_control: { type: 'ephemeral', ttl: '5m' } };
const SAMPLING = { top_p: 0.9, frequency_penalty: 0.5, presence_penalty: -1, seed: 7, stop: ['END', 'STOP'] };
const TOOL_CALL = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
const GOOD: Record<(typeof PATHS)[number], object> = {
  '/v1/chat/completions': {
    ...{ model: 'actor', max_tokens: 10, temperature: 0, stream: false, tool_choice: 'auto', reasoning_effort: 'low' },
    ...SAMPLING,
    messages: [
      { role: 'system', content: [{ type: 'text', text: 's', ...CACHED }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 't' },
          { type: 'image_url', image_url: { url: 'https://a.b/c.png' } },
        ],
      },
      {
        ...{ role: 'assistant', content: null, tool_calls: [TOOL_CALL] },
        reasoning_details: [{ type: 'reasoning.text', text: 't', signature: 's', format: 'anthropic' }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'x' },
    ],
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
  },
  '/v1/messages': {
    ...{ model: 'actor', max_tokens: 10, system: [{ type: 'text', text: 's', ...CACHED }], stream: false },
    ...{ top_p: 0.5, top_k: 3, stop_sequences: ['END'], ...CACHED },
    thinking: { type: 'enabled', budget_tokens: 2_000 },
    messages: [
      { role: 'user', content: [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'd' } }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 't', signature: 's' },
          { type: 'tool_use', id: 't1', name: 'f', input: {}, extra_content: { google: { thought_signature: 's' } } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'x', ...CACHED }] },
    ],
    tools: [{ name: 'f', input_schema: { type: 'object' }, ...CACHED }],
    tool_choice: { type: 'auto' },
  },
  '/v1/messages/count_tokens': { model: 'actor', messages: [{ role: 'user', content: 'x' }] },
  '/v1/embeddings': { model: 'actor', input: ['a', 'b'], encoding_format: 'float' },
};
const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  0.5,
  '',
  'x',
  '\u0000\ud800',
  'data:image/png;base64,',
  [],
  {},
  [[]],
  { type: {} },
  { __proto__: null, constructor: 1 },
  [null],
  'https://[',
  '{',
];

/** What an error must never hold: where it arose, and in what. */
const INTERNALS = /\n\s+at |node_modules|file:\/\/|gateway\/http|TypeError|RangeError|\[object Object\]/;

/** A good body with one to three of its places made odd, taken out, doubled or cut; now and then bytes of no meaning. */
function mutated(body: unknown, random: () => number): string | Buffer {
  if (random() < 0.03) return Buffer.from(Array.from({ length: 1 + random() * 300 }, () => random() * 256));
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const copy = structuredClone(body) as Record<string, unknown>;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
    let place: Record<string, unknown> = copy;
    for (;;) {
      const name = pick(Object.keys(place).length > 0 ? Object.keys(place) : ['x']);
      const inner = place[name];
      if (typeof inner === 'object' && inner !== null && random() < 0.75) {
        place = inner as Record<string, unknown>;
        continue;
      }
      const how = random();
      if (how < 0.6) place[name] = structuredClone(pick(ODD));
      else if (how < 0.75 && !Array.isArray(place)) delete place[name];
      else if (how < 0.9)
        place[pick(['x', 'n', 'stop', '__proto__', 'toString', 'model', 'content'])] = structuredClone(pick(ODD));
      else place[name] = [inner, inner];
      break;
    }
  }
  const text = JSON.stringify(copy);
  return random() < 0.05 ? text.slice(0, Math.floor(random() * text.length)) : text;
}

it(`answers ${COUNT} generated bodies with 200 or a coded 4xx, and stays alive`, { timeout: 120_000 }, async () => {
  const served = await serve();
  const random = seeded(20_261_122);
  const seen = new Map<number, number>();
  const wrong: string[] = [];
  let counted = 0;
  const one = async (index: number) => {
    const path = PATHS[index % PATHS.length]!;
    const body = mutated(GOOD[path], random);
    const answer = await post(served, path, body, { body });
    const text = await answer.text();
    if (path !== '/v1/messages/count_tokens') counted += 1;
    seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
    const isCoded = answer.status < 500 && /"code":"KAZE_[A-Z_]+"/.test(text) && !INTERNALS.test(text);
    if (answer.status !== 200 && !isCoded) wrong.push(`${answer.status} ${path} ${body.toString()} ${text}`);
  };
  for (let index = 0; index < COUNT; index += 16)
    await Promise.all(Array.from({ length: 16 }, (_, i) => one(index + i)));
  expect(wrong.slice(0, 5)).toEqual([]);
  // Both kinds must occur, or the bodies test nothing.
  expect(seen.get(200)).toBeGreaterThan(COUNT / 20);
  expect(seen.get(400)).toBeGreaterThan(COUNT / 4);
  expect(served.logged).toEqual([]);
  // One row each, whatever came of it; counting tokens asks no model.
  expect(served.rows).toHaveLength(counted);
  expect(new Set(served.rows.map(({ id }) => id)).size).toBe(counted);
  for (const row of served.rows)
    expect(row).toMatchObject({ tenant: 'acme', agent: 'support', virtualKeyId: served.keyId });
  expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
});

/** What a URL and a header can hold, some of which no program would send. */
const WORDS = [
  '',
  'x',
  '-1',
  '0',
  '9e99',
  '%00',
  '%zz',
  'agent',
  'agent,agent',
  'day,hour',
  '2026-13-40',
  '../../x',
  'ä☃',
  '*',
];
const NAMES = ['by', 'from', 'to', 'first', 'after', 'agent', 'task', 'tenant', '__proto__', 'toString', 'x'];
const HEADERS = ['agent', 'task', 'task-type', 'channel', 'skill-version', 'timeout-ms', 'nothing'];

it('answers generated outcomes, keys, queries and headers with a coded 4xx too', { timeout: 60_000 }, async () => {
  const usage = { usageRows: async () => [], sumUsage: async () => [], judgedUse: async () => [] };
  const outcomes = createOutcomeFeed({ recordOutcomes: async () => {} });
  const served = await serve({ judgements: { usage, outcomes } });
  const random = seeded(20_261_123);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const wrong: string[] = [];
  const seen = new Set<number>();
  const check = async (answer: Response, asked: string) => {
    const text = await answer.text();
    seen.add(answer.status);
    const isCoded = answer.status < 500 && /"code":"KAZE_[A-Z_]+"/.test(text) && !INTERNALS.test(text);
    if (answer.status !== 200 && answer.status !== 201 && !isCoded) wrong.push(`${answer.status} ${asked} ${text}`);
  };
  const admin = { headers: { authorization: `Bearer ${ADMINISTRATOR}` } };
  const key = { name: 'ci', tenant: 'acme', agent: 'seo', models: ['offline/*'], expiresAt: 4_102_444_800_000 };
  for (let index = 0; index < 200; index += 1) {
    const told = mutated({ requestId: 'r1', outcome: 'evaluated', score: 0.5 }, random);
    await check(await post(served, '/v1/kaze/outcomes', told, { body: told }), `outcome ${told}`);
    const made = mutated(key, random);
    await check(await post({ ...served, secret: ADMINISTRATOR }, '/kaze/keys', made, { body: made }), `key ${made}`);
    const query = Array.from({ length: 1 + random() * 4 }, () => `${pick(NAMES)}=${pick(WORDS)}`).join('&');
    for (const [path, more] of [
      ['/v1/kaze/usage', { headers: { authorization: `Bearer ${served.secret}` } }],
      ['/v1/kaze/usage/rows', { headers: { authorization: `Bearer ${served.secret}` } }],
      ['/kaze/usage', admin],
      ['/kaze/choices', admin],
    ] as const)
      await check(await fetch(`${served.url}${path}?${query}`, more), `${path}?${query}`);
    const headers = { [`x-kaze-${pick(HEADERS)}`]: encodeURI(pick(WORDS)) };
    const answer = await post(served, '/v1/chat/completions', GOOD['/v1/chat/completions'], { headers });
    await check(answer, JSON.stringify(headers));
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  for (const status of [200, 400, 404]) expect(seen).toContain(status);
  expect(served.logged).toEqual([]);
});

it('takes each of the bodies that the generated ones are made from', async () => {
  const served = await serve();
  for (const path of PATHS) expect([path, (await post(served, path, GOOD[path])).status]).toEqual([path, 200]);
});
