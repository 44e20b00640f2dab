import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect, it } from 'vitest';
import type { Scene } from '../../support/models/scene.ts';
import { anthropicClient, openAiClient } from './clients.ts';
import { serveUpstreams, type Upstreams, WIDE } from './upstreams.ts';

const openai = ({ url, secret }: Upstreams) => new OpenAI({ baseURL: `${url}/v1`, apiKey: secret, maxRetries: 0 });
const anthropic = ({ url, secret }: Upstreams) =>
  new Anthropic({ baseURL: url, apiKey: secret, authToken: null, maxRetries: 0 });

const CLAUDE = 'anthropic/claude-sonnet-5';
const GPT = 'openai/gpt-4o-mini';
const GEMINI = 'google/gemini-3.8-flash';
const PARAMETERS = { type: 'object' as const, properties: { email: { type: 'string' } } };
const TOOL = { name: 'find_orders', description: 'finds orders', parameters: PARAMETERS };
const HI = [{ role: 'user' as const, content: 'hi' }];
const CALLS = ['a@b.example', 'c@d.example'].map((email, at) => ({
  ...{ id: `call_${at}`, name: 'find_orders', json: JSON.stringify({ email }) },
}));
const CALLING: Scene = { text: ['Looking.'], toolCalls: CALLS, stop: 'tools' };
const THINKING: Scene = { reasoning: { text: 'Look it up.', signature: 'c2lnbmVk' }, ...CALLING };

it.each([
  ['openai', GPT],
  ['anthropic', CLAUDE],
] as const)('streams arguments of tools in pieces to both packages, from %s', async (vendor, model) => {
  const served = await serveUpstreams();
  served.vendors[vendor].next({ kind: 'scene', scene: CALLING }, { kind: 'scene', scene: CALLING });
  const pieces: string[] = [];
  const chat = openai(served).chat.completions.stream({
    ...{ model, messages: HI, tools: [{ type: 'function', function: TOOL }] },
  });
  chat.on('chunk', ({ choices }) => {
    for (const call of choices[0]?.delta.tool_calls ?? []) pieces.push(call.function?.arguments ?? '');
  });
  const { message } = (await chat.finalChatCompletion()).choices[0]!;
  expect(message.content).toBe('Looking.');
  expect(message.tool_calls).toMatchObject(
    CALLS.map(({ id, name, json }) => ({ id, type: 'function', function: { name, arguments: json } })),
  );
  // Two calls, each in more than one piece.
  expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThanOrEqual(4);

  const parts: string[] = [];
  const stream = anthropic(served).messages.stream({
    ...{ model, max_tokens: 100, messages: HI },
    tools: [{ name: TOOL.name, description: TOOL.description, input_schema: PARAMETERS }],
  });
  stream.on('inputJson', (part) => parts.push(part));
  const { content, stop_reason } = await stream.finalMessage();
  expect(stop_reason).toBe('tool_use');
  expect(content.filter(({ type }) => type === 'tool_use')).toMatchObject(
    CALLS.map(({ id, name, json }) => ({ id, name, input: JSON.parse(json) })),
  );
  expect(parts.filter((part) => part !== '').length).toBeGreaterThanOrEqual(4);
  await served.settled(2);
});

/** The second turn as the vendor gets it: what the assistant said in the first one. */
function saidBefore(served: Upstreams, vendor: 'anthropic' | 'google'): unknown {
  const { body } = served.vendors[vendor].seen.at(-1)!;
  const turns = (vendor === 'anthropic' ? body.messages : body.contents) as Array<{ role: string }>;
  return turns.find(({ role }) => role === 'assistant' || role === 'model');
}

const THOUGHT_AGAIN = {
  anthropic: {
    content: [{ type: 'thinking', thinking: 'Look it up.', signature: 'c2lnbmVk' }, { type: 'text' }, {}, {}],
  },
  google: {
    parts: [{ text: 'Look it up.', thought: true, thoughtSignature: 'c2lnbmVk' }, { text: 'Looking.' }, {}, {}],
  },
};

it.each([
  ['anthropic', CLAUDE],
  ['google', GEMINI],
] as const)(
  'hands thoughts that %s signed back unchanged, by both packages, whole and streamed',
  async (vendor, model) => {
    const served = await serveUpstreams();
    const results = CALLS.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'x' }));
    const chat = { model, tools: [{ type: 'function' as const, function: TOOL }] };
    const message = { model, max_tokens: 100, tools: [{ name: TOOL.name, input_schema: PARAMETERS }] };
    const first = [
      async () => (await openai(served).chat.completions.create({ ...chat, messages: HI })).choices[0]!.message,
      async () =>
        (
          await openai(served)
            .chat.completions.stream({ ...chat, messages: HI })
            .finalChatCompletion()
        ).choices[0]!.message,
    ];
    for (const ask of first) {
      served.vendors[vendor].next({ kind: 'scene', scene: THINKING });
      const said = await ask();
      expect(said).toMatchObject({
        reasoning_content: 'Look it up.',
        reasoning_details: [{ type: 'reasoning.text', text: 'Look it up.', signature: 'c2lnbmVk', format: vendor }],
      });
      await openai(served).chat.completions.create({ ...chat, messages: [...HI, said, ...results] });
      expect(saidBefore(served, vendor)).toMatchObject(THOUGHT_AGAIN[vendor]);
    }
    const firstMessages = [
      async () => anthropic(served).messages.create({ ...message, messages: HI }),
      async () =>
        anthropic(served)
          .messages.stream({ ...message, messages: HI })
          .finalMessage(),
    ];
    const toolResults = CALLS.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'x' }));
    for (const ask of firstMessages) {
      served.vendors[vendor].next({ kind: 'scene', scene: THINKING });
      const { content } = await ask();
      expect(content[0]).toMatchObject({ type: 'thinking', thinking: 'Look it up.' });
      const turns = [...HI, { role: 'assistant' as const, content }, { role: 'user' as const, content: toolResults }];
      await anthropic(served).messages.create({ ...message, messages: turns });
      expect(saidBefore(served, vendor)).toMatchObject(THOUGHT_AGAIN[vendor]);
    }
    await served.settled(8);
  },
);

it('passes cache control on, and accounts for what was written to the cache and read from it', async () => {
  const served = await serveUpstreams();
  const usage = { input: 100, cached: 60, written: 10, output: 40, reasoning: 15 };
  served.vendors.anthropic.next(
    { kind: 'scene', scene: { text: ['ok'], usage } },
    { kind: 'scene', scene: { text: ['ok'], usage } },
    { kind: 'scene', scene: { text: ['ok'], usage } },
  );
  const cache_control = { type: 'ephemeral' as const, ttl: '1h' as const };
  const request = {
    ...{ model: CLAUDE, max_tokens: 100 },
    system: [{ type: 'text' as const, text: 'Be brief.', cache_control }],
    tools: [{ name: TOOL.name, input_schema: PARAMETERS, cache_control }],
    messages: [
      { role: 'user' as const, content: 'hi' },
      { role: 'assistant' as const, content: [{ type: 'tool_use' as const, id: 't1', name: TOOL.name, input: {} }] },
      {
        role: 'user' as const,
        content: [{ type: 'tool_result' as const, tool_use_id: 't1', content: 'x', cache_control }],
      },
    ],
  };
  const told = { cache_creation_input_tokens: 10, cache_read_input_tokens: 60, input_tokens: 30, output_tokens: 40 };
  expect((await anthropic(served).messages.create(request)).usage).toMatchObject(told);
  expect((await anthropic(served).messages.stream(request).finalMessage()).usage).toMatchObject(told);
  const marked = { cache_control: { type: 'ephemeral', ttl: '1h' } };
  for (const { body } of served.vendors.anthropic.seen) {
    expect(body).toMatchObject({ system: [marked], tools: [marked] });
    expect((body.messages as unknown[]).at(-1)).toMatchObject({ content: [{ type: 'tool_result', ...marked }] });
  }
  const content = [{ type: 'text' as const, text: 'hi', cache_control }];
  const answer = await openai(served).chat.completions.create({ model: CLAUDE, messages: [{ role: 'user', content }] });
  expect(answer.usage).toMatchObject({
    prompt_tokens: 100,
    prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
  });
  expect(served.vendors.anthropic.seen[2]!.body.messages).toMatchObject([{ content: [marked] }]);
  for (const row of served.rows) {
    expect(row).toMatchObject({ inputTokens: 100, cachedTokens: 60, cacheWriteTokens: 10, reasoningTokens: 15 });
  }
  await served.settled(3);
});

it('sends sampling and stop sequences on, and cuts where the vendor does not', async () => {
  const served = await serveUpstreams();
  const sampling = { temperature: 0.5, top_p: 0.9, presence_penalty: 0.5, frequency_penalty: 0.25, seed: 7 };
  await openai(served).chat.completions.create({ model: GPT, messages: HI, ...sampling, stop: 'STOP' });
  expect(served.vendors.openai.seen[0]!.body).toMatchObject({ ...sampling, stop: ['STOP'] });
  const stop_sequences = ['STOP'];
  await anthropic(served).messages.create({ model: CLAUDE, max_tokens: 9, messages: HI, stop_sequences });
  expect(served.vendors.anthropic.seen[0]!.body).toMatchObject({ stop_sequences });

  const scene = { text: ['one ', 'ST', 'OP two'] };
  served.vendors.openai.next({ kind: 'scene', scene }, { kind: 'scene', scene });
  // Takes no stop sequences, and none of the sampling either.
  const thinking = { model: 'openai/gpt-5-mini', messages: HI };
  const { choices } = await openai(served).chat.completions.create({ ...thinking, ...sampling, stop: 'STOP' });
  expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'one ' } });
  const { stop, temperature, seed } = served.vendors.openai.seen[1]!.body;
  expect([stop, temperature, seed]).toEqual([undefined, undefined, 7]);
  const message = await anthropic(served)
    .messages.stream({ ...thinking, max_tokens: 9, stop_sequences })
    .finalMessage();
  expect(message).toMatchObject({
    ...{ stop_reason: 'stop_sequence', stop_sequence: 'STOP' },
    content: [{ type: 'text', text: 'one ' }],
  });
  await served.settled(4);
});

const CAP = 900;
const CUT = { rules: [{ ...WIDE, maxMicros: undefined, maxTokens: CAP }] };

it.each([
  ['openai', 'openai', GPT],
  ['anthropic', 'anthropic', CLAUDE],
  ['openai', 'anthropic', CLAUDE],
  ['anthropic', 'openai', GPT],
] as const)(
  'cuts a stream as soon as its budget is used up, with the text kept: %s before %s',
  async (name, vendor, model) => {
    const served = await serveUpstreams(CUT);
    const client = name === 'openai' ? openAiClient : anthropicClient;
    // More than the budget holds, in many pieces, from a vendor that keeps to no limit.
    const text = Array.from({ length: 1_200 }, (_, index) => `word${index} `);
    served.vendors[vendor].next({ kind: 'scene', scene: { text } });
    const failed = await client.ask(served, { model, stream: true, maxTokens: 800 });
    expect(failed).toMatchObject({ code: 'KAZE_BUDGET_STREAM_CUT', status: undefined });
    expect(failed.text).not.toBe('');
    expect(text.join('').startsWith(failed.text)).toBe(true);
    const [status] = await served.budgets.status({ tenant: 'acme', agent: 'support', task: null });
    expect(status!.settledTokens).toBeLessThanOrEqual(CAP + text[0]!.length);
    expect(served.rows).toMatchObject([{ outcome: 'error', errorCode: 'KAZE_BUDGET_STREAM_CUT' }]);
    await served.settled(1);
  },
);

it.each([
  ['before the first token', 0],
  ['at the first token', 1],
  ['after it', 2],
] as const)('leaves the vendor when its caller leaves %s, with one row', async (_, after) => {
  const served = await serveUpstreams();
  for (const [client, vendor, model] of [
    [openAiClient, 'openai', GPT],
    [anthropicClient, 'anthropic', CLAUDE],
  ] as const) {
    const { seen, next, wire } = served.vendors[vendor];
    const scene = { text: ['Within ', '14 ', 'days.'] };
    const frames = wire.frames(scene, { method: 'POST', path: '/', headers: {}, body: {} });
    const last = frames.findIndex((frame) => frame.includes('14 '));
    next(after === 0 ? { kind: 'silent' } : { kind: 'broken-stream', scene, after: last + 1, ends: 'stall' });
    const leaving = new AbortController();
    let texts = 0;
    const onText = () => {
      texts += 1;
      if (texts === after) leaving.abort();
    };
    const asked = client.ask(served, { model, stream: true, signal: leaving.signal, onText });
    await expect.poll(() => seen.length).toBe(1);
    if (after === 0) leaving.abort();
    await asked;
    await expect.poll(() => seen[0]!.closedAtMs).not.toBeNull();
  }
  await served.settled(2);
  expect(served.rows).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'cancelled' }]);
});
