import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { isKazeError } from '../../../errors.ts';
import { platformErrors } from '../../../errors-platform.ts';
import type { Logger } from '../../../logging.ts';
import { toQueueError } from './failures.ts';

export interface RedisConnections {
  /** For commands that must answer soon or fail. */
  readonly commands: Redis;
  /** For workers, which wait for jobs and for a server that is away, however long. */
  readonly workers: Redis;
}

export interface RedisConnectionOptions {
  readonly url: string;
  readonly requestTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly logger: Logger;
}

/** Opens both connections; from then on they reconnect by themselves, for ever. */
export async function connectRedis(options: RedisConnectionOptions): Promise<RedisConnections> {
  const { url, requestTimeoutMs, startTimeoutMs } = options;
  const common = {
    connectTimeout: requestTimeoutMs,
    retryStrategy: (times: number) => Math.min(2_000, 100 * times),
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
  const commands = listen(
    new Redis(url, { ...common, commandTimeout: requestTimeoutMs, maxRetriesPerRequest: 2 }),
    options,
  );
  const workers = listen(new Redis(url, { ...common, maxRetriesPerRequest: null }), options);
  const deadline = Date.now() + startTimeoutMs;
  try {
    for (;;) {
      try {
        await bounded(commands.ping(), { operation: 'start', timeoutMs: requestTimeoutMs });
        return { commands, workers };
      } catch (error) {
        if (!isKazeError(error, 'KAZE_QUEUE_UNAVAILABLE') || Date.now() >= deadline) throw error;
        await delay(200);
      }
    }
  } catch (error) {
    commands.disconnect();
    workers.disconnect();
    throw error;
  }
}

/** Rejects with KAZE_QUEUE_UNAVAILABLE when the work takes longer than allowed, whatever the client still waits for. */
export async function bounded<T>(work: Promise<T>, limit: { operation: string; timeoutMs: number }): Promise<T> {
  const stop = new AbortController();
  const late = delay(limit.timeoutMs, undefined, { signal: stop.signal }).then(() => {
    const message = `Redis did not answer within ${limit.timeoutMs} ms (${limit.operation})`;
    throw platformErrors('KAZE_QUEUE_UNAVAILABLE', message, { fields: { ...limit } });
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw toQueueError(error, limit.operation);
  } finally {
    stop.abort();
    late.catch(() => {});
    work.catch(() => {});
  }
}

/** Unheard, an 'error' event would end the process. A server that is away tells it once a try: logged once per outage. */
function listen(redis: Redis, { logger }: RedisConnectionOptions): Redis {
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) logger.warn({ reason: error.message }, 'Redis is away, connecting again');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info('Redis is back');
    away = false;
  });
  return redis;
}
