import { setTimeout as delay } from 'node:timers/promises';
import {
  AckPolicy,
  type ConsumerMessages,
  DeliverPolicy,
  JetStreamApiCodes,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Logger } from '../../../logging.ts';
import type { KazeEvent, Subscription } from '../../../ports/event-bus.ts';
import { type DeliveryOptions, MAX_DELIVERIES, redeliveryPauseMs } from '../delivery.ts';
import { bounded } from './connection.ts';
import { apiCode } from './failures.ts';

export interface DurableOptions extends DeliveryOptions {
  readonly stream: string;
  readonly durable: string;
  /** With the cell's prefix. */
  readonly filter: string;
  readonly handler: (event: KazeEvent) => Promise<void> | void;
  readonly logger: Logger;
  readonly requestTimeoutMs: number;
}

/** The server gives a message to someone else when nothing is heard of it for this long; a running handler says so. */
const ACK_WAIT_MS = 30_000;

/** Brings the consumer that all processes of this name share to these settings, then works through it until stopped. */
export async function subscribeDurable(
  clients: { jetstream: JetStreamClient; manager: JetStreamManager },
  options: DurableOptions,
): Promise<Subscription> {
  await ensureConsumer(clients.manager, options);
  const worker = new DurableWorker(clients, options);
  const running = worker.run();
  return {
    stop: async () => {
      worker.stop();
      await running;
    },
  };
}

async function ensureConsumer(manager: JetStreamManager, options: DurableOptions): Promise<void> {
  const { stream, durable, filter } = options;
  const settings = {
    ack_wait: nanos(ACK_WAIT_MS),
    max_deliver: options.maxDeliveries ?? MAX_DELIVERIES,
    filter_subject: filter,
    max_ack_pending: 1_000,
  };
  const limit = { operation: 'subscribe', timeoutMs: options.requestTimeoutMs * 2 };
  const known = await bounded(
    manager.consumers.info(stream, durable).catch((error: unknown) => {
      if (apiCode(error) === JetStreamApiCodes.ConsumerNotFound) return undefined;
      throw error;
    }),
    limit,
  );
  if (known) {
    await bounded(manager.consumers.update(stream, durable, settings), limit);
    return;
  }
  const created = {
    ...settings,
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.New,
  };
  await bounded(manager.consumers.add(stream, created), limit);
}

class DurableWorker {
  readonly #clients: { jetstream: JetStreamClient; manager: JetStreamManager };
  readonly #options: DurableOptions;
  #messages: ConsumerMessages | undefined;
  #stopped = false;

  constructor(clients: { jetstream: JetStreamClient; manager: JetStreamManager }, options: DurableOptions) {
    this.#clients = clients;
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
    this.#messages?.stop();
  }

  /** Takes messages again after everything that ends the client's own loop: a lost server, a deleted consumer. */
  async run(): Promise<void> {
    const { stream, durable, logger } = this.#options;
    while (!this.#stopped) {
      try {
        const consumer = await this.#clients.jetstream.consumers.get(stream, durable);
        if (this.#stopped) return;
        // Few at a time: messages taken and not yet handled wait for this process, even while others are idle.
        this.#messages = await consumer.consume({ max_messages: 16, idle_heartbeat: 1_000 });
        if (this.#stopped) this.#messages.stop();
        for await (const message of this.#messages) {
          if (this.#stopped) message.nak();
          else await this.#handle(message);
        }
      } catch (error) {
        if (this.#stopped) return;
        logger.warn({ durable, reason: reasonOf(error) }, 'durable subscription interrupted, it is taken up again');
        await delay(500);
        await ensureConsumer(this.#clients.manager, this.#options).catch(() => {});
      }
    }
  }

  async #handle(message: JsMsg): Promise<void> {
    const { handler, logger, durable } = this.#options;
    const alive = setInterval(() => message.working(), ACK_WAIT_MS / 3);
    try {
      await handler(message.json<KazeEvent>());
      message.ack();
    } catch (error) {
      const deliveries = message.info.deliveryCount;
      const facts = { durable, subject: message.subject, deliveries, reason: reasonOf(error) };
      if (deliveries >= (this.#options.maxDeliveries ?? MAX_DELIVERIES)) {
        message.term('given up');
        logger.error(facts, 'event given up: its handler failed');
      } else {
        message.nak(redeliveryPauseMs(deliveries, this.#options.firstPauseMs));
        logger.warn(facts, 'event handler failed, the event is delivered again');
      }
    } finally {
      clearInterval(alive);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
