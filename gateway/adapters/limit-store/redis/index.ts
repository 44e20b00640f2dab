/**
 * The limits of many processes, in Redis: one Lua script an operation, times by the server's clock. Keys begin with
 * `{kaze-<cell>}:limit:`. Losing them costs a minute's worth of limits, nothing else.
 *
 * @example
 * const store = createRedisLimitStore({ url: 'redis://127.0.0.1:6379', cell: 'main', logger });
 */
import type { Redis } from 'ioredis';
import { type Logger, NAME_PATTERN } from '#platform';
import { flowError } from '../../../domain/flow/errors.ts';
import type { LimitAnswer, LimitAsk, LimitStore, Slots } from '../../../ports/limit-store.ts';
import { connectStore } from '../../shared/redis.ts';
import { LEAVE, TAKE } from './scripts.ts';

export interface RedisLimitStoreOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Processes with the same cell share their limits. */
  readonly cell: string;
  readonly logger: Logger;
  /** Default 2,000 ms. */
  readonly requestTimeoutMs?: number;
}

type Script = (prefix: string, ask: string) => Promise<unknown>;

export function createRedisLimitStore(options: RedisLimitStoreOptions): LimitStore {
  const { url, cell, logger, requestTimeoutMs = 2_000 } = options;
  if (!NAME_PATTERN.test(cell)) throw new TypeError(`"${cell}" is no name of a cell`);
  const redis = connectStore('limits', { url, requestTimeoutMs, logger });
  redis.defineCommand('kazeLimitTAKE', { numberOfKeys: 1, lua: TAKE });
  redis.defineCommand('kazeLimitLEAVE', { numberOfKeys: 1, lua: LEAVE });
  return new RedisLimitStore(redis, `{kaze-${cell}}:limit:`);
}

class RedisLimitStore implements LimitStore {
  readonly capabilities = { sharedBetweenProcesses: true };

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {}

  async take(ask: LimitAsk): Promise<LimitAnswer> {
    const [state, key = '', waitMs] = (await this.run('TAKE', ask)) as [string, string?, number?];
    if (state === 'taken') return { state };
    return { state: 'refused', key, waitMs: waitMs === undefined || waitMs < 0 ? null : Number(waitMs) };
  }

  async leave(id: string, slots: readonly Slots[], back: LimitAsk['rates']): Promise<void> {
    await this.run('LEAVE', { id, slots, back });
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }

  private async run(name: 'TAKE' | 'LEAVE', ask: unknown): Promise<unknown> {
    const commands = this.redis as unknown as Record<string, Script>;
    try {
      return await commands[`kazeLimit${name}`]!(this.prefix, JSON.stringify(ask));
    } catch (cause) {
      throw flowError('KAZE_GATEWAY_LIMITS_UNAVAILABLE', 'the store of the limits did not answer', { cause });
    }
  }
}
