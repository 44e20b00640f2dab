import { context, isSpanContextValid, type Span, trace } from '@opentelemetry/api';
import { isKazeError, type KazeError, type UsageRow } from '#platform';
import { type Awaitable, andThen } from '../../domain/awaitable.ts';
import { createStreamCount, type StreamCount } from '../../domain/budget/stream-count.ts';
import type { Credential } from '../../domain/credential.ts';
import type { Ending } from '../../domain/ending.ts';
import { flowError } from '../../domain/flow/errors.ts';
import { fullName, type ModelInfo, showsAllOutput } from '../../domain/model.ts';
import { partialOf } from '../../domain/partial-answer.ts';
import { NO_USAGE, type StopReason, type Usage } from '../../domain/response.ts';
import { modelError } from '../../errors.ts';
import { endSpan, startSpan } from '../../telemetry.ts';
import { streamCut } from '../budget/failures.ts';
import type { Reservation } from '../budget/reservation.ts';
import type { TimeLimit } from '../time-limit.ts';
import type { AdmissionCall } from './call.ts';
import type { AdmissionDeps } from './deps.ts';

export interface AttemptFacts {
  readonly id: string;
  /** From 1. */
  readonly number: number;
  readonly callId: string;
  readonly call: AdmissionCall;
  readonly model: ModelInfo;
  readonly credential: Credential | null;
  readonly outputTokens: number;
  readonly atMs: number;
  readonly reservation: Reservation | undefined;
  /** The whole call's. */
  readonly limit: TimeLimit;
  /** The attempt's own (`first token`, `idle`) inside of it; the same one where the attempt has none. */
  readonly own: TimeLimit;
  /** True when nothing is sent: the answer was kept. */
  readonly cacheHit?: boolean;
  /** Whether its answer is the one that counts; left out where no other attempt is under way beside it. */
  readonly claim?: () => boolean;
  /** Gives back everything that was taken for it. */
  release(
    ended: AttemptTimes & {
      readonly ok: boolean;
      readonly error: KazeError | undefined;
      readonly tokens: number;
      readonly sent: boolean;
    },
  ): void;
}

export interface AttemptTimes {
  readonly latencyMs: number;
  readonly firstTokenMs: number | null;
}

interface Ended {
  readonly outcome: 'ok' | 'error' | 'cancelled' | 'refused';
  readonly usage: Usage;
  readonly errorCode: string | null;
  readonly error?: KazeError;
  readonly stopReason?: StopReason;
}

/** Ended from here, not by a fault. */
const GIVEN_UP: ReadonlySet<string> = new Set(['KAZE_MODEL_CANCELLED', 'KAZE_GATEWAY_HEDGE_LOST']);
const TOO_LATE: ReadonlySet<string> = new Set([
  'KAZE_MODEL_TIMEOUT',
  'KAZE_MODEL_FIRST_TOKEN_TIMEOUT',
  'KAZE_MODEL_IDLE_TIMEOUT',
]);

/** 500 a second: faster than the vendors' models write or think. */
const TOKENS_PER_MS = 0.5;

/** One call to one model with one key, from its reservation to its one usage row, however it ends. */
export class Attempt {
  readonly id: string;
  readonly number: number;
  readonly model: ModelInfo;
  readonly credential: Credential | null;
  /** The limit that the provider must be given. */
  readonly outputTokens: number;
  private readonly span: Span;
  private readonly count: StreamCount;
  private firstTokenAtMs: number | undefined;
  private lastUsage: Usage | undefined;
  private sent = false;
  private closed = false;

  constructor(
    private readonly deps: AdmissionDeps,
    private readonly facts: AttemptFacts,
  ) {
    const { id, number, model, credential, outputTokens, call } = facts;
    this.id = id;
    this.number = number;
    this.model = model;
    this.credential = credential;
    this.outputTokens = outputTokens;
    this.count = createStreamCount();
    this.span = startSpan(call, model, { credential, outputTokens });
  }

  /** If nothing more is heard of it, it counts as if all that was reserved had been used. Errors: the journal's. */
  begin(): Promise<void> | undefined {
    const { call, reservation } = this.facts;
    const inputTokens = call.inputTokenBound;
    const { outputTokens } = this;
    const used = { inputTokens, outputTokens, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
    const row = this.row(used, { outcome: 'lost', errorCode: null, costMicros: reservation?.amount.micros ?? 0 });
    return this.deps.journal?.begin(row).catch((error: unknown) => {
      const errorCode = isKazeError(error) ? error.code : null;
      endSpan(this.span, { model: this.model, usage: NO_USAGE, errorCode, firstTokenMs: null });
      throw error;
    });
  }

  /** When its work has to end. */
  get ending(): Ending {
    return this.facts.own.ending;
  }

  /** The same as a signal of the platform. */
  get signal(): AbortSignal {
    return this.facts.own.signal;
  }

  /** True once something of the answer may have reached the caller: nothing is tried again after it. */
  get answered(): boolean {
    return this.firstTokenAtMs !== undefined;
  }

  /** Sends the call: what it begins has the attempt's span as its parent. */
  send<T>(work: () => T): T {
    this.sent = true;
    // Without a tracer there is no parent to be.
    if (!isSpanContextValid(this.span.spanContext())) return work();
    return context.with(trace.setSpan(context.active(), this.span), work);
  }

  /** Settles as `work` does, or rejects as soon as a time is over or the caller has gone. */
  race<T>(work: Promise<T>): Promise<T> {
    return this.facts.own.race(work);
  }

  /** A piece of a stream has come, with its text where there is any: starts the time until the next one. */
  piece(text = ''): void {
    if (this.firstTokenAtMs === undefined) this.firstTokenAtMs = this.deps.clock.now();
    if (this.facts.own !== this.facts.limit) this.facts.own.renew(this.deps.policy.timeouts.idleMs);
    if (text !== '') this.count.add(text);
  }

  /** What the provider says it has taken so far. */
  used(usage: Usage): void {
    this.lastUsage = usage;
    this.count.report(usage.outputTokens);
  }

  /** As far as the provider has said, else bounded from above. */
  usageSoFar(): Usage {
    const { outputTokens } = this.count;
    if (this.lastUsage) return { ...this.lastUsage, outputTokens };
    return { ...NO_USAGE, inputTokens: this.facts.call.inputTokenBound, outputTokens, estimated: true };
  }

  /** True once a stream has used what is reserved for it: `extend`, or end it. */
  get spent(): boolean {
    return this.facts.reservation?.cutAt(this.count) ?? false;
  }

  /** Reserves for more of a stream. Errors: KAZE_BUDGET_STREAM_CUT. */
  async extend(): Promise<void> {
    if (await this.facts.reservation?.extend()) return;
    throw streamCut({ call: this.facts.callId, outputTokens: this.count.outputTokens });
  }

  /**
   * A stream has begun, and counts as the answer from here on. Errors: KAZE_GATEWAY_HEDGE_LOST when another attempt of the
   * call was faster.
   */
  begun(): void {
    if (this.isBeaten()) throw hedgeLost(this.model);
  }

  private isBeaten(): boolean {
    return this.facts.claim?.() === false;
  }

  /** Errors: KAZE_MODEL_LEDGER_UNAVAILABLE: an answer without a row is not given out. */
  async succeed(usage: Usage, stopReason?: StopReason): Promise<AttemptTimes> {
    const times = this.times();
    if (this.isBeaten()) {
      const error = hedgeLost(this.model);
      await this.closeAnyway({ outcome: 'cancelled', usage, errorCode: error.code, error });
      throw error;
    }
    try {
      await this.close({ outcome: 'ok', usage, errorCode: null, stopReason });
    } catch (cause) {
      throw modelError('KAZE_MODEL_LEDGER_UNAVAILABLE', `the usage of call ${this.id} could not be recorded`, {
        fields: { call: this.id },
        cause,
      });
    }
    return times;
  }

  /** Gives back the error to throw: ours, with its cause. A row that cannot be kept is logged, the first error stays. */
  async fail(error: unknown): Promise<KazeError> {
    const coded = this.coded(error);
    const outcome = GIVEN_UP.has(coded.code) ? 'cancelled' : this.sent ? 'error' : 'refused';
    const seen = partialOf(error)?.usage ?? (this.lastUsage ? this.usageSoFar() : this.assumed(coded));
    const usage = this.withUnseen(seen, coded);
    await this.closeAnyway({ outcome, usage, errorCode: coded.code, error: coded });
    return coded;
  }

  private async closeAnyway(ended: Ended): Promise<void> {
    try {
      await this.close(ended);
    } catch (error) {
      this.deps.logger.error({ call: this.id, error: String(error) }, 'gateway: a usage row could not be recorded');
    }
  }

  /** Another attempt of the same call answered first: ends this one's work. Nothing once it has ended. */
  async lose(): Promise<void> {
    if (this.closed) return;
    const error = hedgeLost(this.model);
    this.facts.own.end(error);
    await this.fail(error);
  }

  /** The reader left a stream. Nothing once the attempt has ended. */
  async abandon(): Promise<void> {
    if (this.closed) return;
    await this.fail(modelError('KAZE_MODEL_CANCELLED', `the stream of ${this.model.name} was left`));
  }

  /**
   * A provider bills for what it began, also when nobody waits for the rest: an answer given up is charged its input by
   * the bound, and the output that came.
   */
  private assumed({ code }: KazeError): Usage {
    const givenUp = GIVEN_UP.has(code) || TOO_LATE.has(code) || this.answered;
    if (!this.sent || !givenUp || this.model.offline) return NO_USAGE;
    return this.usageSoFar();
  }

  /**
   * What was written, or thought, before anybody saw it is paid for too, else whoever leaves in time would pay for
   * nothing: bounded by the time that there was for it, and by the limit that it was given.
   */
  private withUnseen(usage: Usage, { code }: KazeError): Usage {
    const brokenOff = GIVEN_UP.has(code) || TOO_LATE.has(code) || code === 'KAZE_MODEL_STREAM_BROKEN';
    const { streamed } = this.facts.call;
    if (usage === NO_USAGE || !brokenOff || (streamed && showsAllOutput(this.model))) return usage;
    const most = Math.min(this.outputTokens, Math.ceil(this.times().latencyMs * TOKENS_PER_MS));
    return most > usage.outputTokens ? { ...usage, outputTokens: most, estimated: true } : usage;
  }

  private coded(error: unknown): KazeError {
    const { model, facts } = this;
    const fields = { provider: model.provider, model: model.name, call: facts.callId };
    const whole = facts.limit.ended();
    if (whole.cancelled) {
      return modelError('KAZE_MODEL_CANCELLED', `the call to ${model.name} was cancelled`, { fields, cause: error });
    }
    if (whole.timedOut) {
      return modelError('KAZE_MODEL_TIMEOUT', `${model.name} did not answer within the time of the call`, { fields });
    }
    if (facts.own.ended().timedOut) {
      return this.answered
        ? modelError('KAZE_MODEL_IDLE_TIMEOUT', `${model.name} sent nothing more within its time`, { fields })
        : modelError('KAZE_MODEL_FIRST_TOKEN_TIMEOUT', `${model.name} began no answer within its time`, { fields });
    }
    if (isKazeError(error)) return error;
    return modelError('KAZE_MODEL_PROVIDER_FAILED', `the provider ${model.provider} failed`, { fields, cause: error });
  }

  private close(ended: Ended): Awaitable<void> {
    if (this.closed) return;
    this.closed = true;
    const { outcome, usage, error } = ended;
    const { reservation, own, limit, release } = this.facts;
    const times = this.times();
    if (own !== limit) own.clear();
    const { latencyMs, firstTokenMs } = times;
    const tokens = usage.inputTokens + usage.outputTokens;
    release({ ok: outcome === 'ok', error, latencyMs, firstTokenMs, tokens, sent: this.sent });
    if (tokens === 0) return andThen(reservation?.release(), () => this.record(ended, times, 0));
    return andThen(reservation?.settle(usage), (settled) => {
      const costMicros = settled?.costMicros ?? this.deps.costOf(this.model, usage, this.facts.atMs);
      return this.record(ended, times, costMicros);
    });
  }

  private record(ended: Ended, { latencyMs, firstTokenMs }: AttemptTimes, costMicros: number): Promise<void> {
    const { outcome, usage, errorCode, stopReason } = ended;
    const { operation, attribution, taskType = null } = this.facts.call;
    const { inputTokens, outputTokens } = usage;
    const { provider, name: model } = this.model;
    const { metrics, chooser, journal, ledger } = this.deps;
    endSpan(this.span, { model: this.model, usage, stopReason, errorCode, firstTokenMs });
    metrics?.call({
      operation,
      provider,
      model,
      onAzure: this.credential?.azure !== undefined,
      outcome,
      errorCode,
      latencyMs,
      firstTokenMs,
      inputTokens,
      outputTokens,
      costMicros,
    });
    if (this.sent && chooser?.observe) {
      const ok = outcome === 'ok';
      chooser.observe({ model: this.model, attribution, taskType, ok, latencyMs, costMicros });
    }
    const row = this.row(usage, { outcome, errorCode, costMicros });
    return journal ? journal.end(row) : ledger.recordUsage([row]);
  }

  private row(usage: Usage, ended: Pick<UsageRow, 'outcome' | 'errorCode' | 'costMicros'>): UsageRow {
    const { number, callId, call, model, credential, reservation, cacheHit } = this.facts;
    const { attribution } = call;
    const { latencyMs, firstTokenMs } = this.times();
    // Written out: made twice a call, and spreading costs more than all else that an attempt does.
    return {
      id: this.id,
      at: this.facts.atMs,
      tenant: attribution.tenant,
      agent: attribution.agent,
      task: attribution.task,
      skillVersion: attribution.skillVersion,
      channel: attribution.channel,
      provider: model.provider,
      model: model.name,
      keyId: credential?.keyId ?? null,
      virtualKeyId: call.virtualKeyId ?? undefined,
      taskType: call.taskType ?? undefined,
      // The first attempt's id is the call's.
      callId: number > 1 ? callId : undefined,
      attempt: number > 1 ? number : undefined,
      cacheHit: cacheHit ? true : undefined,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      cachedTokens: usage.cachedTokens,
      cacheWriteTokens: usage.cacheWriteTokens,
      reasoningTokens: usage.reasoningTokens,
      costMicros: ended.costMicros,
      reservedMicros: reservation?.amount.micros,
      latencyMs,
      firstTokenMs,
      outcome: ended.outcome,
      errorCode: ended.errorCode,
    };
  }

  private times(): AttemptTimes {
    const { atMs } = this.facts;
    const latencyMs = Math.max(0, this.deps.clock.now() - atMs);
    const firstTokenMs = this.firstTokenAtMs === undefined ? null : Math.max(0, this.firstTokenAtMs - atMs);
    return { latencyMs, firstTokenMs };
  }
}

function hedgeLost(model: ModelInfo): KazeError {
  const message = `the attempt with ${fullName(model)} was given up: another one of the same call answered first`;
  return flowError('KAZE_GATEWAY_HEDGE_LOST', message, { fields: { model: fullName(model) } });
}
