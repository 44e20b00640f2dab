import { describe, expect, it } from 'vitest';
import type { CompleteRequest } from '../../../../gateway/domain/request.ts';
import { ATTRIBUTION, ask, completion, FakeProvider, model, scene } from './setup.ts';

const zero = (more: Partial<CompleteRequest> = {}) => ask({ limits: { temperature: 0 }, ...more });
const tool = { name: 'look', description: 'looks', parameters: { type: 'object' } };

describe('the cache', () => {
  const cached = (policy = {}) => {
    const one = new FakeProvider([model('one', 'm1')]);
    return { one, ...scene([one], { cache: {}, ...policy }) };
  };

  it('answers the same request of the same tenant at temperature 0, with a row that costs nothing', async () => {
    const { one, gateway, rows } = cached();
    await gateway.complete(zero());
    const again = await gateway.complete(zero({ attribution: { ...ATTRIBUTION, agent: 'other', task: 't1' } }));
    expect(again).toMatchObject({ text: 'done', metadata: { cached: true, provider: 'one' } });
    expect(one.calls).toHaveLength(1);
    expect(rows[1]).toMatchObject({
      id: again.metadata.id,
      cacheHit: true,
      costMicros: 0,
      inputTokens: 0,
      agent: 'other',
    });
    const types: string[] = [];
    for await (const { type } of gateway.stream(zero())) types.push(type);
    expect(types).toEqual(['text', 'finish']);
    expect(one.calls).toHaveLength(1);
  });

  it.each<[string, CompleteRequest]>([
    ['of another tenant', zero({ attribution: { ...ATTRIBUTION, tenant: 'other' } })],
    ['with another word', zero({ messages: [{ role: 'user', content: 'hello!' }] })],
    ['without temperature 0', ask()],
    ['that does not want it', zero({ cache: false })],
    ['with a tool that may change something', zero({ tools: [tool] })],
    ['that asks for it, with such a tool', zero({ tools: [tool], cache: true })],
  ])('does not answer a request %s', async (_, request) => {
    const { one, gateway } = cached();
    await gateway.complete(zero());
    await gateway.complete(request);
    await gateway.complete(request);
    expect(one.calls.length).toBeGreaterThanOrEqual(
      request.limits?.temperature === 0 && request.cache !== false && !request.tools ? 2 : 3,
    );
  });

  it('knows a request again whatever the order of its fields, what is left undefined, and how long it may take', async () => {
    const { one, gateway } = cached();
    const content = [{ type: 'text' as const, text: 'hello' }];
    const parameters = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } };
    const reads = { ...tool, sideEffects: false };
    await gateway.complete(zero({ messages: [{ role: 'user', content }], tools: [{ ...reads, parameters }] }));
    const turned = { properties: { b: { type: 'string' }, a: { type: 'string' } }, type: 'object' };
    const again = await gateway.complete(
      zero({
        tools: [{ parameters: turned, sideEffects: false, description: 'looks', name: 'look' }],
        messages: [{ content: [{ text: 'hello', type: 'text' }], role: 'user' }],
        limits: { timeoutMs: 5_000, temperature: 0, seed: undefined },
      }),
    );
    expect(again.metadata.cached).toBe(true);
    expect(one.calls).toHaveLength(1);
  });

  it('answers for tools that only read, and for who asks for it', async () => {
    const { one, gateway } = cached();
    const reads = zero({ tools: [{ ...tool, sideEffects: false }] });
    for (const request of [reads, reads, ask({ cache: true }), ask({ cache: true })]) await gateway.complete(request);
    expect(one.calls).toHaveLength(2);
  });

  it('keeps within its bytes and its time, and no answer that was cut', async () => {
    const { one, gateway } = cached({ cache: { maxBytes: 4_096, ttlMs: 20 } });
    for (const text of ['a', 'b', 'c', 'd', 'e', 'a']) {
      await gateway.complete(zero({ messages: [{ role: 'user', content: text }] }));
    }
    expect(one.calls).toHaveLength(6);
    await gateway.complete(zero({ messages: [{ role: 'user', content: 'fresh' }] }));
    await expect
      .poll(
        async () => (await gateway.complete(zero({ messages: [{ role: 'user', content: 'fresh' }] }))).metadata.cached,
      )
      .toBeUndefined();
    one.answer = async () => ({ ...completion('cut'), stopReason: 'length' });
    const before = one.calls.length;
    for (let i = 0; i < 2; i += 1) await gateway.complete(zero({ messages: [{ role: 'user', content: 'long' }] }));
    expect(one.calls.length).toBe(before + 2);
  });
});

describe('the guard', () => {
  const SECRET = `sk-${'a1'.repeat(12)}`;
  const TEXT = `Write to jane@example.com, again jane@example.com, with ${SECRET}.`;
  const guarded = () => {
    const one = new FakeProvider([model('one', 'm1')]);
    one.answer = async ({ messages }) => completion(`You said: ${messages[0]!.content as string}`);
    const redact = [{ tenant: 'acme', kinds: ['email' as const, 'secret' as const] }];
    return { one, ...scene([one], { guard: { redact } }) };
  };
  const said = (content: string) => ask({ messages: [{ role: 'user', content }] });

  it('takes private words out of a request and puts them back into its answer', async () => {
    const { one, gateway } = guarded();
    expect((await gateway.complete(said(TEXT))).text).toBe(`You said: ${TEXT}`);
    expect(one.calls[0]!.messages[0]!.content).toBe('Write to [EMAIL_1], again [EMAIL_1], with [SECRET_1].');
  });

  it('leaves other tenants’ requests and names that a caller wrote as they are', async () => {
    const { one, gateway } = guarded();
    await gateway.complete({ ...said(TEXT), attribution: { ...ATTRIBUTION, tenant: 'other' } });
    expect(one.calls[0]!.messages[0]!.content).toBe(TEXT);
    const odd = 'Keep [EMAIL_1] and jane@example.com.';
    expect((await gateway.complete(said(odd))).text).toBe(`You said: ${odd}`);
    expect(one.calls[1]!.messages[0]!.content).toBe('Keep [EMAIL_1] and [EMAIL_2].');
  });

  it('puts words back into a stream whose pieces cut their names, into tool calls and citations', async () => {
    const { one, gateway } = guarded();
    const text = 'Mail jane@example.com now.';
    one.pieces = async function* () {
      for (const piece of ['Hi [', 'EMA', 'IL_', '1] and [x', '] or [EMAIL']) yield { type: 'text', text: piece };
      yield { type: 'tool-call', call: { type: 'tool-call', id: 'c', name: 'send', arguments: { to: ['[EMAIL_1]'] } } };
      const citation = { number: 1, documentId: 'd', title: null, quote: '[EMAIL_1] now', start: 5, end: 18 };
      yield { type: 'finish', completion: { ...completion('Hi [EMAIL_1]'), citations: [citation] } };
    };
    const request = ask({ messages: [{ role: 'user', content: [{ type: 'document', id: 'd', text }] }] });
    let streamed = '';
    for await (const delta of gateway.stream(request)) {
      if (delta.type === 'text') streamed += delta.text;
      if (delta.type === 'tool-call') expect(delta.call.arguments).toEqual({ to: ['jane@example.com'] });
      if (delta.type !== 'finish') continue;
      expect(delta.completion.text).toBe('Hi jane@example.com');
      const { quote, start, end } = delta.completion.citations[0]!;
      expect(text.slice(start, end)).toBe(quote);
    }
    expect(streamed).toBe('Hi jane@example.com and [x] or [EMAIL');
  });

  it('shows a vendor that counts no private word either', async () => {
    const { one, gateway } = guarded();
    const counted: string[] = [];
    one.countTokens = async (call) => {
      counted.push(JSON.stringify(call.messages));
      return { tokens: 10, model: 'm1', exact: true };
    };
    await gateway.countTokens(said('Mail jane@example.com now.'));
    expect(counted).toEqual([expect.stringContaining('[EMAIL_1]')]);
    expect(counted[0]).not.toContain('jane@');
  });

  it('shows a vendor that embeds no private word, and gives a text one vector whatever stands beside it', async () => {
    const { one, gateway } = guarded();
    const texts: string[][] = [];
    one.embed = async (call) => {
      texts.push([...call.texts]);
      return FakeProvider.prototype.embed.call(one, call);
    };
    one.models = async () => [
      model('one', 'm1', { capabilities: { ...model('one', 'm1').capabilities, embeddings: true } }),
    ];
    const embed = (...wanted: string[]) => gateway.embed({ texts: wanted, attribution: ATTRIBUTION });
    await embed('Mail jane@example.com', `Mail joe@example.com with ${SECRET}`);
    await embed('Mail joe@example.com');
    expect(texts).toEqual([['Mail [EMAIL_1]', 'Mail [EMAIL_1] with [SECRET_1]'], ['Mail [EMAIL_1]']]);
    const other = { ...ATTRIBUTION, tenant: 'other' };
    await gateway.embed({ texts: ['Mail joe@example.com'], attribution: other });
    expect(texts.at(-1)).toEqual(['Mail joe@example.com']);
  });

  it('holds calls of tools back until they are whole, and leaves thoughts as they were signed', async () => {
    const { one, gateway } = guarded();
    const call = { type: 'tool-call' as const, id: 'c', name: 'send', arguments: { to: '[EMAIL_1]' } };
    const signature = { provider: 'one', value: 'signed' };
    one.pieces = async function* () {
      yield { type: 'reasoning', text: 'mail [EMAIL_1]', signature };
      yield { type: 'tool-call-start', id: 'c', name: 'send' };
      yield { type: 'tool-call-json', id: 'c', json: '{"to":"[EMA' };
      yield { type: 'tool-call-json', id: 'c', json: 'IL_1]"}' };
      yield { type: 'tool-call', call };
      yield { type: 'finish', completion: { ...completion(''), toolCalls: [call] } };
    };
    const deltas: unknown[] = [];
    for await (const delta of gateway.stream(said('Mail jane@example.com now.'))) deltas.push(delta);
    expect(deltas).toMatchObject([
      { type: 'reasoning', text: 'mail [EMAIL_1]', signature },
      { type: 'tool-call', call: { arguments: { to: 'jane@example.com' } } },
      { type: 'finish' },
    ]);
  });

  it('refuses what is larger than the policy lets through, before anything is sent', async () => {
    const one = new FakeProvider([model('one', 'm1')]);
    const { gateway } = scene([one], { guard: { maxInputBytes: 1_000 } });
    const refused = { code: 'KAZE_GATEWAY_INPUT_TOO_LARGE', status: 413 };
    await expect(gateway.complete(said('x'.repeat(2_000)))).rejects.toMatchObject(refused);
    await expect(gateway.embed({ texts: ['x'.repeat(2_000)], attribution: ATTRIBUTION })).rejects.toMatchObject(
      refused,
    );
    expect(one.calls).toEqual([]);
  });
});
