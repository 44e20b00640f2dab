import type { Clock } from '#platform';
import { type RestartLimits, RestartWindow } from './domain/restart-window.ts';

export interface Supervised {
  stop(): Promise<void>;
}

export interface SupervisorOptions<Child extends Supervised> {
  readonly clock: Clock;
  readonly limits: RestartLimits;
  readonly start: (key: string) => Child;
  /** Told after a child was started again. */
  readonly onRestart?: (key: string, error: Error) => void;
  /** Told when a child crashed too often: it stays stopped until it is asked for again. */
  readonly onGiveUp: (key: string, error: Error) => void;
}

/**
 * One-for-one: a crashed child is replaced by a new one with fresh state, and its siblings never notice. One that
 * crashes too often within a window is given up.
 */
export class Supervisor<Child extends Supervised> implements Supervised {
  readonly #options: SupervisorOptions<Child>;
  readonly #children = new Map<string, Child>();
  readonly #windows = new Map<string, RestartWindow>();

  constructor(options: SupervisorOptions<Child>) {
    this.#options = options;
  }

  get children(): IterableIterator<[string, Child]> {
    return this.#children.entries();
  }

  /** The child of this name, started when there is none. */
  child(key: string): Child {
    const known = this.#children.get(key);
    if (known) return known;
    const child = this.#options.start(key);
    this.#children.set(key, child);
    return child;
  }

  crashed(key: string, error: Error): void {
    const { clock, limits, onRestart, onGiveUp } = this.#options;
    const child = this.#children.get(key);
    if (!child) return;
    this.#children.delete(key);
    // Not awaited: it is the child's own work that reports its end here.
    void child.stop();
    const window = this.#windows.get(key) ?? new RestartWindow(limits);
    this.#windows.set(key, window);
    if (window.allow(clock.now())) {
      this.child(key);
      onRestart?.(key, error);
    } else {
      window.clear();
      onGiveUp(key, error);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.stop()));
    this.#children.clear();
  }
}
