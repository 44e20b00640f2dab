import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { serveUpstreams, type Upstreams } from './upstreams.ts';

const HI = [{ role: 'user' as const, content: 'hi' }];
const MODELS = {
  openai: 'openai/gpt-4o-mini',
  anthropic: 'anthropic/claude-sonnet-5',
  google: 'google/gemini-3.8-flash',
} as const;

/** What a vendor's own package says of how an answer ended, whole and streamed. */
const CALLERS: Readonly<Record<'openai' | 'anthropic', (served: Upstreams, model: string) => Promise<unknown[]>>> = {
  async openai({ url, secret }, model) {
    const { completions } = new OpenAI({ baseURL: `${url}/v1`, apiKey: secret, maxRetries: 0 }).chat;
    const whole = await completions.create({ model, messages: HI });
    let streamed: string | null | undefined;
    for await (const { choices } of await completions.create({ model, messages: HI, stream: true }))
      streamed = choices[0]?.finish_reason ?? streamed;
    return [whole.choices[0]!.finish_reason, streamed];
  },
  async anthropic({ url, secret }, model) {
    const { messages } = new Anthropic({ baseURL: url, apiKey: secret, authToken: null, maxRetries: 0 });
    const asked = { model, max_tokens: 50, messages: HI };
    const streamed = await messages.stream(asked).finalMessage();
    return [(await messages.create(asked)).stop_reason, streamed.stop_reason];
  },
};
const SAID = {
  openai: { length: 'length', filter: 'content_filter', end: 'stop' },
  anthropic: { length: 'max_tokens', filter: 'refusal', end: 'end_turn' },
} as const;

it.each(
  (['openai', 'anthropic'] as const).flatMap((caller) =>
    (['openai', 'anthropic', 'google'] as const).map((vendor) => [caller, vendor] as const),
  ),
)('tells callers by the %s package in its own words how an answer of %s ended', async (caller, vendor) => {
  const served = await serveUpstreams();
  for (const stop of ['length', 'filter', 'end'] as const) {
    const scene = { kind: 'scene', scene: { text: ['I '], stop } } as const;
    served.vendors[vendor].next(scene, scene);
    const word = SAID[caller][stop];
    expect(await CALLERS[caller](served, MODELS[vendor])).toEqual([word, word]);
  }
  expect(served.rows.map(({ outcome }) => outcome)).toEqual(Array(6).fill('ok'));
  await served.settled(6);
});
