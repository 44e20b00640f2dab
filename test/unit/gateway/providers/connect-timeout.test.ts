import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAnthropicProvider } from '#gateway/adapters/provider/anthropic';
import { createCompatibleProvider } from '#gateway/adapters/provider/openai';
import { ask, model } from '../flow/setup.ts';

/** Takes connections and never says a word, so that no TLS comes about. */
const silent = createServer(() => {});
let baseUrl: string;
beforeAll(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  baseUrl = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterAll(() => void silent.close());

it.each([
  ['Anthropic', () => createAnthropicProvider({ baseUrl, connectTimeoutMs: 50 })],
  ['a compatible server', () => createCompatibleProvider({ name: 'own', baseUrl, connectTimeoutMs: 50 })],
])('a connection to %s that does not come about in time has a code of its own', async (_name, create) => {
  const provider = create();
  const info = model(provider.name, 'm1');
  const credential = { keyId: 'k', value: 'secret' };
  const call = { ...ask(), model: info, credential, maxOutputTokens: 10 };
  // Ended by its own time; the signal only keeps a failure from hanging.
  const failed = provider.complete(call, AbortSignal.timeout(25_000));
  await expect(failed).rejects.toMatchObject({ code: 'KAZE_MODEL_CONNECT_TIMEOUT', retryable: true });
  await provider.close();
});
