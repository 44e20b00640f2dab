import Anthropic from '@anthropic-ai/sdk';
import { expect, it } from 'vitest';
import { modelError } from '#gateway';
import { completion, plays, type Served, says, serve } from './setup.ts';

const client = ({ url, secret }: Pick<Served, 'url' | 'secret'>, more: object = {}) =>
  new Anthropic({ baseURL: url, apiKey: secret, authToken: null, maxRetries: 0, ...more });
const HI = { model: 'actor', max_tokens: 64, messages: [{ role: 'user' as const, content: 'Hi' }] };
const WEATHER = { name: 'weather', description: 'of a city', input_schema: { type: 'object' as const } };
const CALL = { type: 'tool-call' as const, id: 'toolu_1', name: 'weather', arguments: { city: 'Rome' } };
const SIGNATURE = { provider: 'anthropic', value: 'sig' };
const THOUGHT = { type: 'reasoning' as const, text: 'let me see', signature: SIGNATURE };

it('answers a message with its usage, by x-api-key and by bearer token', async () => {
  const served = await serve();
  served.provider.play = () => says('hello');
  const answer = await client(served).messages.create({
    ...HI,
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
  });
  expect(answer).toMatchObject({
    type: 'message',
    role: 'assistant',
    stop_reason: 'end_turn',
    content: [{ type: 'text', text: 'hello' }],
  });
  expect(answer.usage).toMatchObject({ input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 5 });
  expect(served.provider.calls[0]?.messages[0]).toMatchObject({
    role: 'system',
    content: [{ cacheControl: { ttlSeconds: 3_600 } }],
  });
  const bearer = client(served, { apiKey: null, authToken: served.secret });
  expect((await bearer.messages.create(HI)).stop_reason).toBe('end_turn');
  expect(served.rows).toMatchObject([{ virtualKeyId: served.keyId }, { virtualKeyId: served.keyId }]);
});

it('streams thoughts with their mark, text and tool calls, and gathers to the plain answer', async () => {
  const served = await serve();
  const message = { role: 'assistant' as const, content: [THOUGHT, { type: 'text' as const, text: 'Looking.' }, CALL] };
  served.provider.play = () =>
    plays([
      { type: 'reasoning', text: 'let me ' },
      { type: 'reasoning', text: 'see', signature: SIGNATURE },
      { type: 'text', text: 'Looking.' },
      { type: 'tool-call', call: CALL },
      {
        type: 'finish',
        completion: completion({ message, text: 'Looking.', toolCalls: [CALL], stopReason: 'tool-calls' }),
      },
    ]);
  const ask = { ...HI, tools: [WEATHER], thinking: { type: 'enabled' as const, budget_tokens: 5_000 } };
  const plain = await client(served).messages.create(ask);
  const streamed = await client(served).messages.stream(ask).finalMessage();
  expect(plain.content).toMatchObject([
    { type: 'thinking', thinking: 'let me see', signature: 'sig' },
    { type: 'text', text: 'Looking.' },
    { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Rome' } },
  ]);
  expect(streamed.content).toEqual(plain.content);
  expect(streamed).toMatchObject({ stop_reason: 'tool_use', usage: plain.usage });
  expect(served.provider.calls[0]).toMatchObject({ reasoning: 'medium', tools: [{ name: 'weather' }] });
});

it('takes back thoughts, tool calls, results, images and documents', async () => {
  const served = await serve();
  const result = {
    type: 'tool_result' as const,
    tool_use_id: 'toolu_1',
    content: [{ type: 'text' as const, text: 'sunny' }],
    is_error: true,
  };
  await client(served).messages.create({
    ...HI,
    tools: [WEATHER],
    tool_choice: { type: 'any' },
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          {
            type: 'document',
            title: 'Handbook',
            source: { type: 'text', media_type: 'text/plain', data: 'Leave is 27 days.' },
          },
          { type: 'text', text: 'How many?' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'let me see', signature: 'sig' },
          { type: 'thinking', thinking: 'other', signature: 'kaze:google:abc' },
          { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Rome' } },
        ],
      },
      { role: 'user', content: [result, { type: 'text', text: 'and?' }] },
    ],
  });
  expect(served.provider.calls[0]).toMatchObject({
    toolChoice: 'required',
    messages: [
      { role: 'user', content: [{ type: 'image' }, { type: 'document', title: 'Handbook' }, { type: 'text' }] },
      { role: 'assistant', content: [THOUGHT, { signature: { provider: 'google', value: 'abc' } }, CALL] },
      { role: 'tool', content: [{ callId: 'toolu_1', name: 'weather', content: 'sunny', isError: true }] },
      { role: 'user', content: [{ type: 'text', text: 'and?' }] },
    ],
  });
});

it('counts tokens and cites documents of the offline model by their characters', async () => {
  const served = await serve();
  expect(await client(served).messages.countTokens({ model: 'actor', messages: HI.messages })).toEqual({
    input_tokens: 42,
  });
  const text = 'Refunds are paid within 14 days.';
  const answer = await client(served).messages.create({
    ...{ model: 'offline/extractive', max_tokens: 500 },
    messages: [
      {
        role: 'user',
        content: [
          {
            type: 'document',
            source: { type: 'text', media_type: 'text/plain', data: text },
            citations: { enabled: true },
          },
          { type: 'text', text: 'When are refunds paid?' },
        ],
      },
    ],
  });
  const [block] = answer.content;
  expect(block).toMatchObject({
    type: 'text',
    citations: [{ type: 'char_location', document_index: 0, cited_text: text }],
  });
});

it.each([
  ['unknown models', { model: 'claude-99' }, 404, 'not_found_error', Anthropic.NotFoundError],
  ['a missing limit', { max_tokens: undefined }, 400, 'invalid_request_error', Anthropic.BadRequestError],
  ['memory kept elsewhere', { container: 'c' }, 400, 'invalid_request_error', Anthropic.BadRequestError],
])('refuses %s in the shape that its users parse', async (_, more, status, type, kind) => {
  const served = await serve();
  const failed = await client(served)
    .messages.create({ ...HI, ...more } as typeof HI)
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(kind);
  expect(failed).toMatchObject({
    status,
    error: { type: 'error', error: { type, code: expect.stringMatching(/^KAZE_/) } },
  });
});

it('ends a stream that breaks with an error event, without message_stop', async () => {
  const served = await serve();
  served.provider.play = async function* () {
    yield { type: 'text', text: 'half' };
    throw modelError('KAZE_MODEL_OVERLOADED', 'too much');
  };
  const types: string[] = [];
  const read = async () => {
    for await (const event of await client(served).messages.create({ ...HI, stream: true })) types.push(event.type);
  };
  await expect(read()).rejects.toMatchObject({ error: { error: { type: 'overloaded_error' } } });
  expect(types).toEqual(['message_start', 'content_block_start', 'content_block_delta']);
});
