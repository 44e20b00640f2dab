/**
 * The event bus on NATS JetStream (2.10 or newer): one stream per cell, `KAZE_<cell>`, over `kaze.<cell>.>`.
 *
 * Every event goes into the stream under its own id, so that one published again is not delivered again; durable
 * subscriptions are consumers that all processes of the same name share; anonymous ones listen beside the stream.
 * While the server is away `publish` fails with KAZE_BUS_UNAVAILABLE within its time limit; the connection and all
 * subscriptions come back by themselves.
 *
 * @example
 * const bus = await createNatsEventBus({ cell: 'main', servers: 'nats://127.0.0.1:4222' });
 */
import { type JetStreamClient, type JetStreamManager, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { platformErrors } from '../../../errors-platform.ts';
import { NAME_PATTERN } from '../../../ids.ts';
import { type Logger, silentLogger } from '../../../logging.ts';
import type { EventBus, KazeEvent, Subscription } from '../../../ports/event-bus.ts';
import type { DeliveryOptions } from '../delivery.ts';
import { checkDurable, checkPattern, encodeEvent } from '../subjects.ts';
import { bounded, connectNats, ensureStream, type NatsConnectionOptions, type StreamOptions } from './connection.ts';
import { subscribeDurable } from './durable.ts';

export { natsEventBusCapabilities } from './capabilities.ts';

export interface NatsEventBusOptions extends DeliveryOptions {
  /** The cell's name; several cells may share a server. */
  readonly cell: string;
  readonly servers: string | readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Bounds `publish` and every other request; default 3,000 ms. */
  readonly requestTimeoutMs?: number;
  /** How long a start waits for a server that does not answer yet; default 30,000 ms. */
  readonly startTimeoutMs?: number;
  /** How long events are kept for absent durable subscribers; default 7 days. */
  readonly maxAgeMs?: number;
  /** Bytes the cell's stream may take, oldest events go first; default 1 GiB. */
  readonly maxBytes?: number;
  /** Copies of the stream in a cluster of servers; default 1. */
  readonly replicas?: number;
  readonly logger?: Logger;
}

export async function createNatsEventBus(options: NatsEventBusOptions): Promise<EventBus> {
  if (!NAME_PATTERN.test(options.cell)) {
    throw platformErrors('KAZE_BUS_INPUT', `"${options.cell}" is no name of a cell: ${NAME_PATTERN.source}`);
  }
  const logger = options.logger ?? silentLogger;
  const requestTimeoutMs = options.requestTimeoutMs ?? 3_000;
  const startTimeoutMs = options.startTimeoutMs ?? 30_000;
  const connectionOptions: NatsConnectionOptions = { ...options, requestTimeoutMs, startTimeoutMs, logger };
  const connection = await connectNats(connectionOptions);
  try {
    const prefix = `kaze.${options.cell}.`;
    const stream: StreamOptions = {
      name: `KAZE_${options.cell}`,
      subjects: `${prefix}>`,
      maxAgeMs: options.maxAgeMs ?? 7 * 86_400_000,
      maxBytes: options.maxBytes ?? 1_073_741_824,
      replicas: options.replicas ?? 1,
    };
    // A server that has just started may still be reading its streams: hence the start's time, not a request's.
    const limit = { operation: 'start', timeoutMs: Math.max(startTimeoutMs, requestTimeoutMs) };
    const manager = await bounded(ensureStream(connection, stream, limit.timeoutMs), limit);
    return new NatsEventBus({
      connection,
      manager,
      prefix,
      stream: stream.name,
      requestTimeoutMs,
      logger,
      delivery: options,
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

interface Parts {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly prefix: string;
  readonly stream: string;
  readonly requestTimeoutMs: number;
  readonly logger: Logger;
  readonly delivery: DeliveryOptions;
}

class NatsEventBus implements EventBus {
  readonly #parts: Parts;
  readonly #jetstream: JetStreamClient;
  readonly #subscriptions = new Set<Subscription>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#jetstream = jetstream(parts.connection, { timeout: parts.requestTimeoutMs });
  }

  async publish(event: KazeEvent): Promise<void> {
    const payload = encodeEvent(event);
    const { prefix, requestTimeoutMs } = this.#parts;
    // What is sent after the client gave up is dropped by its id when the caller tries again.
    const sent = this.#jetstream.publish(`${prefix}${event.subject}`, payload, {
      msgID: event.id,
      timeout: requestTimeoutMs,
    });
    await bounded(sent, { operation: 'publish', timeoutMs: requestTimeoutMs });
  }

  async subscribe(
    pattern: string,
    handler: (event: KazeEvent) => Promise<void> | void,
    options: { durable?: string } = {},
  ): Promise<Subscription> {
    checkPattern(pattern);
    const { durable } = options;
    if (durable !== undefined) checkDurable(durable);
    const { prefix, stream, manager, logger, requestTimeoutMs, delivery } = this.#parts;
    const filter = `${prefix}${pattern}`;
    const clients = { jetstream: this.#jetstream, manager };
    const started =
      durable === undefined
        ? await this.#listen(filter, handler)
        : await subscribeDurable(clients, { ...delivery, stream, durable, filter, handler, logger, requestTimeoutMs });
    const subscription: Subscription = {
      stop: async () => {
        this.#subscriptions.delete(subscription);
        await started.stop();
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async healthy(): Promise<boolean> {
    const { manager, stream, requestTimeoutMs } = this.#parts;
    const limit = { operation: 'healthy', timeoutMs: Math.min(requestTimeoutMs, 2_000) };
    return bounded(manager.streams.info(stream), limit).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()));
    const { connection, requestTimeoutMs } = this.#parts;
    // Acknowledgements on their way are sent first; a server that is away must not hold up the end.
    await bounded(connection.flush(), { operation: 'close', timeoutMs: Math.min(requestTimeoutMs, 1_000) }).catch(
      () => {},
    );
    await connection.close();
  }

  async #listen(filter: string, handler: (event: KazeEvent) => Promise<void> | void): Promise<Subscription> {
    const { connection, logger, requestTimeoutMs } = this.#parts;
    const subscription = connection.subscribe(filter);
    const running = (async () => {
      for await (const message of subscription) {
        try {
          await handler(message.json<KazeEvent>());
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          logger.error({ subject: message.subject, reason }, 'event given up: its handler failed');
        }
      }
    })();
    // The server knows of the subscription once it has answered what was sent after it.
    await bounded(connection.flush(), { operation: 'subscribe', timeoutMs: requestTimeoutMs });
    return {
      stop: async () => {
        subscription.unsubscribe();
        await running;
      },
    };
  }
}
