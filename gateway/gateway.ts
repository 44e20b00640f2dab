import type { KazeError } from '#platform';
import { checkCompleteRequest, checkEmbedRequest } from './domain/check-request.ts';
import { type SuitableModels, suitableEmbeddingModels, suitableModels } from './domain/choose-model.ts';
import { forbidden } from './domain/flow/model-rules.ts';
import { type GatewayPolicy, PLAIN_POLICY } from './domain/flow/policy.ts';
import { type ModelInfo } from './domain/model.ts';
import { partialOf, withPartial } from './domain/partial-answer.ts';
import { costMicros } from './domain/price/cost.ts';
import type { CompleteRequest, EmbedRequest } from './domain/request.ts';
import { type Completion, type Delta, type Embeddings, NO_USAGE, type TokenCount } from './domain/response.ts';
import { bytesOf, imagesBeyond, inputTokenBound } from './domain/token-bound.ts';
import type { CallOptions, Gateway, GatewayOptions, GatewayStatus } from './door.ts';
import type { Chooser } from './ports/chooser.ts';
import { type ModelProvider, type ProviderCall, type ProviderCompletion, providerCall } from './ports/provider.ts';
import { requestAttributes } from './telemetry.ts';
import { Admission, nextAfter } from './use-cases/admission/admission.ts';
import type { Attempt, AttemptTimes } from './use-cases/admission/attempt.ts';
import { begunStream, wholeStream } from './use-cases/admission/begun-stream.ts';
import type { AdmissionCall, AttemptTarget } from './use-cases/admission/call.ts';
import { candidatesOf } from './use-cases/admission/candidates.ts';
import { createChooser } from './use-cases/admission/choosers.ts';
import { HedgeFailure, hedged } from './use-cases/admission/hedge.ts';
import { hedges } from './use-cases/admission/hedges.ts';
import { ModelStates } from './use-cases/admission/model-states.ts';
import type { Ticket } from './use-cases/admission/ticket.ts';
import { asksForCaching, completionOf, deltasOf, SpokenText, withinInput } from './use-cases/answer.ts';
import { cacheKey, keepable, ResponseCache } from './use-cases/cache/response-cache.ts';
import { Guard } from './use-cases/guard/guard.ts';
import type { Redaction } from './use-cases/guard/redaction.ts';
import { type KeyCaller, type KeyRing, singleKeys } from './use-cases/keys/key-ring.ts';
import { KeyStates } from './use-cases/keys/key-states.ts';
import { Limits } from './use-cases/limits/limits.ts';
import { OfferedModels } from './use-cases/offered-models.ts';
import { relayed, type WireAnswer } from './use-cases/relay.ts';
import { TimeLimit } from './use-cases/time-limit.ts';

export type { CallOptions, Gateway, GatewayOptions, GatewayStatus } from './door.ts';

/** A request on its way: as its caller wrote it, and as it may leave. */
interface Chat {
  readonly request: CompleteRequest;
  /** Without private words; the request itself where none are taken out. */
  readonly outgoing: CompleteRequest;
  readonly redaction: Redaction | undefined;
  readonly call: AdmissionCall;
  /** Undefined where its answer must not be kept. */
  readonly cacheKey: string | undefined;
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
  private readonly guard: Guard;
  private readonly cache: ResponseCache | undefined;
  private readonly admission: Admission;
  private readonly offered: OfferedModels;

  constructor(private readonly options: GatewayOptions) {
    const { ledger, clock, logger, metrics, budgets, journal, prices, credentials, limitStore, providers } = options;
    this.policy = options.policy ?? PLAIN_POLICY;
    this.keys = options.keys ?? singleKeys(credentials ?? (async () => null));
    this.limits = new Limits({ store: limitStore, policy: this.policy, clock, logger });
    this.guard = new Guard(this.policy.guard);
    this.cache = this.policy.cache ? new ResponseCache(this.policy.cache) : undefined;
    const modelStates = new ModelStates(this.policy.breaker);
    this.modelStates = modelStates;
    const random = Math.random;
    const now = () => clock.now();
    const latencyOf = (model: ModelInfo) => modelStates.of(model).latency;
    this.chooser = options.chooser ?? createChooser({ choice: this.policy.choice, prices, latencyOf, now, random });
    this.offered = new OfferedModels(providers, this.keys, this.policy.fallback);
    this.admission = new Admission({
      ...{ policy: this.policy, ledger, clock, logger, metrics, journal, budgets, limits: this.limits, random },
      ...{ keys: this.keys, keyStates: new KeyStates(), modelStates, chooser: this.chooser },
      needsCredential: (name) => this.offered.needsCredential(name),
      costOf: (model, usage, atMs) => {
        const price = prices?.of(model, atMs);
        return price ? costMicros(price, usage) : 0;
      },
    });
  }

  async complete(request: CompleteRequest, options: CallOptions = {}): Promise<Completion> {
    const chat = await this.prepare(request, options, false);
    const kept = await this.kept(chat);
    if (kept) return kept;
    return this.admission.run(chat.call, (attempt, ticket) => this.completion(chat, attempt, ticket));
  }

  async relay(request: CompleteRequest, answer: WireAnswer, options: CallOptions = {}): Promise<boolean> {
    const forwards = this.options.providers.some((provider) => provider.forwarder);
    if (!forwards || this.guard.redacts) return false;
    const { dialect, stream } = answer;
    const chat = await this.prepare(request, options, stream);
    // Two streams at once cannot both be passed on as they come: the beginning of each is read first.
    if (chat.cacheKey !== undefined || (stream && hedges(this.policy, chat.call))) return false;
    await this.admission.run(chat.call, async (attempt, ticket) => {
      const { provider, asked } = this.asked(chat, attempt);
      const forwarder = provider.forwarder?.(dialect, asked, stream);
      if (forwarder) {
        await withinInput(provider, asked, chat.call, attempt);
        return relayed(forwarder, answer, attempt);
      }
      const own = stream ? this.deltas(chat, attempt, ticket) : await this.completion(chat, attempt, ticket);
      return answer.translated(own);
    });
    return true;
  }

  async *stream(request: CompleteRequest, options: CallOptions = {}): AsyncGenerator<Delta> {
    const chat = await this.prepare(request, options, true);
    const kept = await this.kept(chat);
    if (kept) {
      yield* deltasOf(kept);
      return;
    }
    const ticket = this.admission.admit(chat.call);
    let last: KazeError | undefined;
    try {
      for (;;) {
        let attempt = await nextAfter(ticket, last);
        const afterMs = ticket.hedgeAfterMs(attempt);
        try {
          if (afterMs === undefined) yield* this.deltas(chat, attempt, ticket);
          else {
            const { clock } = this.options;
            const work = (one: Attempt) => begunStream(one, this.deltas(chat, one, ticket));
            const begun = await hedged(attempt, ticket, { afterMs, clock, work });
            attempt = begun.attempt;
            yield* wholeStream(begun);
          }
          return;
        } catch (error) {
          const both = error instanceof HedgeFailure;
          if (both) attempt = error.attempt;
          last = both ? error.error : await attempt.fail(error);
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
    const all = await this.offered.to(attribution);
    const outgoing = await this.guard.texts(request);
    const bound = Math.max(byteSum(texts), byteSum(outgoing));
    this.guard.checkBytes(bound);
    const candidates = this.candidates(suitableEmbeddingModels(request, all), { request, options, all, bound });
    const call: AdmissionCall = {
      ...{ operation: 'embeddings', attribution, candidates, inputTokenBound: bound, streamed: false },
      // A vector is no output that anybody charges for.
      ...{ outputTokensWanted: 0, defaultOutputTokens: 0, cacheWrites: false },
      ...{ virtualKeyId: options.virtualKeyId, allowedModels: options.allowedModels, signal: options.signal },
      onAdmitted: options.onAdmitted,
    };
    return this.admission.run(call, async (attempt) => {
      const { model, credential, signal } = attempt;
      const provider = this.offered.providerOf(model);
      const seen = model.offline ? texts : outgoing;
      const answer = await attempt.race(attempt.send(() => provider.embed({ texts: seen, model, credential }, signal)));
      await attempt.succeed(answer.usage);
      return answer;
    });
  }

  async countTokens(request: CompleteRequest, options: CallOptions = {}): Promise<TokenCount> {
    const { call, outgoing } = await this.prepare(request, options, false);
    const model = call.candidates[0]!;
    const [key] = await this.keys.keysFor(model.provider, request.attribution);
    const provider = this.offered.providerOf(model);
    const seen = model.offline ? request : outgoing;
    const asked = providerCall(seen, { model, credential: key?.credential ?? null });
    const limit = new TimeLimit(call.timeoutMs ?? this.policy.timeouts.totalMs, options.signal);
    try {
      return await limit.race(provider.countTokens(asked, limit.signal));
    } finally {
      limit.clear();
    }
  }

  async models(caller?: KeyCaller & Pick<CallOptions, 'allowedModels'>): Promise<readonly ModelInfo[]> {
    const models = await this.offered.to(caller ?? NOBODY);
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
    this.keys.close?.();
    await this.limits.close();
    await Promise.all(this.options.providers.map((provider) => provider.close()));
  }

  private async completion(chat: Chat, attempt: Attempt, ticket: Ticket): Promise<Completion> {
    const { provider, asked, redaction } = this.asked(chat, attempt);
    await withinInput(provider, asked, chat.call, attempt);
    const given = await attempt.race(attempt.send(() => provider.complete(asked, attempt.signal)));
    const answer = redaction ? redaction.completion(given) : given;
    const times = await attempt.succeed(answer.usage, answer.stopReason);
    return this.finished(chat, answer, { attempt, ticket, times });
  }

  private async *deltas(chat: Chat, attempt: Attempt, ticket: Ticket): AsyncGenerator<Delta> {
    const { provider, asked, redaction } = this.asked(chat, attempt);
    await withinInput(provider, asked, chat.call, attempt);
    const given = attempt.send(() => provider.stream(asked, attempt.signal));
    const source = (redaction ? redaction.stream(given) : given)[Symbol.asyncIterator]();
    const said: string[] = [];
    const spoken = new SpokenText();
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
          yield { type: 'finish', completion: this.finished(chat, completion, { attempt, ticket, times }) };
          return;
        }
        if (delta.type === 'text') said.push(delta.text);
        if (delta.type === 'unshown') attempt.piece(delta.text);
        else {
          attempt.piece(spoken.of(delta));
          yield delta;
        }
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

  private asked(
    { request, outgoing, redaction }: Chat,
    attempt: Attempt,
  ): { provider: ModelProvider; asked: ProviderCall; redaction: Redaction | undefined } {
    const { model } = attempt;
    const provider = this.offered.providerOf(model);
    // What does not leave the process may be seen whole.
    const seen = model.offline ? request : outgoing;
    return {
      provider,
      asked: providerCall(seen, attempt, attempt.outputTokens),
      redaction: model.offline ? undefined : redaction,
    };
  }

  private finished(
    chat: Chat,
    answer: ProviderCompletion,
    { attempt, ticket, times }: { attempt: Attempt; ticket: Ticket; times: AttemptTimes },
  ): Completion {
    const { model } = attempt;
    if (this.cache && chat.cacheKey !== undefined && keepable(answer)) {
      this.cache.put(chat.cacheKey, { model, completion: answer }, this.options.clock.now());
    }
    return completionOf(answer, { model, id: ticket.id, ...times, attempts: ticket.tried });
  }

  /** The answer of an earlier call, with a usage row of its own that costs nothing. */
  private async kept({ cacheKey: key, call }: Chat): Promise<Completion | undefined> {
    const found = key === undefined ? undefined : this.cache?.get(key, this.options.clock.now());
    if (!found) return undefined;
    const { model, completion } = found;
    const served = await this.admission.served(call, model, completion.stopReason);
    return completionOf({ ...completion, usage: NO_USAGE }, { model, ...served, cached: true });
  }

  private async prepare(request: CompleteRequest, options: CallOptions, streamed: boolean): Promise<Chat> {
    checkCompleteRequest(request);
    this.guard.checkSize(request);
    const models = this.offered.for(request);
    const all = models instanceof Promise ? await models : models;
    const redaction = this.guard.redacts ? await this.guard.redaction(request) : undefined;
    return this.chatOf(request, options, { all, redaction, streamed });
  }

  private chatOf(
    request: CompleteRequest,
    options: CallOptions,
    about: { all: readonly ModelInfo[]; redaction: Redaction | undefined; streamed: boolean },
  ): Chat {
    const { all, redaction, streamed } = about;
    const { attribution, limits, taskType, taskCap } = request;
    const outgoing = redaction ? redaction.request() : request;
    const own = inputTokenBound(request);
    const spoken = redaction ? Math.max(own, inputTokenBound(outgoing)) : own;
    const candidates = this.candidates(suitableModels(request, all), { request, options, all, bound: spoken });
    const call: AdmissionCall = {
      operation: 'chat',
      attribution,
      taskType,
      taskCap,
      candidates,
      inputTokenBound: spoken + imagesBeyond(request, candidates),
      streamed,
      outputTokensWanted: limits?.maxOutputTokens,
      defaultOutputTokens: DEFAULT_OUTPUT_TOKENS,
      hedgeable: request.tools?.every(({ sideEffects }) => sideEffects === false) ?? true,
      timeoutMs: limits?.timeoutMs,
      signal: options.signal,
      cacheWrites: asksForCaching(request),
      virtualKeyId: options.virtualKeyId,
      allowedModels: options.allowedModels,
      onAdmitted: options.onAdmitted,
      traced: () => requestAttributes(request),
      countInput: (target: AttemptTarget, signal) =>
        this.offered
          .providerOf(target.model)
          .countTokens(providerCall(outgoing, target), signal)
          .then(({ tokens }) => tokens),
    };
    return { request, outgoing, redaction, call, cacheKey: this.cache && cacheKey(request, candidates) };
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
}

function byteSum(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + bytesOf(text), 0);
}
