import { Redis } from 'ioredis';
import type { Logger } from '#platform';

/**
 * A connection of a store that calls wait for: an answer within `requestTimeoutMs` or an error, reconnecting by itself
 * for ever, also after a failover that made the server read-only. Tells once of each outage and of its end.
 *
 * @param what the store's name in the log: `budgets`, `limits`
 */
export function connectStore(
  what: string,
  { url, requestTimeoutMs, logger }: { url: string; requestTimeoutMs: number; logger: Logger },
): Redis {
  const redis = new Redis(url, {
    connectTimeout: requestTimeoutMs,
    commandTimeout: requestTimeoutMs,
    maxRetriesPerRequest: 1,
    enableAutoPipelining: true,
    retryStrategy: (times) => Math.min(2_000, 100 * times),
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  let away = false;
  // Unheard, an 'error' event would end the process.
  redis.on('error', (error: Error) => {
    if (!away) logger.warn({ reason: error.message }, `${what}: Redis is away, connecting again`);
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info(`${what}: Redis is back`);
    away = false;
  });
  return redis;
}
