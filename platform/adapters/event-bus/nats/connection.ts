import { setTimeout as delay } from 'node:timers/promises';
import {
  JetStreamApiCodes,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { connect, type NatsConnection, nanos } from '@nats-io/transport-node';
import { isKazeError } from '../../../errors.ts';
import { platformErrors } from '../../../errors-platform.ts';
import type { Logger } from '../../../logging.ts';
import { natsEventBusCapabilities } from './capabilities.ts';
import { apiCode, toBusError } from './failures.ts';

export interface NatsConnectionOptions {
  /** `nats://host:port`, or several of one cluster. */
  readonly servers: string | readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Bounds one request to the server; default 2,000 ms. */
  readonly requestTimeoutMs: number;
  /** How long a start waits for a server that does not answer yet. */
  readonly startTimeoutMs: number;
  readonly logger: Logger;
}

export interface StreamOptions {
  readonly name: string;
  readonly subjects: string;
  /** How long events are kept for absent durable subscribers, in ms. */
  readonly maxAgeMs: number;
  /** Bytes kept at most; the oldest go first. */
  readonly maxBytes: number;
  /** Copies in a cluster of servers, 1 to 5. */
  readonly replicas: number;
}

/** Connects, trying again until the start's time is over; from then on the client reconnects by itself, for ever. */
export async function connectNats(options: NatsConnectionOptions): Promise<NatsConnection> {
  const deadline = Date.now() + options.startTimeoutMs;
  for (;;) {
    try {
      const connection = await connect({
        servers: typeof options.servers === 'string' ? options.servers : [...options.servers],
        user: options.user,
        pass: options.password,
        token: options.token,
        name: 'kaze',
        timeout: options.requestTimeoutMs,
        reconnect: true,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        reconnectJitter: 250,
        ignoreAuthErrorAbort: true,
        // A server that hangs is noticed within 20 seconds.
        pingInterval: 10_000,
        maxPingOut: 2,
      });
      void logStatus(connection, options.logger);
      return connection;
    } catch (cause) {
      const error = toBusError(cause, 'connect');
      if (!isKazeError(error, 'KAZE_BUS_UNAVAILABLE') || Date.now() >= deadline) throw error;
      await delay(250);
    }
  }
}

/** Makes the cell's stream, or brings an older one up to these settings. Any number of processes may do so together. */
export async function ensureStream(
  connection: NatsConnection,
  stream: StreamOptions,
  timeoutMs: number,
): Promise<JetStreamManager> {
  const manager = await jetstreamManager(connection, { timeout: timeoutMs });
  const settings = {
    subjects: [stream.subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    max_age: nanos(stream.maxAgeMs),
    max_bytes: stream.maxBytes,
    num_replicas: stream.replicas,
    duplicate_window: nanos(Math.min(natsEventBusCapabilities.deduplicationMs, stream.maxAgeMs)),
  };
  try {
    await manager.streams.info(stream.name);
    await manager.streams.update(stream.name, settings);
  } catch (error) {
    if (apiCode(error) !== JetStreamApiCodes.StreamNotFound) throw error;
    await manager.streams.add({ name: stream.name, ...settings });
  }
  return manager;
}

/** Rejects with KAZE_BUS_UNAVAILABLE when the work takes longer than allowed, whatever the client still waits for. */
export async function bounded<T>(work: Promise<T>, limit: { operation: string; timeoutMs: number }): Promise<T> {
  const stop = new AbortController();
  const late = delay(limit.timeoutMs, undefined, { signal: stop.signal }).then(() => {
    const message = `the messaging server did not answer within ${limit.timeoutMs} ms (${limit.operation})`;
    throw platformErrors('KAZE_BUS_UNAVAILABLE', message, { fields: { ...limit } });
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw toBusError(error, limit.operation);
  } finally {
    stop.abort();
    late.catch(() => {});
    work.catch(() => {});
  }
}

async function logStatus(connection: NatsConnection, logger: Logger): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') logger.warn('the messaging server is away, connecting again');
    else if (status.type === 'reconnect') logger.info('the messaging server is back');
  }
}
