import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { modelError } from '#gateway';
import { completion, plays, type Served, says, serve } from './setup.ts';

const client = ({ url, secret }: Pick<Served, 'url' | 'secret'>) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: secret, maxRetries: 0 });
const WEATHER = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
} as const;
const CALLS = ['Rome', 'Oslo'].map((city, index) => ({
  ...{ type: 'tool-call' as const, id: `call_${index}`, name: 'weather', arguments: { city } },
}));

it('answers a plain chat with usage and leaves one row with who asked', async () => {
  const served = await serve();
  served.provider.play = () => says('It is ', 'sunny.');
  const answer = await client(served).chat.completions.create(
    {
      model: 'scripted/actor',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      max_tokens: 50,
      temperature: 0.5,
    },
    { headers: { 'x-kaze-task': 'task-7', 'x-kaze-skill-version': 'sv-1', 'x-kaze-channel': 'web' } },
  );
  expect(answer.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { role: 'assistant', content: 'It is sunny.' },
  });
  expect(answer.usage).toMatchObject({
    ...{ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 1 },
  });
  expect(served.provider.calls[0]).toMatchObject({ maxOutputTokens: 50, limits: { temperature: 0.5 } });
  expect(served.rows).toMatchObject([
    {
      ...{ tenant: 'acme', agent: 'support', task: 'task-7', skillVersion: 'sv-1', channel: 'web' },
      ...{ virtualKeyId: served.keyId, outcome: 'ok', model: 'actor' },
    },
  ]);
});

it('streams the answer, and the usage in a last chunk where it was asked for', async () => {
  const served = await serve();
  served.provider.play = () => says('one ', 'two');
  const stream = await client(served).chat.completions.create({
    ...{ model: 'actor', stream: true, stream_options: { include_usage: true } },
    messages: [{ role: 'user', content: 'count' }],
  });
  const chunks: OpenAI.Chat.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('one two');
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 15 } });
});

it('carries parallel tool calls and their results, plain and streamed', async () => {
  const served = await serve();
  served.provider.play = () =>
    plays([
      ...CALLS.map((call) => ({ type: 'tool-call' as const, call })),
      { type: 'finish', completion: completion({ toolCalls: CALLS, stopReason: 'tool-calls' }) },
    ]);
  const openai = client(served);
  const ask = {
    model: 'actor',
    tools: [WEATHER],
    tool_choice: 'required' as const,
    messages: [{ role: 'user' as const, content: 'Rome and Oslo?' }],
  };
  const answer = await openai.chat.completions.create(ask);
  const { message, finish_reason } = answer.choices[0]!;
  expect(finish_reason).toBe('tool_calls');
  expect(message.content).toBeNull();
  expect(message.tool_calls?.map((call) => call.type === 'function' && call.function.arguments)).toEqual([
    '{"city":"Rome"}',
    '{"city":"Oslo"}',
  ]);
  const streamed = await openai.chat.completions.stream(ask).finalChatCompletion();
  expect(streamed.choices[0]!.message.tool_calls).toMatchObject([{ id: 'call_0' }, { id: 'call_1' }]);
  const single = await openai.chat.completions.create({ ...ask, parallel_tool_calls: false });
  expect(single.choices[0]!.message.tool_calls).toHaveLength(1);

  served.provider.play = () => says('done');
  const results = CALLS.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'sunny' }));
  await openai.chat.completions.create({ ...ask, messages: [...ask.messages, message, ...results] });
  expect(served.provider.calls.at(-1)?.messages.slice(-2)).toMatchObject([
    { role: 'assistant', content: CALLS },
    {
      role: 'tool',
      content: [
        { callId: 'call_0', name: 'weather', content: 'sunny' },
        { callId: 'call_1', name: 'weather' },
      ],
    },
  ]);
  expect(served.provider.calls[0]).toMatchObject({ toolChoice: 'required', tools: [{ name: 'weather' }] });
});

it('asks for JSON by a schema, and takes images by address and inline', async () => {
  const served = await serve();
  served.provider.play = () =>
    plays([{ type: 'finish', completion: completion({ text: '{"n":1}', value: { n: 1 } }) }]);
  const schema = { type: 'object', properties: { n: { type: 'number' } } };
  const image = (url: string) => ({ type: 'image_url' as const, image_url: { url } });
  const answer = await client(served).chat.completions.create({
    model: 'actor',
    response_format: { type: 'json_schema', json_schema: { name: 'count', schema } },
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'how many' },
          image('data:image/png;base64,AAAA'),
          image('https://example.com/a.webp'),
          { type: 'image_url', image_url: { url: 'https://example.com/b.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'https://example.com/c.png', detail: 'high' } },
        ],
      },
    ],
  });
  expect(JSON.parse(answer.choices[0]!.message.content!)).toEqual({ n: 1 });
  const [call] = served.provider.calls;
  expect(call).toMatchObject({
    responseSchema: { name: 'count', schema },
    messages: [
      {
        content: [
          { type: 'text' },
          { type: 'image', mediaType: 'image/png', source: { data: 'AAAA' } },
          { type: 'image', mediaType: 'image/webp', source: { url: 'https://example.com/a.webp' } },
          { type: 'image', source: { url: 'https://example.com/b.png' }, detail: 'low' },
          { type: 'image', source: { url: 'https://example.com/c.png' } },
        ],
      },
    ],
  });
  const tiny = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'tiny' } } as never;
  await expect(
    client(served).chat.completions.create({ model: 'actor', messages: [{ role: 'user', content: [tiny] }] }),
  ).rejects.toMatchObject({ status: 400, param: 'messages[0].content[0].image_url.detail' });
  await client(served).chat.completions.create({
    model: 'actor',
    messages: [{ role: 'user', content: 'x' }],
    response_format: { type: 'json_object' },
  });
  expect(served.provider.calls[1]?.responseSchema?.schema).toEqual({ type: 'object' });
});

it('gives embeddings as floats and as base64, and lists the models of the key', async () => {
  const served = await serve();
  const openai = client(served);
  const plain = await openai.embeddings.create({ model: 'actor', input: ['a', 'b'], encoding_format: 'float' });
  // The client asks for base64 by itself where nothing is said, and decodes it.
  const packed = await openai.embeddings.create({ model: 'actor', input: ['a', 'b'] });
  expect(plain.data.map(({ embedding }) => embedding)).toEqual([
    [0.5, -0.25, 1],
    [1.5, -0.25, 1],
  ]);
  expect(packed.data.map(({ embedding }) => [...embedding])).toEqual(plain.data.map(({ embedding }) => embedding));
  const bound = { ...served, ...(await served.newKey({ models: ['offline/*'] })) };
  const names = async (from: OpenAI) => (await from.models.list()).data.map(({ id }) => id);
  expect(await names(openai)).toEqual(['scripted/actor', 'offline/extractive']);
  expect(await names(client(bound))).toEqual(['offline/extractive']);
  expect(await openai.models.retrieve('scripted/actor')).toMatchObject({ id: 'scripted/actor', object: 'model' });
});

it.each([
  [
    'rate limits',
    modelError('KAZE_MODEL_RATE_LIMITED', 'slow down', { fields: { retryAfterMs: 2_500 } }),
    OpenAI.RateLimitError,
    429,
  ],
  ['a wrong request', modelError('KAZE_MODEL_BAD_REQUEST', 'not so'), OpenAI.BadRequestError, 400],
  ['a provider that fails', modelError('KAZE_MODEL_PROVIDER_FAILED', 'broken'), OpenAI.InternalServerError, 502],
])('turns %s into the error class that its users catch', async (_, error, kind, status) => {
  const served = await serve();
  served.provider.play = () => {
    throw error;
  };
  const failed = await client(served)
    .chat.completions.create({ model: 'actor', messages: [{ role: 'user', content: 'x' }] })
    .catch((one: unknown) => one);
  expect(failed).toBeInstanceOf(kind);
  expect(failed).toMatchObject({ status, code: error.code });
  if (status === 429) expect((failed as InstanceType<typeof OpenAI.APIError>).headers?.get('retry-after')).toBe('3');
});

it('refuses unknown models, bad keys, other models than the key names, and fields it cannot carry', async () => {
  const served = await serve();
  const ask = (from: OpenAI, more: object = {}) =>
    from.chat.completions
      .create({ model: 'actor', messages: [{ role: 'user', content: 'x' }], ...more })
      .catch((e: unknown) => e);
  expect(await ask(client(served), { model: 'gpt-99' })).toMatchObject({
    status: 404,
    code: 'KAZE_MODEL_UNKNOWN',
    param: 'model',
  });
  expect(await ask(client({ ...served, secret: `kz-${'a'.repeat(43)}` }))).toBeInstanceOf(OpenAI.AuthenticationError);
  const bound = { ...served, ...(await served.newKey({ models: ['offline/extractive'] })) };
  expect(await ask(client(bound))).toBeInstanceOf(OpenAI.PermissionDeniedError);
  expect(await ask(client(served), { n: 2 })).toMatchObject({
    ...{ status: 400, param: 'n', code: 'KAZE_GATEWAY_UNSUPPORTED' },
  });
  expect(await ask(client(served), { stop: [] })).toMatchObject({ object: 'chat.completion' });
  expect(await ask(client(served), { stop: [''] })).toMatchObject({ status: 400, param: 'stop[0]' });
  expect(await ask(client(served), { temprature: 1 })).toMatchObject({ status: 400, param: 'temprature' });
});

it('ends a stream that breaks with an error, and never as if it were whole', async () => {
  const served = await serve();
  served.provider.play = async function* () {
    yield { type: 'text', text: 'half' };
    throw modelError('KAZE_MODEL_STREAM_BROKEN', 'it broke off');
  };
  const texts: string[] = [];
  const read = async () => {
    const ask = { model: 'actor', stream: true, messages: [{ role: 'user', content: 'x' }] } as const;
    for await (const chunk of await client(served).chat.completions.create({ ...ask, messages: [...ask.messages] })) {
      texts.push(chunk.choices[0]?.delta.content ?? '');
    }
  };
  await expect(read()).rejects.toMatchObject({ code: 'KAZE_MODEL_STREAM_BROKEN' });
  expect(texts.join('')).toBe('half');
  expect(served.rows).toMatchObject([{ outcome: 'error', errorCode: 'KAZE_MODEL_STREAM_BROKEN' }]);
});
