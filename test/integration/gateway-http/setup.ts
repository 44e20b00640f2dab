import { onTestFinished } from 'vitest';
import {
  addVirtualKey,
  createGateway,
  createGatewayServer,
  type Gateway,
  type GatewayHttpOptions,
  type Judgements,
  type ModelInfo,
  type ModelProvider,
  type NewVirtualKey,
  NO_USAGE,
  type ProviderCall,
  type ProviderCompletion,
  type ProviderDelta,
} from '#gateway';
import { createOfflineProvider } from '#gateway/adapters/provider/offline';
import { createMemoryVirtualKeys } from '#gateway/adapters/virtual-keys/memory';
import { createMetrics, silentLogger, systemClock, type UsageRow } from '#platform';

export const MODEL: ModelInfo = {
  provider: 'scripted',
  name: 'actor',
  tiers: ['balanced'],
  offline: false,
  contextTokens: 100_000,
  maxOutputTokens: 4_096,
  capabilities: { chat: true, tools: true, vision: true, json: true, embeddings: true, reasoning: true },
  dimensions: 3,
};

/** A provider that plays what a test gives it, and remembers what it was asked. */
export class ScriptedProvider implements ModelProvider {
  readonly name = MODEL.provider;
  readonly needsCredential = false;
  readonly calls: ProviderCall[] = [];
  /** How many calls were given up by their signal. */
  aborted = 0;
  play: (call: ProviderCall, signal: AbortSignal) => AsyncIterable<ProviderDelta> = () => says('hello');

  models = async () => [MODEL];
  close = async () => {};
  countTokens = async () => ({ tokens: 42, model: MODEL.name, exact: true });

  async complete(call: ProviderCall, signal: AbortSignal): Promise<ProviderCompletion> {
    for await (const delta of this.stream(call, signal)) if (delta.type === 'finish') return delta.completion;
    throw new Error('the script has no end');
  }
  stream(call: ProviderCall, signal: AbortSignal): AsyncIterable<ProviderDelta> {
    this.calls.push(call);
    signal.addEventListener('abort', () => {
      this.aborted += 1;
    });
    return this.play(call, signal);
  }
  embed = async ({ texts }: { texts: readonly string[] }) => ({
    model: MODEL.name,
    dimensions: 3,
    vectors: texts.map((_, index) => Float32Array.of(index + 0.5, -0.25, 1)),
    usage: { ...NO_USAGE, inputTokens: texts.length },
  });
}

export function completion(more: Partial<ProviderCompletion> = {}): ProviderCompletion {
  const text = more.text ?? '';
  return {
    message: {
      role: 'assistant',
      content: [...(text ? [{ type: 'text' as const, text }] : []), ...(more.toolCalls ?? [])],
    },
    text,
    toolCalls: [],
    citations: [],
    value: undefined,
    stopReason: 'end',
    usage: { ...NO_USAGE, inputTokens: 10, outputTokens: 5, cachedTokens: 4, reasoningTokens: 1 },
    confidence: null,
    ...more,
  };
}

export async function* says(...texts: string[]): AsyncGenerator<ProviderDelta> {
  for (const text of texts) yield { type: 'text', text };
  yield { type: 'finish', completion: completion({ text: texts.join('') }) };
}

export async function* plays(deltas: readonly ProviderDelta[]): AsyncGenerator<ProviderDelta> {
  yield* deltas;
}

/** Rejects when the signal aborts, as a provider that hangs does. */
export const forever = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

export interface Served {
  readonly url: string;
  readonly secret: string;
  readonly keyId: string;
  readonly rows: readonly UsageRow[];
  readonly provider: ScriptedProvider;
  readonly gateway: Gateway;
  readonly keys: ReturnType<typeof createMemoryVirtualKeys>;
  readonly logged: readonly string[];
  close(): Promise<void>;
  newKey(wanted?: Partial<NewVirtualKey>): Promise<{ secret: string; id: string }>;
}

export const ADMINISTRATOR = 'administrator-of-the-gateway';

export async function serve(
  options: GatewayHttpOptions & {
    gateway?: Partial<Gateway>;
    around?: (gateway: Gateway) => Gateway;
    judgements?: Judgements;
    /** Where usage rows are put; default a list of its own. */
    rows?: UsageRow[];
  } = {},
): Promise<Served> {
  const { rows = [], judgements } = options;
  const logged: string[] = [];
  const provider = new ScriptedProvider();
  const logger = {
    ...silentLogger,
    error: (...facts: unknown[]) => void logged.push(JSON.stringify(facts)),
    warn: (...facts: unknown[]) => void logged.push(JSON.stringify(facts)),
  } as typeof silentLogger;
  const ledger = { recordUsage: async (some: readonly UsageRow[]) => void rows.push(...some) };
  const made = createGateway({ providers: [provider, createOfflineProvider()], ledger, clock: systemClock, logger });
  const gateway: Gateway = Object.assign(Object.create(made) as Gateway, options.gateway);
  const keys = createMemoryVirtualKeys();
  const { gateway: _replaced, around = (inner: Gateway) => inner, judgements: _kept, rows: _rows, ...http } = options;
  const server = createGatewayServer({
    ...{ gateway: around(gateway), keys, clock: systemClock, logger, metrics: createMetrics() },
    options: { drainMs: 2_000, ...http },
    administratorToken: ADMINISTRATOR,
    judgements,
    refusals: { end: async (row) => void rows.push(row) },
  });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const close = () => server.close();
  onTestFinished(close);
  const newKey = async (wanted: Partial<NewVirtualKey> = {}) => {
    const { secret, key } = await addVirtualKey(
      keys,
      { name: 'test', tenant: 'acme', agent: 'support', ...wanted },
      systemClock.now(),
    );
    return { secret, id: key.id };
  };
  const { secret, id: keyId } = await newKey();
  return { url, secret, keyId, rows, provider, gateway, keys, logged, close, newKey };
}

export function post(served: Pick<Served, 'url' | 'secret'>, path: string, body: unknown, more: RequestInit = {}) {
  return fetch(served.url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
    headers: {
      authorization: `Bearer ${served.secret}`,
      'content-type': 'application/json',
      ...(more.headers as Record<string, string> | undefined),
    },
  });
}
