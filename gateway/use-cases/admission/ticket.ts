import { isKazeError, type KazeError, newId } from '#platform';
import type { Awaitable } from '../../domain/awaitable.ts';
import { flowError } from '../../domain/flow/errors.ts';
import { fullName, type ModelInfo, showsAllOutput } from '../../domain/model.ts';
import { type AttemptMetadata, NO_USAGE, type StopReason } from '../../domain/response.ts';
import { modelError } from '../../errors.ts';
import type { Reservation } from '../budget/reservation.ts';
import type { RoutedKey } from '../keys/key-ring.ts';
import type { LimitedCall, TakenRoom } from '../limits/limits.ts';
import { TimeLimit } from '../time-limit.ts';
import { Attempt, type AttemptTimes } from './attempt.ts';
import type { AdmissionCall } from './call.ts';
import type { AdmissionDeps } from './deps.ts';
import { hedges } from './hedges.ts';
import { KEY_REST_MS, pauseMs, remedyFor, retryAfterOf } from './retry.ts';

/** Bytes of prose and code a token: limits count by this until the provider tells; budgets never do. */
const BYTES_PER_TOKEN = 3;
const LEASE_MARGIN_MS = 30_000;
/** Failures before a call was sent, after which another model may still take it. */
const PASSED_ON = new Set([
  'KAZE_GATEWAY_CIRCUIT_OPEN',
  'KAZE_GATEWAY_LIMITED',
  'KAZE_GATEWAY_QUEUE_FULL',
  'KAZE_MODEL_RATE_LIMITED',
  'KAZE_MODEL_CREDENTIAL_MISSING',
  'KAZE_BUDGET_PRICE_UNKNOWN',
]);

interface KeyWithRoom {
  readonly key: RoutedKey | undefined;
  readonly room: TakenRoom;
}

/** One call on its way through its attempts. Ends with `close`, whatever came of it. */
export class Ticket {
  /** Of the call, and of its first attempt. */
  readonly id = newId();
  readonly tried: AttemptMetadata[] = [];
  private readonly limit: TimeLimit;
  private readonly untilMs: number;
  private readonly timeoutMs: number;
  private candidate = 0;
  private triesOfModel = 0;
  private attempts = 0;
  /** The attempt whose answer counts, of those under way side by side. */
  private winner: string | undefined;

  constructor(
    private readonly deps: AdmissionDeps,
    private readonly call: AdmissionCall,
  ) {
    this.timeoutMs = call.timeoutMs ?? deps.policy.timeouts.totalMs;
    this.untilMs = deps.clock.now() + this.timeoutMs;
    this.limit = new TimeLimit(this.timeoutMs, call.signal);
  }

  /**
   * The next attempt, with everything taken that it needs. The first failure of those before the call was sent is
   * thrown when no candidate is left; it leaves a usage row if the call had no attempt at all.
   */
  async next(): Promise<Attempt> {
    let refusal: KazeError | undefined;
    this.winner = undefined;
    const { candidates } = this.call;
    let last = candidates[Math.min(this.candidate, candidates.length - 1)]!;
    for (; this.candidate < candidates.length; this.candidate += 1, this.triesOfModel = 0) {
      last = candidates[this.candidate]!;
      try {
        const attempt = await this.open(last);
        this.attempts += 1;
        this.triesOfModel += 1;
        return attempt;
      } catch (error) {
        const coded = this.coded(error, last);
        refusal ??= coded;
        if (this.limit.ending.aborted || !PASSED_ON.has(coded.code)) break;
        const { provider, name } = last;
        this.tried.push({ id: null, provider, model: name, keyId: null, latencyMs: 0, errorCode: coded.code });
      }
    }
    const error = refusal ?? modelError('KAZE_MODEL_PROVIDER_FAILED', 'no model is left to try');
    if (this.attempts === 0) await this.refused(error, last);
    throw error;
  }

  /** After how long a second attempt goes out beside this one; undefined for never. */
  hedgeAfterMs({ model }: Attempt): number | undefined {
    const { hedging } = this.deps.policy;
    if (!hedging || !this.hedges || model.offline) return undefined;
    const { recent, firstTokens } = this.deps.modelStates.of(model);
    return hedging.after === 'p95' ? (this.call.streamed ? firstTokens : recent).p95() : hedging.after;
  }

  /** A second attempt beside `first`, with the next candidate where there is one; undefined where none can be made. */
  async hedge(first: Attempt): Promise<Attempt | undefined> {
    if (this.attempts >= this.deps.policy.retries.maxAttempts) return undefined;
    const next = this.call.candidates[this.candidate + 1];
    try {
      const attempt = await this.open(next ?? first.model);
      this.attempts += 1;
      this.triesOfModel = next ? 1 : this.triesOfModel + 1;
      if (next) this.candidate += 1;
      return attempt;
    } catch {
      return undefined;
    }
  }

  private get hedges(): boolean {
    return hedges(this.deps.policy, this.call);
  }

  /** Whether it is worth another attempt after this failure; waits as long as that one has to. */
  async again(attempt: Attempt, error: KazeError): Promise<boolean> {
    const { retries } = this.deps.policy;
    const remedy = remedyFor(error);
    if (remedy === 'stop' || attempt.answered || this.limit.ending.aborted) return false;
    if (this.attempts >= retries.maxAttempts) return false;
    const more = this.candidate + 1 < this.call.candidates.length;
    const nextModel = () => {
      this.candidate += 1;
      this.triesOfModel = 0;
      return true;
    };
    if (remedy === 'model') return more && nextModel();
    const restMs = remedy === 'key' ? await this.keyRestMs(attempt.model) : undefined;
    // Another key, now.
    if (restMs === 0) return true;
    const open = (this.deps.modelStates.of(attempt.model).breaker?.waitMs(this.deps.clock.now()) ?? 0) > 0;
    if (more && (open || remedy === 'key' || this.triesOfModel >= retries.perModel)) return nextModel();
    if (open || this.triesOfModel >= retries.perModel) return false;
    if (remedy === 'key' && error.code !== 'KAZE_MODEL_RATE_LIMITED') return false;
    const retryAfterMs = Math.max(retryAfterOf(error) ?? 0, restMs ?? 0);
    const pause = pauseMs(retries, { number: this.triesOfModel, retryAfterMs }, this.deps.random);
    if (pause === undefined || this.deps.clock.now() + pause >= this.untilMs) return false;
    // A timer may fire a millisecond early.
    await this.deps.clock.sleep(Math.ceil(pause) + 1, this.limit.signal).catch(() => {});
    return !this.limit.ending.aborted;
  }

  close(): void {
    this.limit.clear();
  }

  private async open(model: ModelInfo): Promise<Attempt> {
    const { deps, call, limit } = this;
    limit.ending.throwIfAborted();
    const { breaker, latency } = deps.modelStates.of(model);
    const waitMs = breaker?.waitMs(deps.clock.now()) ?? 0;
    if (waitMs > 0) throw circuitOpen(model, waitMs);
    const { provider } = model;
    const keys = deps.keys.known?.(provider, call.attribution) ?? (await deps.keys.keysFor(provider, call.attribution));
    const usable = this.usable(model, keys);
    const id = this.attempts === 0 ? this.id : newId();
    const taken = this.takeRoom(id, model, usable);
    const { key, room } = taken instanceof Promise ? await taken : taken;
    // Entered at the latest moment: a probe that never goes out would keep the circuit shut. Others may have been faster.
    const crowded = breaker?.waitMs(deps.clock.now()) ?? 0;
    const told = crowded > 0 ? undefined : breaker?.enter();
    let reservation: Reservation | undefined;
    const own = call.streamed || this.hedges ? new TimeLimit(undefined, limit.ending) : limit;
    try {
      if (crowded > 0) throw circuitOpen(model, crowded);
      const reserved = this.reserve(id, model, key);
      reservation = reserved instanceof Promise ? await reserved : reserved;
      const attempt = this.attempt({ id, model, key, room, reservation, own, told });
      await attempt.begin();
      if (call.streamed) own.renew(deps.policy.timeouts.firstTokenMs);
      latency.begin();
      return attempt;
    } catch (error) {
      if (own !== limit) own.clear();
      told?.('unknown', deps.clock.now());
      room.leave({ tokens: 0, sent: false });
      if (key) deps.keyStates.end(key.credential.keyId);
      await reservation?.release();
      throw error;
    }
  }

  private attempt(taken: {
    id: string;
    model: ModelInfo;
    key: RoutedKey | undefined;
    room: TakenRoom;
    reservation: Reservation | undefined;
    own: TimeLimit;
    told: ((outcome: 'ok' | 'failed' | 'unknown', nowMs: number) => void) | undefined;
  }): Attempt {
    const { deps, call } = this;
    const { id, model, key, room, reservation, own, told } = taken;
    const wanted = Math.min(call.outputTokensWanted ?? call.defaultOutputTokens, model.maxOutputTokens);
    const keyId = key?.credential.keyId ?? null;
    return new Attempt(deps, {
      id,
      number: this.attempts + 1,
      callId: this.id,
      call,
      model,
      reservation,
      own,
      limit: this.limit,
      credential: key?.credential ?? null,
      outputTokens: reservation?.outputTokens ?? wanted,
      atMs: reservation?.atMs ?? deps.clock.now(),
      claim: this.hedges ? () => this.claim(id) : undefined,
      release: ({ ok, error, latencyMs, firstTokenMs, tokens, sent }) => {
        const nowMs = deps.clock.now();
        const failed = error !== undefined && remedyFor(error) === 'again';
        told?.(ok ? 'ok' : failed ? 'failed' : 'unknown', nowMs);
        const { latency, recent, firstTokens } = deps.modelStates.of(model);
        latency.end(ok || failed ? latencyMs : undefined, nowMs);
        if (ok && this.hedges) {
          if (call.streamed) firstTokens.add(firstTokenMs ?? latencyMs);
          else recent.add(latencyMs);
        }
        room.leave({ tokens, sent });
        this.tried.push({
          id,
          provider: model.provider,
          model: model.name,
          keyId,
          latencyMs,
          errorCode: error?.code ?? null,
        });
        if (keyId === null) return;
        deps.keyStates.end(keyId);
        if (ok) deps.keyStates.succeeded(keyId);
        else if (error && deps.policy.retries.restKeys && remedyFor(error) === 'key')
          deps.keyStates.cool(keyId, nowMs, retryAfterOf(error) ?? KEY_REST_MS[error.code]);
      },
    });
  }

  private claim(id: string): boolean {
    this.winner ??= id;
    return this.winner === id;
  }

  private usable(model: ModelInfo, keys: readonly RoutedKey[]): readonly RoutedKey[] {
    if (keys.length === 0) {
      if (!this.deps.needsCredential(model.provider)) return [];
      const message = `there is no key for ${model.provider}, called for ${model.name}`;
      const fields = { provider: model.provider, model: model.name };
      throw modelError('KAZE_MODEL_CREDENTIAL_MISSING', message, { fields });
    }
    const nowMs = this.deps.clock.now();
    const usable = this.deps.keyStates.usable(keys, nowMs);
    if (usable.length > 0) return usable;
    const retryAfterMs = this.deps.keyStates.waitMs(keys, nowMs);
    const message = `every key of ${model.provider} rests, as the provider asked; try again in ${retryAfterMs} ms`;
    const fields = { provider: model.provider, model: model.name, retryAfterMs };
    throw modelError('KAZE_MODEL_RATE_LIMITED', message, { fields });
  }

  /** Until a key of the model may be used again; undefined where it has none. */
  private async keyRestMs(model: ModelInfo): Promise<number | undefined> {
    const keys = await this.deps.keys.keysFor(model.provider, this.call.attribution);
    return keys.length === 0 ? undefined : this.deps.keyStates.waitMs(keys, this.deps.clock.now());
  }

  /** The best key that has room at once, else a wait for the best one. */
  private takeRoom(id: string, model: ModelInfo, keys: readonly RoutedKey[]): Awaitable<KeyWithRoom> {
    const [best] = keys;
    return keys.length > 1 ? this.takeAny(id, model, keys) : this.takeWith(best, this.askFor(id, model, best));
  }

  private async takeAny(id: string, model: ModelInfo, keys: readonly RoutedKey[]): Promise<KeyWithRoom> {
    const { keyStates, limits } = this.deps;
    for (const key of keys) {
      const { keyId } = key.credential;
      // Counted before anything is waited for, so that calls at the same moment take different keys.
      keyStates.begin(keyId);
      const room = await limits.tryTake(this.askFor(id, model, key)).catch((error: unknown) => {
        keyStates.end(keyId);
        throw error;
      });
      if (room) return { key, room };
      keyStates.end(keyId);
    }
    return this.takeWith(keys[0], this.askFor(id, model, keys[0]));
  }

  private takeWith(key: RoutedKey | undefined, asked: LimitedCall): Awaitable<KeyWithRoom> {
    const { keyStates, limits } = this.deps;
    if (key) keyStates.begin(key.credential.keyId);
    const room = limits.take(asked, { untilMs: this.untilMs, signal: this.limit.ending });
    if (!(room instanceof Promise)) return { key, room };
    return room.then(
      (given) => ({ key, room: given }),
      (error: unknown) => {
        if (key) keyStates.end(key.credential.keyId);
        throw error;
      },
    );
  }

  private askFor(id: string, model: ModelInfo, key: RoutedKey | undefined): LimitedCall {
    const { call } = this;
    const output = Math.min(call.outputTokensWanted ?? call.defaultOutputTokens, model.maxOutputTokens);
    return {
      id,
      attribution: call.attribution,
      provider: model.provider,
      keyId: key?.credential.keyId ?? null,
      tokens: Math.ceil(call.inputTokenBound / BYTES_PER_TOKEN) + output,
      leaseMs: this.timeoutMs + LEASE_MARGIN_MS,
    };
  }

  private reserve(id: string, model: ModelInfo, key: RoutedKey | undefined): Awaitable<Reservation> | undefined {
    const { call, limit } = this;
    const { countInput } = call;
    const credential = key?.credential ?? null;
    return this.deps.budgets?.reserve(
      {
        id,
        attribution: call.attribution,
        model,
        inputTokenBound: call.inputTokenBound,
        outputTokensWanted: call.outputTokensWanted,
        taskType: call.taskType,
        taskCap: call.taskCap,
        extendable: call.streamed,
        unseen: !showsAllOutput(model),
        cacheWrites: call.cacheWrites,
        timeoutMs: this.timeoutMs,
        countInput: countInput && ((signal) => countInput({ model, credential }, signal ?? limit.signal)),
      },
      { signal: limit.ending },
    );
  }

  private coded(error: unknown, model: ModelInfo): KazeError {
    const { cancelled, timedOut } = this.limit.ended();
    const fields = { provider: model.provider, model: model.name, call: this.id };
    if (cancelled) {
      return modelError('KAZE_MODEL_CANCELLED', `the call to ${model.name} was cancelled`, { fields, cause: error });
    }
    if (timedOut) {
      return modelError('KAZE_MODEL_TIMEOUT', `the time of the call to ${model.name} was over before it was sent`, {
        fields,
      });
    }
    if (isKazeError(error)) return error;
    return modelError('KAZE_MODEL_PROVIDER_FAILED', `the call to ${model.name} could not be made ready`, {
      fields,
      cause: error,
    });
  }

  /** A call that was never sent leaves a row all the same: who was refused, and why. */
  private async refused(error: KazeError, model: ModelInfo): Promise<void> {
    await this.unsent(model).fail(error);
  }

  /** An answer that was kept: one row, no attempt. */
  async served(model: ModelInfo, stopReason: StopReason): Promise<{ id: string } & AttemptTimes> {
    const times = await this.unsent(model, true).succeed(NO_USAGE, stopReason);
    return { id: this.id, ...times };
  }

  private unsent(model: ModelInfo, cacheHit = false): Attempt {
    const { deps, call, limit, id } = this;
    const unmade = { credential: null, outputTokens: 0, reservation: undefined, release: () => {} };
    const at = { number: 1, callId: id, atMs: deps.clock.now() };
    return new Attempt(deps, { ...unmade, ...at, id, call, model, limit, own: limit, cacheHit });
  }
}

function circuitOpen(model: ModelInfo, waitMs: number): Error {
  const retryAfterMs = Math.ceil(waitMs);
  const message = `${fullName(model)} failed too often and is left alone for another ${retryAfterMs} ms`;
  return flowError('KAZE_GATEWAY_CIRCUIT_OPEN', message, { fields: { model: fullName(model), retryAfterMs } });
}
