import type { Clock, Logger } from '#platform';
import { type Awaitable, andThen } from '../../domain/awaitable.ts';
import type { Ending } from '../../domain/ending.ts';
import { flowError } from '../../domain/flow/errors.ts';
import type { Rate } from '../../domain/flow/gcra.ts';
import { type GatewayPolicy, holdsForCaller, type LimitRule } from '../../domain/flow/policy.ts';
import type { Attribution } from '../../domain/request.ts';
import type { LimitAnswer, LimitAsk, LimitStore, Slots } from '../../ports/limit-store.ts';
import { type Entry, FairQueue } from './fair-queue.ts';

export interface LimitsOptions {
  readonly store: LimitStore | undefined;
  readonly policy: Pick<GatewayPolicy, 'limits' | 'queue'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface LimitedCall {
  /** Of the attempt. */
  readonly id: string;
  readonly attribution: Pick<Attribution, 'tenant' | 'agent'>;
  readonly provider: string;
  readonly keyId: string | null;
  /** Input and output at most. */
  readonly tokens: number;
  readonly leaseMs: number;
}

/** Room that a call has taken. */
export interface TakenRoom {
  /** Ends it: gives the slots back, and of the tokens what was not used; `sent` false gives back the request as well. */
  leave(used: { readonly tokens: number; readonly sent: boolean }): void;
}

type Wait = { readonly untilMs: number; readonly signal: Ending };
type RefusedRoom = Omit<Extract<LimitAnswer, { state: 'refused' }>, 'state'>;

/** The limits that hold for a caller, before it is known how much a call takes of them. */
interface Ruled {
  readonly rates: Array<Omit<Rate, 'cost'> & { readonly counts: 'calls' | 'tokens' }>;
  readonly slots: readonly Slots[];
}

/** Callers whose limits are kept. */
const MOST_RULED = 1_000;
const BEHIND_OTHERS: RefusedRoom = { key: 'limits', waitMs: 0 };
const NO_ROOM_NEEDED: TakenRoom = { leave: () => {} };
const POLL_SHARED_MS = 50;
const UNKNOWN_WAIT_MS = 1_000;

/** Rates and calls at once, per key, tenant and agent, and the line before them. */
export class Limits {
  private readonly queue: FairQueue;
  private readonly closing = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly shutters = new Set<() => void>();
  private readonly ruled = new Map<string, Ruled>();

  constructor(private readonly options: LimitsOptions) {
    if (options.policy.limits.length > 0 && !options.store) {
      throw new TypeError('a policy with limits needs a limitStore');
    }
    this.queue = new FairQueue((waitMs) => this.serveAgainIn(waitMs));
  }

  get waiting(): number {
    return this.queue.size;
  }

  /** Room at once, or undefined; never goes before those who wait. */
  async tryTake(call: LimitedCall): Promise<TakenRoom | undefined> {
    const ask = this.askOf(call);
    if (!ask) return NO_ROOM_NEEDED;
    if (this.queue.size > 0) return undefined;
    const answer = await this.options.store!.take(ask);
    return answer.state === 'taken' ? this.room(ask) : undefined;
  }

  /**
   * Waits in the line of its tenant, at most `queue.maxWaitMs` and not beyond `untilMs`.
   * Errors: KAZE_GATEWAY_LIMITED, KAZE_GATEWAY_QUEUE_FULL (both with retryAfterMs); the signal's reason once it aborts.
   */
  take(call: LimitedCall, wait: Wait): Awaitable<TakenRoom> {
    const ask = this.askOf(call);
    if (!ask) return NO_ROOM_NEEDED;
    if (wait.signal.aborted) return Promise.reject(wait.signal.reason);
    if (this.queue.size > 0) return this.inLine(call, { ask, wait, refused: BEHIND_OTHERS });
    return andThen(this.options.store!.take(ask), (answer) =>
      answer.state === 'taken' ? this.room(ask) : this.inLine(call, { ask, wait, refused: answer }),
    );
  }

  private async inLine(
    call: LimitedCall,
    { ask, wait, refused }: { ask: LimitAsk; wait: Wait; refused: RefusedRoom },
  ): Promise<TakenRoom> {
    const { clock, policy, store } = this.options;
    const { maxWaitMs, maxWaiting, maxWaitingPerTenant } = policy.queue;
    const { tenant } = call.attribution;
    const patienceMs = Math.min(maxWaitMs, wait.untilMs - clock.now());
    let { key: blocker, waitMs } = refused;
    if (patienceMs <= 0 || (waitMs ?? 0) > patienceMs) throw limited(blocker, waitMs);
    if (this.queue.size >= maxWaiting || this.queue.sizeOf(tenant) >= maxWaitingPerTenant) {
      const all = this.queue.size >= maxWaiting;
      throw flowError(
        'KAZE_GATEWAY_QUEUE_FULL',
        `${this.queue.size} calls wait for room under the limits, ${this.queue.sizeOf(tenant)} of them of ${tenant}`,
        { fields: { tenant, max: all ? maxWaiting : maxWaitingPerTenant, retryAfterMs: waitMs || UNKNOWN_WAIT_MS } },
      );
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(() => reject(limited(blocker, waitMs))), patienceMs);
      const end = (finish: () => void) => {
        clearTimeout(timer);
        wait.signal.removeEventListener('abort', abort);
        this.shutters.delete(shut);
        this.queue.leave(entry);
        finish();
      };
      const abort = () => end(() => reject(wait.signal.reason));
      const shut = () => end(() => reject(limited(blocker, waitMs)));
      const entry: Entry = {
        tenant,
        cost: Math.max(1, call.tokens),
        left: false,
        attempt: async () => {
          const answer = await store!.take(ask);
          if (answer.state === 'refused') {
            [blocker, waitMs] = [answer.key, answer.waitMs];
            return { taken: false, waitMs };
          }
          // Who left while it was taken gives it back.
          if (entry.left) this.room(ask).leave({ tokens: 0, sent: false });
          return { taken: true };
        },
        done: () => {
          if (!entry.left) end(() => resolve(this.room(ask)));
        },
        failed: (error) => end(() => reject(error)),
      };
      wait.signal.addEventListener('abort', abort, { once: true });
      this.shutters.add(shut);
      this.queue.join(entry);
      void this.queue.serve();
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    clearTimeout(this.timer);
    for (const shut of this.shutters) shut();
    await this.options.store?.close();
  }

  private room(ask: LimitAsk): TakenRoom {
    let left = false;
    return {
      leave: ({ tokens, sent }) => {
        if (left) return;
        left = true;
        const back: Rate[] = [];
        for (const { key, perMinute, cost: taken } of ask.rates) {
          if (sent && !key.endsWith(TOKENS)) continue;
          const cost = Math.min(taken, perMinute) - (sent ? tokens : 0);
          if (cost !== 0) back.push({ key, perMinute, cost });
        }
        const serve = () => {
          if (this.queue.size > 0) void this.queue.serve();
        };
        const given = this.options.store!.leave(ask.id, ask.slots, back);
        if (!(given instanceof Promise)) return serve();
        given.then(serve, (error: unknown) => {
          this.options.logger.warn({ error: String(error) }, 'gateway: room was not given back');
          serve();
        });
      },
    };
  }

  /** Undefined where nothing limits the call. */
  private askOf(call: LimitedCall): LimitAsk | undefined {
    if (this.options.policy.limits.length === 0) return undefined;
    const { rates, slots } = this.ruledFor(call);
    if (rates.length + slots.length === 0) return undefined;
    const { id, tokens, leaseMs } = call;
    const asked = rates.map(({ key, perMinute, counts }) => ({
      key,
      perMinute,
      cost: counts === 'calls' ? 1 : tokens,
    }));
    return { id, rates: asked, slots, leaseMs };
  }

  /** Which limits hold for a caller, a provider and a key: worked out once for each of them. */
  private ruledFor({ attribution, provider, keyId }: LimitedCall): Ruled {
    const name = `${attribution.tenant}\n${attribution.agent}\n${provider}\n${keyId ?? ''}`;
    const known = this.ruled.get(name);
    if (known) return known;
    const rates: Ruled['rates'] = [];
    const slots: Slots[] = [];
    for (const rule of this.options.policy.limits) {
      if (!holdsForCaller(rule, attribution)) continue;
      if (rule.provider !== '*' && rule.provider !== provider) continue;
      if (rule.per === 'key' && keyId === null) continue;
      const subject = `${subjectOf(rule, attribution, keyId)}:${rule.provider}`;
      const { requestsPerMinute, tokensPerMinute, concurrency } = rule;
      if (requestsPerMinute !== undefined) {
        rates.push({ key: `${subject}:${requestsPerMinute}:requests`, perMinute: requestsPerMinute, counts: 'calls' });
      }
      if (tokensPerMinute !== undefined) {
        rates.push({ key: `${subject}:${tokensPerMinute}${TOKENS}`, perMinute: tokensPerMinute, counts: 'tokens' });
      }
      if (concurrency !== undefined) slots.push({ key: `${subject}:${concurrency}:calls`, max: concurrency });
    }
    if (this.ruled.size >= MOST_RULED) this.ruled.clear();
    const ruled = { rates, slots };
    this.ruled.set(name, ruled);
    return ruled;
  }

  private serveAgainIn(waitMs: number | null): void {
    clearTimeout(this.timer);
    if (this.closing.signal.aborted) return;
    const shared = this.options.store?.capabilities.sharedBetweenProcesses;
    // Jitter, so that processes do not ask in step.
    const mostMs = shared ? POLL_SHARED_MS * (0.5 + Math.random()) : UNKNOWN_WAIT_MS;
    this.timer = setTimeout(() => void this.queue.serve(), Math.min(waitMs ?? mostMs, mostMs));
  }
}

const TOKENS = ':tokens';

function subjectOf(rule: LimitRule, { tenant, agent }: LimitedCall['attribution'], keyId: string | null): string {
  if (rule.per === 'key') return `key:${keyId}`;
  return rule.per === 'tenant' ? `tenant:${tenant}` : `agent:${tenant}/${agent}`;
}

function limited(key: string, waitMs: number | null): Error {
  const retryAfterMs = Math.max(1, waitMs ?? UNKNOWN_WAIT_MS);
  return flowError('KAZE_GATEWAY_LIMITED', `the limit ${key} is reached; try again in ${retryAfterMs} ms`, {
    fields: { limit: key, retryAfterMs },
  });
}
