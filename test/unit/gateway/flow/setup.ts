import { createMemoryLimitStore } from '#gateway/adapters/limit-store/memory';
import { silentLogger, systemClock, type UsageRow } from '#platform';
import type { GatewayPolicyInput } from '../../../../gateway/domain/flow/policy.ts';
import { parsePolicy } from '../../../../gateway/domain/flow/policy.ts';
import type { ModelInfo } from '../../../../gateway/domain/model.ts';
import type { CompleteRequest } from '../../../../gateway/domain/request.ts';
import { NO_USAGE } from '../../../../gateway/domain/response.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../../../gateway/gateway.ts';
import type {
  ModelProvider,
  ProviderCall,
  ProviderCompletion,
  ProviderDelta,
  ProviderEmbedCall,
} from '../../../../gateway/ports/provider.ts';
import type { KeyRing } from '../../../../gateway/use-cases/keys/key-ring.ts';

export const ATTRIBUTION = { tenant: 'acme', agent: 'writer', task: null, skillVersion: null, channel: null };

export function model(provider: string, name: string, more: Partial<ModelInfo> = {}): ModelInfo {
  return {
    ...{ provider, name, tiers: ['balanced'], offline: false, contextTokens: 100_000, maxOutputTokens: 64_000 },
    capabilities: { chat: true, tools: true, vision: false, json: true, embeddings: false },
    ...more,
  };
}

export function ask(more: Partial<CompleteRequest> = {}): CompleteRequest {
  return { messages: [{ role: 'user', content: 'hello' }], attribution: ATTRIBUTION, ...more };
}

export function completion(text: string, outputTokens = 2): ProviderCompletion {
  return {
    ...{ message: { role: 'assistant', content: text }, text, toolCalls: [], citations: [], value: undefined },
    ...{ stopReason: 'end', usage: { ...NO_USAGE, inputTokens: 10, outputTokens }, confidence: null },
  };
}

type Answer = (call: ProviderCall, signal: AbortSignal) => Promise<ProviderCompletion>;

/** A provider that does as the test says, and remembers what it was asked. */
export class FakeProvider implements ModelProvider {
  readonly calls: ProviderCall[] = [];
  readonly name: string;
  readonly needsCredential: boolean;
  /** In the order of the calls; then `answer`. */
  readonly script: Answer[] = [];
  answer: Answer = async () => completion('done');
  pieces: (call: ProviderCall, signal: AbortSignal) => AsyncIterable<ProviderDelta>;

  constructor(
    private readonly infos: readonly ModelInfo[],
    options: { needsCredential?: boolean } = {},
  ) {
    this.name = infos[0]!.provider;
    this.needsCredential = options.needsCredential ?? false;
    this.pieces = (call, signal) => this.usualPieces(call, signal);
  }

  async models() {
    return this.infos;
  }
  complete(call: ProviderCall, signal: AbortSignal) {
    this.calls.push(call);
    return (this.script.shift() ?? this.answer)(call, signal);
  }
  stream(call: ProviderCall, signal: AbortSignal) {
    this.calls.push(call);
    return this.pieces(call, signal);
  }
  async embed({ texts, model: info }: ProviderEmbedCall) {
    const vectors = texts.map(() => Float32Array.of(1, 0));
    return { model: info.name, dimensions: 2, vectors, usage: { ...NO_USAGE, inputTokens: 3 } };
  }
  async countTokens(call: ProviderCall) {
    return { tokens: 10, model: call.model.name, exact: true };
  }
  async close() {}

  private async *usualPieces(call: ProviderCall, signal: AbortSignal): AsyncGenerator<ProviderDelta> {
    const answer = await (this.script.shift() ?? this.answer)(call, signal);
    yield { type: 'text', text: answer.text };
    yield { type: 'finish', completion: answer };
  }
}

export function keys(...values: readonly string[]): KeyRing {
  return {
    keysFor: async (provider) =>
      values.map((value) => ({ credential: { keyId: `${provider}/${value}`, value }, owner: 'studio', weight: 1 })),
  };
}

export interface Scene {
  readonly gateway: Gateway;
  readonly rows: UsageRow[];
}

export function scene(
  providers: readonly ModelProvider[],
  policy: GatewayPolicyInput = {},
  more: Partial<GatewayOptions> = {},
): Scene {
  const rows: UsageRow[] = [];
  const gateway = createGateway({
    ...{ providers, clock: systemClock, logger: silentLogger },
    ledger: { recordUsage: async (added) => void rows.push(...added) },
    // Retries without a pause.
    policy: parsePolicy({ ...policy, retries: { backoffMs: 0, ...policy.retries } }),
    limitStore: createMemoryLimitStore({ clock: systemClock }),
    ...more,
  });
  return { gateway, rows };
}

export function outcomes(rows: readonly UsageRow[]): string[] {
  return rows.map(({ model: name, keyId, errorCode }) =>
    [name, ...(keyId ? [keyId] : []), errorCode ?? 'ok'].join(' '),
  );
}
