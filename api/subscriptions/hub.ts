/**
 * Hands graph events from the bus to subscriptions. Events carry ids only, so what a subscriber gets is read from the
 * graph again under its own principal. One bus subscription serves all subscribers of a subject.
 */

import type { Principal } from '#graph-schema';
import type { EventBus, KazeEvent, Logger, Subscription } from '#platform';
import { apiError } from '../errors.ts';

export interface GraphChange {
  readonly id: string;
  readonly type: string;
  readonly change: 'created' | 'updated' | 'removed';
  readonly scope: string;
}

/** Changes waiting for a slow subscriber; several changes of one node count once, since it is read anew. */
const MAX_WAITING = 1_000;

const subjectOf = (type: string) => `graph.${type.charAt(0).toLowerCase()}${type.slice(1)}.changed.v1`;

function toChange(event: KazeEvent): GraphChange | undefined {
  const { id, type, change } = event.data;
  if (typeof id !== 'string' || typeof type !== 'string') return undefined;
  const known = change === 'created' || change === 'removed' ? change : 'updated';
  return { id, type, change: known, scope: event.scope };
}

/** Whether a principal reads in a scope at all: spares reads; the graph decides what is seen. */
export function readsScope(principal: Principal, scope: string): boolean {
  return principal.grants.some((grant) =>
    grant.scopes.some((pattern) =>
      pattern.endsWith('*') ? scope.startsWith(pattern.slice(0, -1)) : pattern === scope,
    ),
  );
}

type Listener = (change: GraphChange) => void;

export class EventHub {
  readonly #bus: EventBus;
  readonly #logger: Logger;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #subscriptions = new Map<string, Promise<Subscription>>();
  #open = 0;

  constructor(bus: EventBus, logger: Logger) {
    this.#bus = bus;
    this.#logger = logger;
  }

  /** Subscriptions that are open now. */
  get open(): number {
    return this.#open;
  }

  /**
   * Changes of a type from now on, until the consumer returns or the signal aborts. Resolves once the bus delivers, so
   * that nothing that happens after the subscriber's acknowledgement is missed.
   */
  async changes(type: string, principal: Principal, signal: AbortSignal): Promise<AsyncGenerator<GraphChange, void>> {
    const waiting = new Map<string, GraphChange>();
    let wake: (() => void) | undefined;
    let ended = signal.aborted;
    let overrun = false;
    const listener: Listener = (change) => {
      if (ended || !readsScope(principal, change.scope)) return;
      const before = waiting.get(change.id);
      // A creation that nobody has read yet stays one.
      waiting.set(change.id, before?.change === 'created' && change.change === 'updated' ? before : change);
      if (waiting.size > MAX_WAITING) overrun = true;
      wake?.();
    };
    const end = () => {
      ended = true;
      wake?.();
    };
    const leave = await this.#listen(type, listener);
    signal.addEventListener('abort', end, { once: true });
    this.#open++;
    const leaveOnce = () => {
      if (!leave()) return;
      this.#open--;
      signal.removeEventListener('abort', end);
    };
    async function* stream(): AsyncGenerator<GraphChange, void> {
      try {
        while (!ended) {
          if (overrun) {
            throw apiError('KAZE_API_RATE', `more than ${MAX_WAITING} changes wait; subscribe again, more narrowly`);
          }
          const next = waiting.entries().next();
          if (next.done) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
            wake = undefined;
            continue;
          }
          const [id, change] = next.value;
          waiting.delete(id);
          yield change;
        }
      } finally {
        leaveOnce();
      }
    }
    const generator = stream();
    // `return` alone would wait behind a pending `next`, which waits for a change that may never come.
    const inner = generator.return.bind(generator);
    generator.return = (value) => {
      end();
      leaveOnce();
      return inner(value);
    };
    return generator;
  }

  async close(): Promise<void> {
    const subscriptions = [...this.#subscriptions.values()];
    this.#subscriptions.clear();
    this.#listeners.clear();
    for (const subscription of subscriptions) await (await subscription).stop();
  }

  async #listen(type: string, listener: Listener): Promise<() => boolean> {
    const subject = subjectOf(type);
    const listeners = this.#listeners.get(subject) ?? new Set<Listener>();
    this.#listeners.set(subject, listeners);
    listeners.add(listener);
    if (!this.#subscriptions.has(subject)) {
      const made = this.#bus.subscribe(subject, (event) => this.#deliver(subject, event));
      this.#subscriptions.set(subject, made);
      made.catch(() => this.#subscriptions.delete(subject));
    }
    try {
      await this.#subscriptions.get(subject);
    } catch (error) {
      listeners.delete(listener);
      throw error;
    }
    return () => listeners.delete(listener);
  }

  #deliver(subject: string, event: KazeEvent): void {
    const change = toChange(event);
    if (!change) {
      this.#logger.warn({ subject, event: event.id }, 'a graph event without id and type was left out');
      return;
    }
    for (const listener of this.#listeners.get(subject) ?? []) listener(change);
  }
}
