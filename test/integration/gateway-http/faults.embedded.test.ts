import { describe, expect, it } from 'vitest';
import type { Fault } from '../../support/models/scene.ts';
import type { Script } from '../../support/models/server.ts';
import { anthropicClient, openAiClient } from './clients.ts';
import { serveUpstreams, WIDE } from './upstreams.ts';

const HELLO = { text: ['Within ', '14 ', 'days.'] };
const PAIRS = [
  { client: openAiClient, vendor: 'openai', model: 'openai/gpt-4o-mini' },
  { client: anthropicClient, vendor: 'anthropic', model: 'anthropic/claude-sonnet-5' },
  { client: openAiClient, vendor: 'anthropic', model: 'anthropic/claude-sonnet-5' },
  { client: anthropicClient, vendor: 'openai', model: 'openai/gpt-4o-mini' },
] as const;

/** What the packages make of a status: both name their classes alike. */
const CLASSES: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  422: 'UnprocessableEntityError',
  429: 'RateLimitError',
};

describe.each(PAIRS)('the $client.name package before $vendor', ({ client, vendor, model }) => {
  it.each<[Fault, number, string]>([
    ['rate-limit', 429, 'KAZE_MODEL_RATE_LIMITED'],
    ['overloaded', 503, 'KAZE_MODEL_OVERLOADED'],
    ['unauthorised', 502, 'KAZE_MODEL_CREDENTIAL_REFUSED'],
    ['no-credit', 502, 'KAZE_MODEL_ACCOUNT_EXHAUSTED'],
    ['bad-request', 400, 'KAZE_MODEL_BAD_REQUEST'],
    ['too-long', 413, 'KAZE_MODEL_INPUT_TOO_LONG'],
    ['filtered', 422, 'KAZE_MODEL_CONTENT_FILTERED'],
    ['no-model', 404, 'KAZE_MODEL_UNKNOWN'],
    ['server-error', 502, 'KAZE_MODEL_PROVIDER_FAILED'],
  ])('is told of %s as %i %s, whole and streamed', async (fault, status, code) => {
    const served = await serveUpstreams();
    const headers: Record<string, string> = fault === 'rate-limit' ? { 'retry-after': '12' } : {};
    for (const stream of [false, true]) {
      served.vendors[vendor].next({ kind: 'fault', fault, headers });
      const failed = await client.ask(served, { model, stream });
      const name = CLASSES[status] ?? expect.any(String);
      expect(failed).toMatchObject({ status, code, name });
      const retryAfter = 'headers' in failed ? failed.headers?.get('retry-after') : undefined;
      if (fault === 'rate-limit') expect(retryAfter).toBe('12');
    }
    expect(served.rows.map(({ outcome, errorCode, costMicros }) => [outcome, errorCode, costMicros])).toEqual([
      ['error', code, 0],
      ['error', code, 0],
    ]);
    await served.settled(2);
  });

  it.each<[string, Script, number, string]>([
    ['resets the connection', { kind: 'reset' }, 503, 'KAZE_MODEL_UNREACHABLE'],
    ['answers no JSON', { kind: 'not-json' }, 502, 'KAZE_MODEL_BAD_ANSWER'],
  ])('is told when the provider %s', async (_, script, status, code) => {
    const served = await serveUpstreams();
    served.vendors[vendor].next(script);
    expect(await client.ask(served, { model })).toMatchObject({ status, code });
    await served.settled(1);
  });

  it('is told when the provider takes too long, which is left then', async () => {
    const served = await serveUpstreams();
    served.vendors[vendor].next({ kind: 'silent' }, { kind: 'silent' });
    for (const stream of [false, true]) {
      const failed = await client.ask(served, { model, stream, headers: { 'x-kaze-timeout-ms': '150' } });
      expect(failed).toMatchObject({ status: 504, code: 'KAZE_MODEL_TIMEOUT' });
    }
    const { seen } = served.vendors[vendor];
    await expect.poll(() => seen.filter(({ closedAtMs }) => closedAtMs !== null).length).toBe(seen.length);
    await served.settled(2);
  });

  it.each<[string, Script, object, string]>([
    ['does not begin', { kind: 'silent' }, { firstTokenMs: 100 }, 'KAZE_MODEL_FIRST_TOKEN_TIMEOUT'],
    [
      'stops in the middle',
      { kind: 'broken-stream', scene: HELLO, after: 20, ends: 'stall' },
      { idleMs: 500 },
      'KAZE_MODEL_IDLE_TIMEOUT',
    ],
  ])('is told when a stream %s, whose vendor is left then', async (_, script, timeouts, code) => {
    const served = await serveUpstreams({ policy: { timeouts } });
    served.vendors[vendor].next(script);
    const before = 'firstTokenMs' in timeouts;
    const failed = await client.ask(served, { model, stream: true });
    expect(failed).toMatchObject({ code, status: before ? 504 : undefined });
    expect(served.rows).toMatchObject([{ outcome: 'error', errorCode: code }]);
    await expect.poll(() => served.vendors[vendor].seen[0]!.closedAtMs).not.toBeNull();
    await served.settled(1);
  });

  it.each(['end', 'cut', 'garbage', 'error'] as const)(
    'gets an error in a stream that breaks off (%s), with what had come before it, and never an end',
    async (ends) => {
      const served = await serveUpstreams();
      const request = { method: 'POST', path: '/', headers: {}, body: { model: 'm' } };
      const { frames } = served.vendors[vendor].wire;
      const after = frames(HELLO, request).findIndex((frame) => frame.includes('14 ')) + 1;
      served.vendors[vendor].next({ kind: 'broken-stream', scene: HELLO, after, ends });
      const failed = await client.ask(served, { model, stream: true });
      // Without a status: the answer had begun.
      expect(failed).toMatchObject({ text: 'Within 14 ', status: undefined });
      expect('code' in failed && failed.code).toMatch(/^KAZE_MODEL_(STREAM_BROKEN|BAD_ANSWER|OVERLOADED)$/);
      expect(served.rows).toMatchObject([{ outcome: 'error' }]);
      expect(served.rows[0]!.costMicros).toBeGreaterThan(0);
      await served.settled(1);
    },
  );

  it('is told when the model calls a tool with arguments that are no JSON', async () => {
    const served = await serveUpstreams();
    const toolCalls = [{ id: 'call_a', name: 'find_orders', json: '{"email":' }];
    served.vendors[vendor].next({ kind: 'scene', scene: { toolCalls, stop: 'tools' } });
    const failed = await client.ask(served, { model, stream: true, tool: true });
    expect(failed).toMatchObject({ code: 'KAZE_MODEL_BAD_ANSWER' });
    await served.settled(1);
  });

  it('is told that a budget is used up with 402, which it does not try again', async () => {
    const served = await serveUpstreams({ rules: [{ ...WIDE, maxMicros: 1 }] });
    for (const stream of [false, true]) {
      const failed = await client.ask(served, { model, stream });
      const type = client.name === 'openai' ? 'insufficient_quota' : 'billing_error';
      expect(failed).toMatchObject({ status: 402, code: 'KAZE_BUDGET_EXHAUSTED', type });
      if (!('headers' in failed)) throw new Error('no failure');
      expect([failed.headers?.get('x-should-retry'), failed.headers?.get('retry-after')]).toEqual(['false', null]);
    }
    expect(served.vendors[vendor].seen).toHaveLength(0);
    await served.settled(2);
    for (const row of served.rows)
      expect(row).toMatchObject({ outcome: 'refused', errorCode: 'KAZE_BUDGET_EXHAUSTED' });
  });

  it('is told with 422 that no price is known of a model under a budget of money, and may use it under one of tokens', async () => {
    const prices = { of: () => undefined };
    const served = await serveUpstreams({ prices });
    for (const stream of [false, true]) {
      const failed = await client.ask(served, { model, stream });
      expect(failed).toMatchObject({ status: 422, code: 'KAZE_BUDGET_PRICE_UNKNOWN' });
      if (!('message' in failed)) throw new Error('no failure');
      for (const word of [model, 'tenant:acme:total', 'models.priceFile']) expect(failed.message).toContain(word);
    }
    expect(served.vendors[vendor].seen).toHaveLength(0);
    await served.settled(2);
    for (const row of served.rows) expect(row).toMatchObject({ outcome: 'refused', costMicros: 0 });
    const tokens = await serveUpstreams({ prices, rules: [{ ...WIDE, maxMicros: undefined, maxTokens: 50_000 }] });
    expect(await client.ask(tokens, { model })).toMatchObject({ text: 'hello' });
    await tokens.settled(1);
  });

  it('is told with 429 to come again where only calls under way hold the budget, and may then', async () => {
    // Room for one call of its size, and not for two.
    const served = await serveUpstreams({ rules: [{ ...WIDE, maxMicros: undefined, maxTokens: 2_000 }] });
    served.vendors[vendor].next({ kind: 'silent' });
    const leaving = new AbortController();
    const ask = { model, headers: { 'x-kaze-timeout-ms': '60000' } };
    const first = client.ask(served, { ...ask, signal: leaving.signal });
    await expect.poll(() => served.vendors[vendor].seen.length).toBe(1);
    const failed = await client.ask(served, ask);
    expect(failed).toMatchObject({ status: 429, code: 'KAZE_BUDGET_BUSY', name: 'RateLimitError' });
    if (!('headers' in failed)) throw new Error('no failure');
    expect(Number(failed.headers?.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(failed.headers?.get('x-should-retry')).toBe('true');
    leaving.abort();
    expect(await first).toMatchObject({ name: 'APIUserAbortError' });
    await served.settled(2);
  });
});

describe.each(PAIRS)('a policy, for the $client.name package before $vendor', ({ client, vendor, model }) => {
  it.each([
    [
      'models that it denies to the tenant',
      { models: [{ tenant: 'acme', deny: [`${vendor}/*`] }] },
      403,
      'MODEL_FORBIDDEN',
    ],
    ['models that it does not allow it', { models: [{ tenant: 'acme', allow: ['google/*'] }] }, 403, 'MODEL_FORBIDDEN'],
    ['more input than it lets through', { guard: { maxInputBytes: 1 } }, 413, 'INPUT_TOO_LARGE'],
  ])('refuses %s, before anything is sent', async (_, policy, status, code) => {
    const served = await serveUpstreams({ policy });
    for (const stream of [false, true]) {
      expect(await client.ask(served, { model, stream })).toMatchObject({ status, code: `KAZE_GATEWAY_${code}` });
    }
    expect(served.vendors[vendor].seen).toHaveLength(0);
    await served.settled(served.rows.length);
  });
});
