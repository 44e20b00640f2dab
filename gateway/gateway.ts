import type { Clock, Ledger, Logger } from '#platform';
import { checkCompleteRequest, checkEmbedRequest } from './domain/check-request.ts';
import { chooseEmbeddingModel, chooseModel } from './domain/choose-model.ts';
import type { Credential } from './domain/credential.ts';
import { fullName, type ModelInfo } from './domain/model.ts';
import { partialOf } from './domain/partial-answer.ts';
import type { CompleteRequest, EmbedRequest } from './domain/request.ts';
import type { CallMetadata, Completion, Delta, Embeddings, TokenCount, Usage } from './domain/response.ts';
import { inputTokenBound } from './domain/token-bound.ts';
import { modelError } from './errors.ts';
import type { GatewayMetrics } from './ports/metrics.ts';
import type { ModelProvider, ProviderCall, ProviderCompletion } from './ports/provider.ts';
import { Account, type AccountOptions } from './use-cases/account.ts';
import { TimeLimit } from './use-cases/time-limit.ts';

export interface GatewayOptions {
  /** In order of preference among equals. At least one. */
  readonly providers: readonly ModelProvider[];
  /**
   * The key to call a provider with, asked for at every call; null when there is none. A provider that needs a key has
   * no models without one. Default: no keys.
   */
  readonly credentials?: (provider: string) => Promise<Credential | null>;
  readonly ledger: Pick<Ledger, 'recordUsage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: GatewayMetrics;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** The one door to models. Every call leaves exactly one usage row, also when it fails or is given up. */
export interface Gateway {
  /** Errors: KAZE_MODEL_*. */
  complete(request: CompleteRequest, options?: CallOptions): Promise<Completion>;
  /** Ends with one `finish` that carries the whole answer and its usage, or throws. Leaving the loop cancels the call. */
  stream(request: CompleteRequest, options?: CallOptions): AsyncIterable<Delta>;
  embed(request: EmbedRequest, options?: CallOptions): Promise<Embeddings>;
  /** What the request's input would count, for the model it would go to. Costs nothing and leaves no row. */
  countTokens(request: CompleteRequest, options?: CallOptions): Promise<TokenCount>;
  models(): Promise<readonly ModelInfo[]>;
  close(): Promise<void>;
}

const DEFAULT_OUTPUT_TOKENS = 1_024;
const DEFAULT_TIMEOUT_MS = 120_000;

export function createGateway(options: GatewayOptions): Gateway {
  return new ModelGateway(options);
}

class ModelGateway implements Gateway {
  private readonly accounts: AccountOptions;

  constructor(private readonly options: GatewayOptions) {
    const { ledger, clock, logger, metrics } = options;
    this.accounts = { ledger, clock, logger, metrics };
  }

  async complete(request: CompleteRequest, options: CallOptions = {}): Promise<Completion> {
    const { provider, call } = await this.prepare(request);
    const account = this.account('chat', call);
    const limit = timeLimit(request, options);
    try {
      await withinInput(provider, call, limit);
      const answer = await limit.race(provider.complete(call, limit.signal));
      const times = await account.succeed(answer.usage, answer.stopReason);
      return completionOf(answer, call.model, { id: account.id, ...times });
    } catch (error) {
      throw await account.fail(error, limit.ended(), partialOf(error)?.usage);
    } finally {
      limit.clear();
    }
  }

  async *stream(request: CompleteRequest, options: CallOptions = {}): AsyncGenerator<Delta> {
    const { provider, call } = await this.prepare(request);
    const account = this.account('chat', call);
    const limit = timeLimit(request, options);
    let settled = false;
    let used: Usage | undefined;
    try {
      await withinInput(provider, call, limit);
      const deltas = provider.stream(call, limit.signal)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await limit.race(deltas.next());
          if (next.done) throw new Error('the provider ended its stream without an answer');
          if (next.value.type === 'usage') {
            used = next.value.usage;
            continue;
          }
          account.firstToken();
          if (next.value.type !== 'finish') {
            yield next.value;
            continue;
          }
          const { completion } = next.value;
          settled = true;
          const times = await account.succeed(completion.usage, completion.stopReason);
          yield { type: 'finish', completion: completionOf(completion, call.model, { id: account.id, ...times }) };
          return;
        }
      } finally {
        // Not waited for: a provider that hangs must not hold up who has left.
        Promise.resolve(deltas.return?.()).catch(() => {});
      }
    } catch (error) {
      settled = true;
      throw await account.fail(error, limit.ended(), partialOf(error)?.usage ?? used);
    } finally {
      if (!settled) await account.fail(undefined, { cancelled: true, timedOut: false }, used);
      limit.clear();
    }
  }

  async embed(request: EmbedRequest, options: CallOptions = {}): Promise<Embeddings> {
    checkEmbedRequest(request);
    const model = chooseEmbeddingModel(request, await this.models());
    const credential = await this.credentialFor(model.provider);
    const { texts, attribution } = request;
    const keyId = credential?.keyId ?? null;
    const account = new Account(this.accounts, { operation: 'embeddings', model, attribution, keyId });
    const limit = new TimeLimit(DEFAULT_TIMEOUT_MS, options.signal);
    try {
      const answer = await limit.race(this.providerOf(model).embed({ texts, model, credential }, limit.signal));
      await account.succeed(answer.usage);
      return answer;
    } catch (error) {
      throw await account.fail(error, limit.ended());
    } finally {
      limit.clear();
    }
  }

  async countTokens(request: CompleteRequest, options: CallOptions = {}): Promise<TokenCount> {
    const { provider, call } = await this.prepare(request);
    const limit = timeLimit(request, options);
    try {
      return await limit.race(provider.countTokens(call, limit.signal));
    } finally {
      limit.clear();
    }
  }

  async models(): Promise<readonly ModelInfo[]> {
    const lists = await Promise.all(
      this.options.providers.map(async (provider) => {
        const credential = await this.credentialFor(provider.name);
        return credential === null && provider.needsCredential ? [] : provider.models(credential);
      }),
    );
    return lists.flat();
  }

  async close(): Promise<void> {
    await Promise.all(this.options.providers.map((provider) => provider.close()));
  }

  private async prepare(request: CompleteRequest): Promise<{ provider: ModelProvider; call: ProviderCall }> {
    checkCompleteRequest(request);
    const model = chooseModel(request, await this.models());
    const wanted = request.limits?.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS;
    const credential = await this.credentialFor(model.provider);
    const call = { ...request, model, credential, maxOutputTokens: Math.min(wanted, model.maxOutputTokens) };
    return { provider: this.providerOf(model), call };
  }

  private providerOf(model: ModelInfo): ModelProvider {
    const provider = this.options.providers.find(({ name }) => name === model.provider);
    if (!provider) throw new Error(`a provider gave out the model ${fullName(model)} under another's name`);
    return provider;
  }

  private account(operation: 'chat', call: ProviderCall): Account {
    const { model, attribution, credential } = call;
    return new Account(this.accounts, { operation, model, attribution, keyId: credential?.keyId ?? null });
  }

  private async credentialFor(provider: string): Promise<Credential | null> {
    return (await this.options.credentials?.(provider)) ?? null;
  }
}

function timeLimit(request: CompleteRequest, options: CallOptions): TimeLimit {
  return new TimeLimit(request.limits?.timeoutMs ?? DEFAULT_TIMEOUT_MS, options.signal);
}

/** Throws KAZE_MODEL_INPUT_TOO_LONG before anything is sent. */
async function withinInput(provider: ModelProvider, call: ProviderCall, limit: TimeLimit): Promise<void> {
  const max = Math.min(call.limits?.maxInputTokens ?? Number.POSITIVE_INFINITY, call.model.contextTokens);
  // A vendor's count is a request of its own: only asked for where the bound by bytes does not settle it.
  if (inputTokenBound(call) <= max) return;
  const { tokens } = await limit.race(provider.countTokens(call, limit.signal));
  if (tokens <= max) return;
  throw modelError('KAZE_MODEL_INPUT_TOO_LONG', `the input counts ${tokens} tokens, at most ${max} are allowed`, {
    fields: { tokens, max, model: fullName(call.model) },
  });
}

function completionOf(
  answer: ProviderCompletion,
  model: ModelInfo,
  call: { id: string; latencyMs: number; firstTokenMs: number | null },
): Completion {
  const { confidence, ...rest } = answer;
  const { id, latencyMs, firstTokenMs } = call;
  const metadata: CallMetadata = {
    id,
    provider: model.provider,
    model: model.name,
    offline: model.offline,
    latencyMs,
    firstTokenMs,
    confidence,
  };
  return { ...rest, metadata };
}

/** Sums of several calls, for callers that report one. */
export function addUsage(...usages: readonly Usage[]): Usage {
  const sum = (of: (usage: Usage) => number | undefined) =>
    usages.reduce((total, usage) => total + (of(usage) ?? 0), 0);
  const cacheWriteHourTokens = sum((usage) => usage.cacheWriteHourTokens);
  return {
    inputTokens: sum((usage) => usage.inputTokens),
    outputTokens: sum((usage) => usage.outputTokens),
    cachedTokens: sum((usage) => usage.cachedTokens),
    cacheWriteTokens: sum((usage) => usage.cacheWriteTokens),
    reasoningTokens: sum((usage) => usage.reasoningTokens),
    ...(cacheWriteHourTokens > 0 ? { cacheWriteHourTokens } : {}),
    ...(usages.some(({ estimated }) => estimated) ? { estimated: true } : {}),
  };
}
