import type { Attributes } from '@opentelemetry/api';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type CompleteRequest,
  createGateway,
  type Gateway,
  type ModelInfo,
  type ModelProvider,
  modelError,
  NO_USAGE,
  type ProviderCall,
  type ProviderCompletion,
  type ProviderEmbedCall,
} from '#gateway';
import { silentLogger, systemClock, type UsageRow } from '#platform';

const ATTRIBUTION = { tenant: 'acme', agent: 'seo', task: null, skillVersion: null, channel: null };

function model(name: string, more: Partial<ModelInfo> = {}): ModelInfo {
  return {
    provider: 'fake',
    name,
    tiers: ['balanced'],
    offline: false,
    contextTokens: 1_000,
    maxOutputTokens: 100,
    ...more,
    capabilities: { chat: true, tools: false, vision: false, json: false, embeddings: false, ...more.capabilities },
  };
}

/** A provider that does as the test says, and remembers what it was asked. */
class FakeProvider implements ModelProvider {
  readonly name = 'fake';
  readonly needsCredential = false;
  readonly calls: ProviderCall[] = [];
  tokens = 10;
  closed = 0;
  answer: (call: ProviderCall, signal: AbortSignal) => Promise<ProviderCompletion> = async () => completion('done');

  constructor(private readonly infos: readonly ModelInfo[]) {}

  async models() {
    return this.infos;
  }
  complete(call: ProviderCall, signal: AbortSignal) {
    this.calls.push(call);
    return this.answer(call, signal);
  }
  async *stream(call: ProviderCall, signal: AbortSignal) {
    this.calls.push(call);
    try {
      yield { type: 'text' as const, text: 'do' };
      const answer = await this.answer(call, signal);
      yield { type: 'text' as const, text: 'ne' };
      yield { type: 'finish' as const, completion: answer };
    } finally {
      this.closed += 1;
    }
  }
  async embed({ texts, model: info }: ProviderEmbedCall) {
    const usage = { ...NO_USAGE, inputTokens: 3 };
    return { model: info.name, dimensions: 2, vectors: texts.map(() => Float32Array.of(1, 0)), usage };
  }
  async countTokens(call: ProviderCall) {
    return { tokens: this.tokens, model: call.model.name, exact: true };
  }
  async close() {}
}

function completion(text: string): ProviderCompletion {
  return {
    message: { role: 'assistant', content: text },
    text,
    toolCalls: [],
    citations: [],
    value: undefined,
    stopReason: 'end',
    usage: { ...NO_USAGE, inputTokens: 10, outputTokens: 2, cachedTokens: 4 },
    confidence: null,
  };
}

let rows: UsageRow[];
let measured: Attributes[];
let ledgerFails: boolean;

function gatewayOf(...providers: ModelProvider[]): Gateway {
  return createGateway({
    providers,
    ledger: {
      recordUsage: async (more) => {
        if (ledgerFails) throw new Error('disk full');
        rows.push(...more);
      },
    },
    clock: systemClock,
    logger: silentLogger,
    metrics: {
      call: (one) =>
        void measured.push({ ...one, errorCode: one.errorCode ?? 'none', firstTokenMs: one.firstTokenMs ?? -1 }),
    },
  });
}

const ask = (more: Partial<CompleteRequest> = {}): CompleteRequest => ({
  messages: [{ role: 'user', content: 'hello' }],
  attribution: ATTRIBUTION,
  ...more,
});

beforeEach(() => {
  rows = [];
  measured = [];
  ledgerFails = false;
});

describe('the account of a call', () => {
  it('holds one row with who, what, how much and how it ended', async () => {
    const gateway = gatewayOf(new FakeProvider([model('m1')]));
    const answer = await gateway.complete(ask());
    expect(rows).toEqual([
      {
        id: answer.metadata.id,
        at: expect.any(Number),
        ...ATTRIBUTION,
        provider: 'fake',
        model: 'm1',
        keyId: null,
        inputTokens: 10,
        outputTokens: 2,
        cachedTokens: 4,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
        costMicros: 0,
        latencyMs: expect.any(Number),
        firstTokenMs: null,
        outcome: 'ok',
        errorCode: null,
      },
    ]);
    expect(measured).toHaveLength(1);
    expect(measured[0]).toMatchObject({ operation: 'chat', outcome: 'ok', inputTokens: 10 });
  });

  it('is written once when the provider fails, with our code for a foreign error and its own for ours', async () => {
    const provider = new FakeProvider([model('m1')]);
    const gateway = gatewayOf(provider);
    provider.answer = () => Promise.reject(new TypeError('socket hang up'));
    await expect(gateway.complete(ask())).rejects.toMatchObject({
      code: 'KAZE_MODEL_PROVIDER_FAILED',
      retryable: true,
    });
    provider.answer = () => Promise.reject(modelError('KAZE_MODEL_CANNOT_ANSWER', 'no'));
    await expect(gateway.complete(ask())).rejects.toMatchObject({ code: 'KAZE_MODEL_CANNOT_ANSWER' });
    expect(rows.map(({ outcome, errorCode }) => `${outcome} ${errorCode}`)).toEqual([
      'error KAZE_MODEL_PROVIDER_FAILED',
      'error KAZE_MODEL_CANNOT_ANSWER',
    ]);
  });

  it('is written when the time is over, although the provider never answers', async () => {
    const provider = new FakeProvider([model('m1')]);
    provider.answer = () => new Promise(() => {});
    const gateway = gatewayOf(provider);
    await expect(gateway.complete(ask({ limits: { timeoutMs: 20 } }))).rejects.toMatchObject({
      code: 'KAZE_MODEL_TIMEOUT',
    });
    await expect(async () => {
      for await (const _ of gateway.stream(ask({ limits: { timeoutMs: 20 } })));
    }).rejects.toMatchObject({ code: 'KAZE_MODEL_TIMEOUT' });
    expect(rows.map(({ outcome }) => outcome)).toEqual(['error', 'error']);
  });

  it('is written when the caller cancels, and the provider hears of it', async () => {
    const provider = new FakeProvider([model('m1')]);
    let heard = false;
    const controller = new AbortController();
    provider.answer = (_, signal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          heard = true;
        });
        controller.abort();
      });
    await expect(gatewayOf(provider).complete(ask(), { signal: controller.signal })).rejects.toMatchObject({
      code: 'KAZE_MODEL_CANCELLED',
    });
    expect(heard).toBe(true);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ outcome: 'cancelled', errorCode: 'KAZE_MODEL_CANCELLED' });
  });

  it('is written once for a stream that is left, and the provider’s stream is closed', async () => {
    const provider = new FakeProvider([model('m1')]);
    for await (const delta of gatewayOf(provider).stream(ask())) if (delta.type === 'text') break;
    await expect.poll(() => provider.closed).toBe(1);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['cancelled']);
  });

  it('keeps the answer back when it cannot be written', async () => {
    ledgerFails = true;
    const gateway = gatewayOf(new FakeProvider([model('m1')]));
    await expect(gateway.complete(ask())).rejects.toMatchObject({ code: 'KAZE_MODEL_LEDGER_UNAVAILABLE' });
    await expect(async () => {
      for await (const delta of gateway.stream(ask())) expect(delta.type).toBe('text');
    }).rejects.toMatchObject({ code: 'KAZE_MODEL_LEDGER_UNAVAILABLE' });
  });

  it('holds embeddings too', async () => {
    const info = model('e1', { capabilities: { ...model('e1').capabilities, chat: false, embeddings: true } });
    const answer = await gatewayOf(new FakeProvider([info])).embed({ texts: ['a', 'b'], attribution: ATTRIBUTION });
    expect(answer.vectors).toHaveLength(2);
    expect(rows).toEqual([expect.objectContaining({ model: 'e1', inputTokens: 3, outcome: 'ok' })]);
  });
});

describe('the choice of a model', () => {
  const offline = model('extractive', { offline: true, tiers: ['fast', 'balanced', 'best'] });
  const all = { ...offline.capabilities, tools: true, json: true, vision: true };
  const models = [
    { ...offline, capabilities: all },
    model('small', { tiers: ['fast'], contextTokens: 500 }),
    model('middle'),
    model('large', { tiers: ['best'], capabilities: all, contextTokens: 9_000 }),
  ];
  const chosen = async (more: Partial<CompleteRequest>) => {
    const provider = new FakeProvider(models);
    await gatewayOf(provider).complete(ask(more));
    return provider.calls[0]!.model.name;
  };

  it('takes the wished level, a hosted model before the offline one', async () => {
    expect(await chosen({})).toBe('middle');
    expect(await chosen({ modelHint: 'fast' })).toBe('small');
    expect(await chosen({ modelHint: 'best' })).toBe('large');
  });

  it('takes one that can do what the request shows or says it needs', async () => {
    const tools = [{ name: 'look', description: 'looks', parameters: { type: 'object' } }];
    expect(await chosen({ tools })).toBe('large');
    expect(await chosen({ modelHint: { need: { contextTokens: 5_000 }, prefer: 'fast' } })).toBe('large');
    expect(await chosen({ modelHint: { need: { contextTokens: 900 } } })).toBe('middle');
    const image = { type: 'image' as const, mediaType: 'image/png', source: { data: 'AAAA' } };
    expect(await chosen({ messages: [{ role: 'user', content: [image] }] })).toBe('large');
  });

  it('takes the named one, by its name or with its provider', async () => {
    expect(await chosen({ modelHint: { model: 'small' } })).toBe('small');
    expect(await chosen({ modelHint: { model: 'fake/large' } })).toBe('large');
  });

  it('names the nearest when there is none of that name, and what is lacking when none fits', async () => {
    await expect(chosen({ modelHint: { model: 'fake/larg' } })).rejects.toMatchObject({
      code: 'KAZE_MODEL_UNKNOWN',
      message: expect.stringContaining('fake/large'),
    });
    await expect(chosen({ modelHint: { need: { contextTokens: 1_000_000 } } })).rejects.toMatchObject({
      code: 'KAZE_MODEL_NONE_SUITABLE',
    });
    await expect(
      gatewayOf(new FakeProvider([model('m1')])).embed({ texts: ['x'], attribution: ATTRIBUTION }),
    ).rejects.toMatchObject({ code: 'KAZE_MODEL_NONE_SUITABLE' });
    expect(rows).toEqual([]);
  });

  it('bounds the output by the model, and refuses input beyond the model or the limit', async () => {
    const provider = new FakeProvider([model('m1')]);
    const gateway = gatewayOf(provider);
    await gateway.complete(ask({ limits: { maxOutputTokens: 5_000 } }));
    expect(provider.calls[0]!.maxOutputTokens).toBe(100);
    const long = ask({ messages: [{ role: 'user', content: 'word '.repeat(300) }] });
    provider.tokens = 1_001;
    await expect(gateway.complete(long)).rejects.toMatchObject({ code: 'KAZE_MODEL_INPUT_TOO_LONG' });
    provider.tokens = 50;
    await expect(gateway.complete({ ...long, limits: { maxInputTokens: 49 } })).rejects.toMatchObject({
      fields: { tokens: 50, max: 49 },
    });
    expect(await gateway.countTokens(ask())).toEqual({ tokens: 50, model: 'm1', exact: true });
  });

  it('does not ask the provider to count input that is within the limit by its bytes', async () => {
    const provider = new FakeProvider([model('m1')]);
    provider.tokens = 1_001;
    expect((await gatewayOf(provider).complete(ask())).text).toBe('done');
  });
});

describe('requests', () => {
  const tool = { name: 'look', description: 'looks', parameters: { type: 'object' } };
  it.each<[string, Partial<CompleteRequest>]>([
    ['without a message', { messages: [] }],
    [
      'with a result that answers no call',
      {
        messages: [{ role: 'tool', content: [{ type: 'tool-result', callId: 'x', name: 'look', content: 1 }] }],
      },
    ],
    ['with a tool name that vendors refuse', { tools: [{ ...tool, name: 'look up' }] }],
    ['with two tools of one name', { tools: [tool, tool] }],
    ['that must call a tool that is not offered', { tools: [tool], toolChoice: { tool: 'listen' } }],
    ['that must call a tool without any', { toolChoice: 'required' }],
    ['with no room for output', { limits: { maxOutputTokens: 0 } }],
    ['with a temperature beyond 2', { limits: { temperature: 2.5 } }],
    ['without an agent', { attribution: { ...ATTRIBUTION, agent: '' } }],
  ])('are refused %s, before any provider is asked', async (_, more) => {
    const provider = new FakeProvider([model('m1')]);
    await expect(gatewayOf(provider).complete(ask(more))).rejects.toMatchObject({
      code: 'KAZE_MODEL_BAD_REQUEST',
      kind: 'caller',
    });
    expect(provider.calls).toEqual([]);
    expect(rows).toEqual([]);
  });
});
