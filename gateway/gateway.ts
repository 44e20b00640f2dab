import type { Clock, KazeError, Ledger, Logger } from '#platform';
import { checkCompleteRequest, checkEmbedRequest } from './domain/check-request.ts';
import { type SuitableModels, suitableEmbeddingModels, suitableModels } from './domain/choose-model.ts';
import type { Credential } from './domain/credential.ts';
import { forbidden } from './domain/flow/model-rules.ts';
import { type GatewayPolicy, PLAIN_POLICY } from './domain/flow/policy.ts';
import { fullName, type ModelInfo } from './domain/model.ts';
import { partialOf, withPartial } from './domain/partial-answer.ts';
import { costMicros } from './domain/price/cost.ts';
import type { PriceList } from './domain/price/price-list.ts';
import type { CompleteRequest, EmbedRequest } from './domain/request.ts';
import type { CallMetadata, Completion, Delta, Embeddings, TokenCount, Usage } from './domain/response.ts';
import { bytesOf, inputTokenBound } from './domain/token-bound.ts';
import { modelError } from './errors.ts';
import type { Chooser } from './ports/chooser.ts';
import type { LimitStore } from './ports/limit-store.ts';
import type { GatewayMetrics } from './ports/metrics.ts';
import type { ModelProvider, ProviderCall, ProviderCompletion } from './ports/provider.ts';
import { Admission, nextAfter } from './use-cases/admission/admission.ts';
import type { Attempt, AttemptTimes } from './use-cases/admission/attempt.ts';
import type { AdmissionCall, AttemptTarget } from './use-cases/admission/call.ts';
import { candidatesOf } from './use-cases/admission/candidates.ts';
import { createChooser } from './use-cases/admission/choosers.ts';
import { ModelStates } from './use-cases/admission/model-states.ts';
import type { Ticket } from './use-cases/admission/ticket.ts';
import type { Budgets } from './use-cases/budget/budgets.ts';
import type { Journal } from './use-cases/journal/journal.ts';
import { type KeyCaller, type KeyRing, singleKeys } from './use-cases/keys/key-ring.ts';
import { KeyStates } from './use-cases/keys/key-states.ts';
import { Limits } from './use-cases/limits/limits.ts';
import { TimeLimit } from './use-cases/time-limit.ts';

export interface GatewayOptions {
  /** In order of preference among equals. At least one. */
  readonly providers: readonly ModelProvider[];
  /** Keys by tenant, agent and provider. A provider that needs a key has no models without one. Default: no keys. */
  readonly keys?: KeyRing;
  /** One key a provider in place of `keys`, asked for at every call; null when there is none. */
  readonly credentials?: (provider: string) => Promise<Credential | null>;
  /** Default: one attempt, no limits, no circuit breaker, no fallbacks. */
  readonly policy?: GatewayPolicy;
  /** Default: nothing is reserved. Closed by whoever made them. */
  readonly budgets?: Budgets;
  /** Takes the rows on their way to the ledger, and each attempt before it is sent. Closed by whoever made it. */
  readonly journal?: Pick<Journal, 'begin' | 'end'>;
  /** Needed for a policy with limits. Closed with the gateway. */
  readonly limitStore?: LimitStore;
  /** In place of the choice that the policy names. */
  readonly chooser?: Chooser;
  /** For the choice by price, and for costs where there are no budgets. */
  readonly prices?: PriceList;
  readonly ledger: Pick<Ledger, 'recordUsage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: GatewayMetrics;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** With which of Kaze's own keys the caller came; stands in the usage row. */
  readonly virtualKeyId?: string | null;
  /** Models (`name`, `provider/name`, `provider/*`) that its virtual key is held to; default: all. */
  readonly allowedModels?: readonly string[];
}

/** The one door to models. Every attempt of a call leaves exactly one usage row, also when it fails or is given up. */
export interface Gateway {
  /** Errors: KAZE_MODEL_*, KAZE_BUDGET_*, KAZE_GATEWAY_*, KAZE_JOURNAL_*. */
  complete(request: CompleteRequest, options?: CallOptions): Promise<Completion>;
  /** Ends with one `finish` that carries the whole answer and its usage, or throws. Leaving the loop cancels the call. */
  stream(request: CompleteRequest, options?: CallOptions): AsyncIterable<Delta>;
  embed(request: EmbedRequest, options?: CallOptions): Promise<Embeddings>;
  /** What the request's input would count, for the model it would go to. Costs nothing and leaves no row. */
  countTokens(request: CompleteRequest, options?: CallOptions): Promise<TokenCount>;
  /** Those that a caller may use; without one, those of the studio's keys. */
  models(caller?: KeyCaller & Pick<CallOptions, 'allowedModels'>): Promise<readonly ModelInfo[]>;
  /** What stands in the way of calls now, for health checks. */
  status(): GatewayStatus;
  close(): Promise<void>;
}

export interface GatewayStatus {
  /** Calls that wait for room under the limits. */
  readonly waitingForLimits: number;
  readonly waitingForBudgets: number;
  /** `provider/model`s that failed too often and are left alone. */
  readonly openCircuits: readonly string[];
}

const DEFAULT_OUTPUT_TOKENS = 1_024;
/** What a call usually gives, for a choice by price. */
const USUAL_OUTPUT_TOKENS = 512;
const NOBODY: KeyCaller = { tenant: '', agent: '' };

export function createGateway(options: GatewayOptions): Gateway {
  return new ModelGateway(options);
}

class ModelGateway implements Gateway {
  private readonly policy: GatewayPolicy;
  private readonly keys: KeyRing;
  private readonly limits: Limits;
  private readonly chooser: Chooser | undefined;
  private readonly modelStates: ModelStates;
  private readonly admission: Admission;
  private readonly byName: ReadonlyMap<string, ModelProvider>;

  constructor(private readonly options: GatewayOptions) {
    const { ledger, clock, logger, metrics, budgets, journal, prices, credentials, limitStore, providers } = options;
    this.policy = options.policy ?? PLAIN_POLICY;
    this.keys = options.keys ?? singleKeys(credentials ?? (async () => null));
    this.limits = new Limits({ store: limitStore, policy: this.policy, clock, logger });
    const modelStates = new ModelStates(this.policy.breaker);
    this.modelStates = modelStates;
    const random = Math.random;
    const now = () => clock.now();
    const latencyOf = (model: ModelInfo) => modelStates.of(model).latency;
    this.chooser = options.chooser ?? createChooser({ choice: this.policy.choice, prices, latencyOf, now, random });
    this.byName = new Map(providers.map((provider) => [provider.name, provider]));
    this.admission = new Admission({
      ...{ policy: this.policy, ledger, clock, logger, metrics, journal, budgets, limits: this.limits, random },
      ...{ keys: this.keys, keyStates: new KeyStates(), modelStates, chooser: this.chooser },
      needsCredential: (name) => this.byName.get(name)?.needsCredential ?? false,
      costOf: (model, usage) => {
        const price = prices?.of(model);
        return price ? costMicros(price, usage) : 0;
      },
    });
  }

  async complete(request: CompleteRequest, options: CallOptions = {}): Promise<Completion> {
    const call = await this.chatCall(request, options, false);
    return this.admission.run(call, async (attempt, ticket) => {
      const { provider, asked } = this.asked(request, attempt);
      await withinInput(provider, asked, call, attempt);
      const answer = await attempt.race(attempt.send(() => provider.complete(asked, attempt.signal)));
      const times = await attempt.succeed(answer.usage, answer.stopReason);
      return completionOf(answer, attempt, ticket, times);
    });
  }

  async *stream(request: CompleteRequest, options: CallOptions = {}): AsyncGenerator<Delta> {
    const call = await this.chatCall(request, options, true);
    const ticket = this.admission.admit(call);
    let last: KazeError | undefined;
    try {
      for (;;) {
        const attempt = await nextAfter(ticket, last);
        try {
          yield* this.deltas(request, call, { attempt, ticket });
          return;
        } catch (error) {
          last = await attempt.fail(error);
          const partial = partialOf(error);
          if (partial && last !== error) withPartial(last, partial);
          if (!(await ticket.again(attempt, last))) throw last;
        } finally {
          await attempt.abandon();
        }
      }
    } finally {
      ticket.close();
    }
  }

  async embed(request: EmbedRequest, options: CallOptions = {}): Promise<Embeddings> {
    checkEmbedRequest(request);
    const { texts, attribution } = request;
    const all = await this.modelsFor(attribution);
    const bound = texts.reduce((sum, text) => sum + bytesOf(text), 0);
    const candidates = this.candidates(suitableEmbeddingModels(request, all), { request, options, all, bound });
    const call: AdmissionCall = {
      ...{ operation: 'embeddings', attribution, candidates, inputTokenBound: bound, streamed: false },
      // A vector is no output that anybody charges for.
      ...{ outputTokensWanted: 0, defaultOutputTokens: 0, cacheWrites: false },
      ...{ virtualKeyId: options.virtualKeyId, allowedModels: options.allowedModels, signal: options.signal },
    };
    return this.admission.run(call, async (attempt) => {
      const { model, credential, signal } = attempt;
      const provider = this.providerOf(model);
      const answer = await attempt.race(attempt.send(() => provider.embed({ texts, model, credential }, signal)));
      await attempt.succeed(answer.usage);
      return answer;
    });
  }

  async countTokens(request: CompleteRequest, options: CallOptions = {}): Promise<TokenCount> {
    const call = await this.chatCall(request, options, false);
    const model = call.candidates[0]!;
    const [key] = await this.keys.keysFor(model.provider, request.attribution);
    const provider = this.providerOf(model);
    const asked = { ...request, model, credential: key?.credential ?? null, maxOutputTokens: model.maxOutputTokens };
    const limit = new TimeLimit(call.timeoutMs ?? this.policy.timeouts.totalMs, options.signal);
    try {
      return await limit.race(provider.countTokens(asked, limit.signal));
    } finally {
      limit.clear();
    }
  }

  async models(caller?: KeyCaller & Pick<CallOptions, 'allowedModels'>): Promise<readonly ModelInfo[]> {
    const models = await this.modelsFor(caller ?? NOBODY);
    if (!caller) return models;
    const attribution = { ...caller, task: null, skillVersion: null, channel: null };
    const { allowedModels } = caller;
    return models.filter((model) => forbidden(this.policy, model, { attribution, allowedModels }) === undefined);
  }

  status(): GatewayStatus {
    return {
      waitingForLimits: this.limits.waiting,
      waitingForBudgets: this.options.budgets?.waiting ?? 0,
      openCircuits: this.modelStates.openCircuits(),
    };
  }

  async close(): Promise<void> {
    await this.limits.close();
    await Promise.all(this.options.providers.map((provider) => provider.close()));
  }

  private async *deltas(
    request: CompleteRequest,
    call: AdmissionCall,
    { attempt, ticket }: { attempt: Attempt; ticket: Ticket },
  ): AsyncGenerator<Delta> {
    const { provider, asked } = this.asked(request, attempt);
    await withinInput(provider, asked, call, attempt);
    const source = attempt.send(() => provider.stream(asked, attempt.signal))[Symbol.asyncIterator]();
    const said: string[] = [];
    try {
      for (;;) {
        const next = await attempt.race(attempt.send(() => source.next()));
        if (next.done) throw new Error('the provider ended its stream without an answer');
        const delta = next.value;
        if (delta.type === 'usage') {
          attempt.used(delta.usage);
          continue;
        }
        if (delta.type === 'finish') {
          attempt.piece();
          const { completion } = delta;
          const times = await attempt.succeed(completion.usage, completion.stopReason);
          yield { type: 'finish', completion: completionOf(completion, attempt, ticket, times) };
          return;
        }
        if (delta.type === 'text') said.push(delta.text);
        attempt.piece(textOfDelta(delta));
        yield delta;
        if (attempt.spent) await attempt.extend();
      }
    } catch (error) {
      throw partialOf(error) || typeof error !== 'object' || error === null || said.length === 0
        ? error
        : withPartial(error, { text: said.join(''), usage: attempt.usageSoFar() });
    } finally {
      // Not waited for: a provider that hangs must not hold up who has left.
      Promise.resolve(source.return?.()).catch(() => {});
    }
  }

  private asked(request: CompleteRequest, attempt: Attempt): { provider: ModelProvider; asked: ProviderCall } {
    const { model, credential, outputTokens } = attempt;
    return {
      provider: this.providerOf(model),
      asked: { ...request, model, credential, maxOutputTokens: outputTokens },
    };
  }

  private async chatCall(request: CompleteRequest, options: CallOptions, streamed: boolean): Promise<AdmissionCall> {
    checkCompleteRequest(request);
    const { attribution, limits, taskType, taskCap } = request;
    const all = await this.modelsFor(attribution);
    const bound = inputTokenBound(request);
    const candidates = this.candidates(suitableModels(request, all), { request, options, all, bound });
    return {
      ...{ operation: 'chat', attribution, taskType, taskCap, candidates, inputTokenBound: bound, streamed },
      ...{ outputTokensWanted: limits?.maxOutputTokens, defaultOutputTokens: DEFAULT_OUTPUT_TOKENS },
      ...{ timeoutMs: limits?.timeoutMs, signal: options.signal, cacheWrites: asksForCaching(request) },
      ...{ virtualKeyId: options.virtualKeyId, allowedModels: options.allowedModels },
      countInput: ({ model, credential }: AttemptTarget, signal) =>
        this.providerOf(model)
          .countTokens({ ...request, model, credential, maxOutputTokens: model.maxOutputTokens }, signal)
          .then(({ tokens }) => tokens),
    };
  }

  private candidates(
    suitable: SuitableModels,
    about: {
      request: Pick<CompleteRequest, 'attribution' | 'taskType'>;
      options: CallOptions;
      all: readonly ModelInfo[];
      bound: number;
    },
  ): readonly ModelInfo[] {
    const { request, options, all, bound } = about;
    const { attribution, taskType = null } = request;
    const facts = { attribution, taskType, inputTokens: bound, outputTokens: USUAL_OUTPUT_TOKENS };
    const { allowedModels } = options;
    return candidatesOf(suitable, { policy: this.policy, chooser: this.chooser, all, facts, allowedModels });
  }

  private async modelsFor(caller: KeyCaller): Promise<readonly ModelInfo[]> {
    const lists = await Promise.all(
      this.options.providers.map(async (provider) => {
        const [key] = await this.keys.keysFor(provider.name, caller);
        return key === undefined && provider.needsCredential ? [] : provider.models(key?.credential ?? null);
      }),
    );
    return lists.flat();
  }

  private providerOf(model: ModelInfo): ModelProvider {
    const provider = this.byName.get(model.provider);
    if (!provider) throw new Error(`a provider gave out the model ${fullName(model)} under another's name`);
    return provider;
  }
}

/** Throws KAZE_MODEL_INPUT_TOO_LONG before anything is sent. */
async function withinInput(
  provider: ModelProvider,
  asked: ProviderCall,
  call: AdmissionCall,
  attempt: Attempt,
): Promise<void> {
  const max = Math.min(asked.limits?.maxInputTokens ?? Number.POSITIVE_INFINITY, asked.model.contextTokens);
  // A vendor's count is a request of its own: only asked for where the bound by bytes does not settle it.
  if (call.inputTokenBound <= max) return;
  const { tokens } = await attempt.race(provider.countTokens(asked, attempt.signal));
  if (tokens <= max) return;
  throw modelError('KAZE_MODEL_INPUT_TOO_LONG', `the input counts ${tokens} tokens, at most ${max} are allowed`, {
    fields: { tokens, max, model: fullName(asked.model) },
  });
}

function textOfDelta(delta: Exclude<Delta, { type: 'finish' }>): string {
  if (delta.type === 'tool-call') return delta.call.name + JSON.stringify(delta.call.arguments);
  return delta.type === 'citation' ? '' : delta.text;
}

/** Anthropic charges more for what it is asked to keep; nothing is kept unasked at a price. */
function asksForCaching({ messages }: CompleteRequest): boolean {
  return messages.some(
    ({ content }) => typeof content !== 'string' && content.some((part) => 'cacheControl' in part && part.cacheControl),
  );
}

function completionOf(answer: ProviderCompletion, attempt: Attempt, ticket: Ticket, times: AttemptTimes): Completion {
  const { confidence, ...rest } = answer;
  const { model } = attempt;
  const metadata: CallMetadata = {
    ...{ id: ticket.id, provider: model.provider, model: model.name, offline: model.offline },
    ...times,
    confidence,
    attempts: ticket.tried,
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
