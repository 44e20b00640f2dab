import { describe, expect, it } from 'vitest';
import { post } from './setup.ts';
import { serveUpstreams, type Upstreams } from './upstreams.ts';

const SCENE = { text: ['Within ', '14 ', 'days.'] };
const SAID = [{ role: 'user', content: 'hi' }];
const request = { method: 'POST', path: '/', headers: {}, body: { model: 'm', stream: true } };
interface Caller {
  readonly path: string;
  readonly vendor: keyof Upstreams['vendors'];
  readonly model: string;
  readonly more: object;
}
const OPENAI: Caller = { path: '/v1/chat/completions', vendor: 'openai', model: 'openai/gpt-4o-mini', more: {} };
const ANTHROPIC: Caller = {
  ...{ path: '/v1/messages', vendor: 'anthropic', model: 'anthropic/claude-sonnet-5' },
  more: { max_tokens: 50 },
};

const idIn = (text: string) => /"id":"([^"]+)"/.exec(text)?.[1];

describe.each([OPENAI, ANTHROPIC])('a caller of $path before $vendor', ({ path, vendor, model, more }) => {
  it('gets the bytes of the vendor, whole, and leaves one row with its usage', async () => {
    const served = await serveUpstreams();
    const body = { ...more, model, messages: SAID };
    const answer = await post(served, path, body);
    const wire = served.vendors[vendor].wire;
    expect(await answer.text()).toBe(
      wire.whole({ text: ['hello'] }, { ...request, body: { ...body, model: model.split('/')[1] } }).body,
    );
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(served.rows).toMatchObject([{ outcome: 'ok', inputTokens: 12, outputTokens: 5, firstTokenMs: null }]);
    await served.settled(1);
  });

  it('gets the events of the vendor, and its usage is counted', async () => {
    const served = await serveUpstreams();
    served.vendors[vendor].next({ kind: 'scene', scene: SCENE });
    const answer = await post(served, path, { ...more, model, messages: SAID, stream: true });
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toMatch('text/event-stream');
    const [first] = served.vendors[vendor].wire.frames(SCENE, request);
    expect(idIn(text)).toBe(idIn(first!));
    for (const word of SCENE.text) expect(text).toContain(JSON.stringify(word));
    expect(text.trimEnd()).toMatch(/(\[DONE\]|"message_stop"\})$/);
    expect(served.rows).toMatchObject([{ outcome: 'ok', inputTokens: 12, outputTokens: 5 }]);
    expect(served.rows[0]!.firstTokenMs).not.toBeNull();
    await served.settled(1);
  });

  it('gets an answer of another vendor, in its own words, when the first one fails before its first word', async () => {
    const other = vendor === 'openai' ? ANTHROPIC : OPENAI;
    const served = await serveUpstreams({
      policy: { retries: { maxAttempts: 2, perModel: 1 }, fallback: { chains: { [model]: [other.model] } } },
    });
    for (const stream of [false, true]) {
      served.vendors[vendor].next({ kind: 'fault', fault: 'overloaded' });
      const answer = await post(served, path, { ...more, model, messages: SAID, stream });
      expect(answer.status).toBe(200);
      const text = await answer.text();
      expect(text).toContain('hello');
      expect(text).toMatch(vendor === 'openai' ? /chatcmpl-/ : /"msg_/);
    }
    expect(served.rows.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      [vendor, 'error'],
      [other.vendor, 'ok'],
      [vendor, 'error'],
      [other.vendor, 'ok'],
    ]);
    await served.settled(4);
  });

  it('is told of arguments that no tool could be run with, and never that the answer is whole', async () => {
    const served = await serveUpstreams();
    const scene = {
      toolCalls: [{ id: 'call_1', name: 'find_orders', json: '{"email": oops' }],
      stop: 'tools',
    } as const;
    const schema = { type: 'object', properties: { email: { type: 'string' } } };
    const tools =
      vendor === 'openai'
        ? [{ type: 'function', function: { name: 'find_orders', parameters: schema } }]
        : [{ name: 'find_orders', input_schema: schema }];
    served.vendors[vendor].next({ kind: 'scene', scene });
    const answer = await post(served, path, { ...more, model, messages: SAID, tools, stream: true });
    const text = await answer.text();
    expect(text).toContain('KAZE_MODEL_BAD_ANSWER');
    expect(text).not.toMatch(/\[DONE\]|message_stop|finish_reason":"|stop_reason":"/);
    expect(served.rows).toMatchObject([{ outcome: 'error', errorCode: 'KAZE_MODEL_BAD_ANSWER' }]);
    await served.settled(1);
  });
});

it('gives OpenAI’s callers the chunk of usage only when they asked for it', async () => {
  const served = await serveUpstreams();
  const body = { model: OPENAI.model, messages: SAID, stream: true };
  const without = await (await post(served, OPENAI.path, body)).text();
  expect(without).not.toContain('"prompt_tokens"');
  const asked = { ...body, stream_options: { include_usage: true } };
  expect(await (await post(served, OPENAI.path, asked)).text()).toContain('"prompt_tokens":12');
  expect(served.rows.map(({ inputTokens }) => inputTokens)).toEqual([12, 12]);
});

it('reads an answer itself where it must: several calls of tools where one was asked for', async () => {
  const served = await serveUpstreams();
  const toolCalls = ['a', 'b'].map((id) => ({ id, name: 'find_orders', json: '{}' }));
  served.vendors.openai.next({ kind: 'scene', scene: { toolCalls, stop: 'tools' } });
  const tools = [
    { type: 'function', function: { name: 'find_orders', parameters: { type: 'object', properties: {} } } },
  ];
  const body = { model: OPENAI.model, messages: SAID, tools, parallel_tool_calls: false };
  const answer = (await (await post(served, OPENAI.path, body)).json()) as {
    choices: Array<{ message: { tool_calls: unknown[] } }>;
  };
  expect(answer.choices[0]!.message.tool_calls).toHaveLength(1);
});
