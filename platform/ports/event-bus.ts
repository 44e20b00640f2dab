/** Something that happened, in the past tense. It carries ids and small facts, never contents: readers ask the graph. */
export interface KazeEvent {
  /** Unique; an id published again within an hour is not delivered again to a durable subscriber. */
  readonly id: string;
  /** Dotted, past tense, versioned: `task.changed.v1`. The bus adds its own prefix (`kaze.<cell>.`). */
  readonly subject: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Scope of what it is about; readers must hold a right on it. */
  readonly scope: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

export interface SubscribeOptions {
  /**
   * Name of a durable subscription: what is published while the subscriber is away is delivered when it returns, and a
   * handler that throws is tried again. Several processes with one name share the work. Without a name the
   * subscription sees what is published from now on, in every process.
   */
  readonly durable?: string;
}

export interface Subscription {
  /** Stops delivery; resolves when a running handler has ended. */
  stop(): Promise<void>;
}

/**
 * Wakes and informs; it is never the source of truth. Order between events is not promised.
 * Patterns are subjects in which `*` stands for one part and a last `>` for the rest, as in NATS.
 */
export interface EventBus {
  /** Resolves when the event is kept for durable subscribers. Errors: KAZE_BUS_UNAVAILABLE. */
  publish(event: KazeEvent): Promise<void>;
  subscribe(
    pattern: string,
    handler: (event: KazeEvent) => Promise<void> | void,
    options?: SubscribeOptions,
  ): Promise<Subscription>;
  /** Whether publishing works at this moment. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
