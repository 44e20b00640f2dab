/**
 * The event bus inside one process.
 *
 * A durable subscription here is durable against handlers that fail and subscribers that come and go, **not against the
 * death of the process** (`survivesProcessDeath: false`). That is enough: what must not be lost stands in the graph's
 * outbox until it is published, and everyone who is woken by events also sweeps the graph when it starts.
 *
 * @example
 * const bus = createMemoryEventBus({ logger });
 * await bus.subscribe('task.*.v1', (event) => wake(event.data.taskId), { durable: 'workers' });
 */
import { platformErrors } from '../../../errors-platform.ts';
import { type Logger, silentLogger } from '../../../logging.ts';
import type { EventBus, KazeEvent, Subscription } from '../../../ports/event-bus.ts';
import { type DeliveryOptions, type EventBusCapabilities, MAX_DELIVERIES, redeliveryPauseMs } from '../delivery.ts';
import { checkDurable, checkPattern, encodeEvent, matches } from '../subjects.ts';

export const memoryEventBusCapabilities: EventBusCapabilities = {
  survivesProcessDeath: false,
  reachesOtherProcesses: false,
  deduplicationMs: 3_600_000,
};

export interface MemoryEventBusOptions extends DeliveryOptions {
  readonly logger?: Logger;
  /** Events kept for one absent durable subscriber; beyond it the oldest is dropped and logged; default 100,000. */
  readonly maxBacklog?: number;
}

type Handler = (event: KazeEvent) => Promise<void> | void;

interface Delivery {
  readonly event: KazeEvent;
  /** How often it was handed to a handler. */
  count: number;
}

/** One name's or one anonymous subscriber's events, and whoever takes them now. */
interface Channel {
  readonly name: string | undefined;
  pattern: string;
  readonly backlog: Delivery[];
  readonly members: Set<Member>;
}

interface Member {
  readonly handler: Handler;
  running: Promise<void> | undefined;
}

/** Ids remembered at most, so that a storm of events cannot fill memory. */
const MAX_REMEMBERED = 200_000;

export function createMemoryEventBus(options: MemoryEventBusOptions = {}): EventBus {
  return new MemoryEventBus(options);
}

class MemoryEventBus implements EventBus {
  readonly #logger: Logger;
  readonly #options: MemoryEventBusOptions;
  readonly #durable = new Map<string, Channel>();
  readonly #anonymous = new Set<Channel>();
  readonly #remembered = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(options: MemoryEventBusOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
  }

  async publish(event: KazeEvent): Promise<void> {
    this.#checkOpen();
    // Through its wire form, as with a server: later changes of the object by the publisher stay with the publisher.
    const copy: KazeEvent = JSON.parse(encodeEvent(event));
    const again = this.#isRemembered(copy.id);
    const channels = again ? this.#anonymous : [...this.#anonymous, ...this.#durable.values()];
    for (const channel of channels) {
      if (!matches(channel.pattern, copy.subject)) continue;
      this.#keep(channel, { event: copy, count: 0 });
    }
  }

  async subscribe(pattern: string, handler: Handler, options: { durable?: string } = {}): Promise<Subscription> {
    this.#checkOpen();
    checkPattern(pattern);
    const { durable } = options;
    if (durable !== undefined) checkDurable(durable);
    const known = durable === undefined ? undefined : this.#durable.get(durable);
    const channel: Channel = known ?? { name: durable, pattern, backlog: [], members: new Set() };
    channel.pattern = pattern;
    if (durable === undefined) this.#anonymous.add(channel);
    else this.#durable.set(durable, channel);
    const member: Member = { handler, running: undefined };
    channel.members.add(member);
    this.#wake(channel);
    return {
      stop: async () => {
        channel.members.delete(member);
        this.#anonymous.delete(channel);
        await member.running;
      },
    };
  }

  async healthy(): Promise<boolean> {
    return !this.#closed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const channels = [...this.#anonymous, ...this.#durable.values()];
    const running = channels.flatMap((channel) => [...channel.members].map((member) => member.running));
    for (const channel of channels) channel.members.clear();
    await Promise.all(running);
  }

  #keep(channel: Channel, delivery: Delivery): void {
    channel.backlog.push(delivery);
    if (channel.backlog.length > (this.#options.maxBacklog ?? 100_000)) {
      const dropped = channel.backlog.shift();
      this.#logger.warn({ durable: channel.name, event: dropped?.event.id }, 'event dropped: the backlog is full');
    }
    this.#wake(channel);
  }

  #wake(channel: Channel): void {
    for (const member of channel.members) {
      if (member.running || channel.backlog.length === 0) continue;
      member.running = this.#drain(channel, member).finally(() => {
        member.running = undefined;
        // What came in between the last look and now.
        if (channel.members.has(member) && channel.backlog.length > 0) this.#wake(channel);
      });
    }
  }

  async #drain(channel: Channel, member: Member): Promise<void> {
    // Handlers run after `publish` has returned, as they do behind a server.
    await Promise.resolve();
    while (channel.members.has(member)) {
      const delivery = channel.backlog.shift();
      if (!delivery) return;
      delivery.count += 1;
      try {
        await member.handler(delivery.event);
      } catch (error) {
        this.#failed(channel, delivery, error);
      }
    }
  }

  #failed(channel: Channel, delivery: Delivery, error: unknown): void {
    const { event, count } = delivery;
    const facts = { event: event.id, subject: event.subject, durable: channel.name, deliveries: count };
    const reason = error instanceof Error ? error.message : String(error);
    const last = channel.name === undefined || count >= (this.#options.maxDeliveries ?? MAX_DELIVERIES);
    if (last) {
      this.#logger.error({ ...facts, reason }, 'event given up: its handler failed');
      return;
    }
    this.#logger.warn({ ...facts, reason }, 'event handler failed, the event is delivered again');
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#keep(channel, delivery);
      },
      redeliveryPauseMs(count, this.#options.firstPauseMs),
    );
    this.#timers.add(timer);
    timer.unref();
  }

  /** Whether the id was published within the window; remembers it. Insertion order is time order. */
  #isRemembered(id: string): boolean {
    const now = Date.now();
    for (const [old, at] of this.#remembered) {
      if (now - at < memoryEventBusCapabilities.deduplicationMs && this.#remembered.size <= MAX_REMEMBERED) break;
      this.#remembered.delete(old);
    }
    if (this.#remembered.has(id)) return true;
    this.#remembered.set(id, now);
    return false;
  }

  #checkOpen(): void {
    if (this.#closed) throw platformErrors('KAZE_BUS_UNAVAILABLE', 'the event bus is closed');
  }
}
