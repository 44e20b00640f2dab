import { describe, expect, it } from 'vitest';
import { type CompleteRequest, inputTokenBound, type ModelInfo, type ProviderCall } from '#gateway';
import { requestOf as anthropic } from '../../../../gateway/adapters/provider/anthropic/request.ts';
import { requestOf as google } from '../../../../gateway/adapters/provider/google/request.ts';
import { requestOf as ollama } from '../../../../gateway/adapters/provider/ollama/request.ts';
import { isStrict, requestOf as openai } from '../../../../gateway/adapters/provider/openai/request.ts';
import { imagesBeyond } from '../../../../gateway/domain/token-bound.ts';
import { ANTHROPIC_MODELS } from '../../../../gateway/models/anthropic.ts';
import { GOOGLE_MODELS } from '../../../../gateway/models/google.ts';
import { OPENAI_MODELS } from '../../../../gateway/models/openai.ts';

const ATTRIBUTION = { tenant: 'acme', agent: 'seo', task: null, skillVersion: null, channel: null };
const TOOLS = ['look', 'listen'].map((name) => ({ name, description: name, parameters: { type: 'object' } }));

function call(model: ModelInfo, more: Partial<CompleteRequest> = {}): ProviderCall {
  const messages = [{ role: 'user' as const, content: 'hello' }];
  return { messages, attribution: ATTRIBUTION, ...more, model, maxOutputTokens: 20_000, credential: null };
}
const named = (models: readonly ModelInfo[], name: string) => models.find((model) => model.name === name)!;
const signal = new AbortController().signal;
const claude = named(ANTHROPIC_MODELS, 'claude-sonnet-5-5');
const gpt = named(OPENAI_MODELS, 'gpt-5.6-terra');
const gemini = named(GOOGLE_MODELS, 'gemini-3.8-flash');
const plain = { outputLimit: 'max_completion_tokens', imageDetail: 'high' } as const;

describe('requests to vendors', () => {
  it('map what is to be cached to Anthropic, an hour for what is to be kept longer than five minutes', () => {
    const parts = [
      { type: 'text' as const, text: 'a', cacheControl: { type: 'ephemeral' as const } },
      { type: 'text' as const, text: 'b', cacheControl: { type: 'ephemeral' as const, ttlSeconds: 3_600 } },
    ];
    const { messages, system } = anthropic(
      call(claude, {
        messages: [
          { role: 'system', content: parts },
          { role: 'user', content: parts },
        ],
      }),
    );
    const expected = [
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '5m' } },
      { type: 'text', text: 'b', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ];
    expect(system).toEqual(expected);
    expect(messages[0]!.content).toEqual(expected);
  });

  it('cache tools, their calls and their results at Anthropic where they are marked', () => {
    const cacheControl = { type: 'ephemeral' as const };
    const { tools, messages } = anthropic(
      call(claude, {
        tools: [{ ...TOOLS[0]!, cacheControl }],
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'look', arguments: {}, cacheControl }] },
          { role: 'tool', content: [{ type: 'tool-result', callId: 'c', name: 'look', content: 'x', cacheControl }] },
        ],
      }),
    );
    const marked = { cache_control: { type: 'ephemeral', ttl: '5m' } };
    expect(tools).toMatchObject([marked]);
    expect(messages.slice(1)).toMatchObject([{ content: [marked] }, { content: [marked] }]);
  });

  it('hold of the sampling what the model takes, in the vendor’s words', () => {
    const penalties = { frequencyPenalty: 0.25, presencePenalty: -0.5 };
    const limits = { temperature: 0.5, topP: 0.9, topK: 40, ...penalties, seed: 7, stop: ['END', '\n'] };
    const asked = (model: ModelInfo) => call(model, { limits });
    const none = ['temperature', 'top_p', 'top_k', 'frequency_penalty', 'presence_penalty', 'seed', 'stop'];
    const claudes = anthropic(asked(claude));
    for (const name of none) expect(claudes).not.toHaveProperty(name);
    // One of nothing but white space is refused there; the reply is cut by it all the same.
    expect(claudes.stop_sequences).toEqual(['END']);
    const old = openai(asked(named(OPENAI_MODELS, 'gpt-4.1')), plain);
    expect(old).toMatchObject({ temperature: 0.5, top_p: 0.9, seed: 7, stop: ['END', '\n'] });
    expect(old).toMatchObject({ frequency_penalty: 0.25, presence_penalty: -0.5 });
    expect(old).not.toHaveProperty('top_k');
    const thinking = openai(asked(gpt), plain);
    expect(thinking).toMatchObject({ seed: 7 });
    for (const name of none.filter((one) => one !== 'seed')) expect(thinking).not.toHaveProperty(name);
    const { config } = google(asked(gemini), signal);
    expect(config).toMatchObject({ temperature: 0.5, topP: 0.9, topK: 40, seed: 7, stopSequences: ['END', '\n'] });
    for (const name of Object.keys(penalties)) expect(config).not.toHaveProperty(name);
    const local = ollama(asked({ ...gemini, capabilities: { ...gemini.capabilities, penalties: true } }));
    expect(local.options).toMatchObject({ temperature: 0.5, top_p: 0.9, top_k: 40, seed: 7, stop: ['END', '\n'] });
    expect(local.options).toMatchObject({ frequency_penalty: 0.25, presence_penalty: -0.5 });
    // More than the vendor takes: none is sent.
    const stop = ['a', 'b', 'c', 'd', 'e'];
    const many = call(named(OPENAI_MODELS, 'gpt-4.1'), { limits: { stop } });
    expect(openai(many, plain)).not.toHaveProperty('stop');
    expect(google(call(gemini, { limits: { stop } }), signal).config?.stopSequences).toEqual(stop);
  });

  it('name the tool that must be called in each vendor’s way', () => {
    const named = { tools: TOOLS, toolChoice: { tool: 'look' } };
    expect(anthropic(call(claude, named)).tool_choice).toEqual({ type: 'tool', name: 'look' });
    expect(openai(call(gpt, named), plain).tool_choice).toEqual({ type: 'function', function: { name: 'look' } });
    expect(google(call(gemini, named), signal).config?.toolConfig).toEqual({
      functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] },
    });
    expect(ollama(call(gemini, named)).tools).toHaveLength(1);
    const none = { tools: TOOLS, toolChoice: 'none' as const };
    expect(anthropic(call(claude, none)).tool_choice).toEqual({ type: 'none' });
    expect(ollama(call(gemini, none)).tools).toBeUndefined();
    const required = { tools: TOOLS, toolChoice: 'required' as const };
    expect(anthropic(call(claude, required)).tool_choice).toEqual({ type: 'any' });
    expect(openai(call(gpt, required), plain).tool_choice).toBe('required');
  });

  it('give thoughts back to nobody but who signed them', () => {
    const thought = (provider: string) => ({
      ...{ type: 'reasoning' as const, text: 'hm' },
      signature: { provider, value: `signed-by-${provider}` },
    });
    const content = [thought('anthropic'), thought('google'), { type: 'text' as const, text: 'ok' }];
    const messages = [
      { role: 'user' as const, content: 'a' },
      { role: 'assistant' as const, content },
      { role: 'user' as const, content: 'b' },
    ];
    const sent = {
      anthropic: JSON.stringify(anthropic(call(claude, { messages }))),
      google: JSON.stringify(google(call(gemini, { messages }), signal)),
      openai: JSON.stringify(openai(call(gpt, { messages }), plain)),
    };
    expect(sent.anthropic).toContain('signed-by-anthropic');
    expect(sent.anthropic).not.toContain('signed-by-google');
    expect(sent.google).toContain('signed-by-google');
    expect(sent.google).not.toContain('signed-by-anthropic');
    expect(sent.openai).not.toContain('signed-by');
  });

  it('leave a temperature out for models that take none', () => {
    const limits = { limits: { temperature: 0 } };
    expect(openai(call(gpt, limits), plain)).not.toHaveProperty('temperature');
    expect(openai(call(named(OPENAI_MODELS, 'gpt-4.1'), limits), plain)).toHaveProperty('temperature', 0);
    expect(google(call(gemini, limits), signal).config).toHaveProperty('temperature', 0);
  });

  it('ask for thinking as each generation of models takes it', () => {
    const reasoning = { reasoning: 'high' as const };
    expect(anthropic(call(claude, reasoning))).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
    const older = anthropic(call(named(ANTHROPIC_MODELS, 'claude-haiku-4-5'), reasoning));
    expect(older.thinking).toEqual({ type: 'enabled', budget_tokens: 20_000 - 1_024 });
    expect(openai(call(gpt, reasoning), plain).reasoning_effort).toBe('high');
    expect(google(call(gemini, reasoning), signal).config?.thinkingConfig).toMatchObject({ thinkingLevel: 'HIGH' });
  });

  it('ask OpenAI for no thoughts beside tools where its interface takes both only apart', () => {
    const effort = (name: string, more: Partial<CompleteRequest>) =>
      openai(call(named(OPENAI_MODELS, name), more), plain).reasoning_effort;
    for (const reasoning of [undefined, 'high'] as const) {
      expect(effort('gpt-5.6-terra', { reasoning, tools: TOOLS })).toBe('none');
      expect(effort('gpt-5.4', { reasoning, tools: TOOLS })).toBeUndefined();
      expect(effort('gpt-5-mini', { reasoning, tools: TOOLS })).toBe(reasoning);
      expect(effort('gpt-5.6-terra', { reasoning })).toBe(reasoning);
      expect(effort('gpt-4.1', { reasoning, tools: TOOLS })).toBeUndefined();
    }
    // Takes no `none`.
    expect(named(OPENAI_MODELS, 'gpt-6.1-sol').capabilities.tools).toBe(false);
  });

  it('refer to images by address where the vendor fetches them', () => {
    const url = 'https://example.com/a.png';
    const content = [{ type: 'image' as const, mediaType: 'image/png', source: { url } }];
    const image = { messages: [{ role: 'user' as const, content }] };
    for (const body of [
      anthropic(call(claude, image)),
      openai(call(gpt, image), plain),
      google(call(gemini, image), signal),
    ]) {
      expect(JSON.stringify(body)).toContain(url);
    }
    expect(() => ollama(call(gemini, image))).toThrow(expect.objectContaining({ code: 'KAZE_MODEL_BAD_REQUEST' }));
  });

  it('hold an image as each vendor takes one, and say which results of tools are errors where it has a word for that', () => {
    const data = 'iVBORw0KGgo=';
    const messages = [
      { role: 'user' as const, content: [{ type: 'image' as const, mediaType: 'image/png', source: { data } }] },
      { role: 'assistant' as const, content: [{ type: 'tool-call' as const, id: 'c', name: 'look', arguments: {} }] },
      {
        role: 'tool' as const,
        content: [{ type: 'tool-result' as const, callId: 'c', name: 'look', content: 'away', isError: true }],
      },
    ];
    const [claudes, gpts] = [anthropic(call(claude, { messages })), openai(call(gpt, { messages }), plain)];
    expect(claudes.messages[0]!.content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
    ]);
    expect(claudes.messages[2]!.content).toMatchObject([{ type: 'tool_result', content: 'away', is_error: true }]);
    expect(gpts.messages[0]!.content).toEqual([
      { type: 'image_url', image_url: { url: `data:image/png;base64,${data}`, detail: 'high' } },
    ]);
    // Servers of one's own may not know what that is.
    const [own] = openai(call(gpt, { messages }), { outputLimit: 'max_tokens' }).messages;
    expect(own!.content).toEqual([{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }]);
    // Who asks for less gets it from whoever has it.
    const small = { type: 'image' as const, mediaType: 'image/png', source: { data }, detail: 'low' as const };
    const seldom = { messages: [{ role: 'user' as const, content: [small] }] };
    for (const dialect of [plain, { outputLimit: 'max_tokens' as const }]) {
      expect(openai(call(gpt, seldom), dialect).messages[0]!.content).toMatchObject([{ image_url: { detail: 'low' } }]);
    }
    const { contents } = google(call(gemini, { messages }), signal);
    expect(contents[0]!.parts).toEqual([{ inlineData: { data, mimeType: 'image/png' } }]);
    expect(contents[2]!.parts).toMatchObject([{ functionResponse: { response: { error: 'away' } } }]);
    expect(ollama(call(gemini, { messages })).messages![0]).toMatchObject({ images: [data] });
  });

  it('hold OpenAI to a schema strictly only where its rules allow that', () => {
    const properties = { a: { type: 'object', properties: {}, required: [], additionalProperties: false } };
    const strict = { type: 'object', properties, required: ['a'], additionalProperties: false };
    expect(isStrict(strict)).toBe(true);
    expect(isStrict({ ...strict, required: [] })).toBe(false);
    expect(isStrict({ ...strict, properties: { a: { type: 'object', properties: {} } } })).toBe(false);
  });
});

describe('the bound of the input', () => {
  it('is never below a byte a token, whatever the script', () => {
    for (const text of ['a', 'ünïcödé', '漢字仮名交じり文', '👩‍👩‍👧']) {
      const bytes = Buffer.byteLength(text.repeat(100));
      expect(inputTokenBound({ messages: [{ role: 'user', content: text.repeat(100) }] })).toBeGreaterThanOrEqual(
        bytes,
      );
    }
  });

  it('counts tools, schemas, images and earlier calls', () => {
    const messages = [{ role: 'user' as const, content: 'hello' }];
    const least = inputTokenBound({ messages });
    expect(inputTokenBound({ messages, tools: TOOLS })).toBeGreaterThan(least + 100);
    expect(inputTokenBound({ messages, responseSchema: { name: 'x', schema: {} } })).toBeGreaterThan(least);
    const image = { type: 'image' as const, mediaType: 'image/png', source: { data: 'AA' } };
    const seen = { messages: [{ role: 'user' as const, content: [image, image] }] };
    // What the largest one takes of any vendor's but OpenAI's smallest, which says so itself.
    expect(inputTokenBound(seen)).toBeGreaterThanOrEqual(2 * Math.ceil(2_500 * 2.46));
    expect(imagesBeyond(seen, [claude, gpt, gemini])).toBe(0);
    const small = named(OPENAI_MODELS, 'gpt-4o-mini');
    expect(inputTokenBound(seen) + imagesBeyond(seen, [gpt, small])).toBeGreaterThanOrEqual(2 * (2_833 + 8 * 5_667));
    expect(imagesBeyond({ messages }, [small])).toBe(0);
  });
});
