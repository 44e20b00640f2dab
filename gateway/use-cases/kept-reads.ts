export interface Reading<V> {
  readonly value: Promise<V>;
  /** By `performance.now()`. */
  readonly beganMs: number;
}

/** What several ask for at the same time, read once for all of them. */
export class SharedReads<K, V> {
  private readonly underWay = new Map<K, Reading<V>>();

  /** What is being read by `key`, else what `read` begins. */
  of(key: K, read: () => Promise<V>): Reading<V> {
    const known = this.underWay.get(key);
    if (known) return known;
    const value = read().finally(() => this.underWay.delete(key));
    // Whoever waits for it hears of a failure; there may be nobody.
    value.catch(() => {});
    const reading = { value, beganMs: performance.now() };
    this.underWay.set(key, reading);
    return reading;
  }
}

/** Times are by `performance.now()`: a clock that is set back must not make a value last. */
interface Kept<V> {
  readonly value: V;
  readonly untilMs: number;
  usedMs: number;
}

/** Left of the time that a value is fresh for when it is read again ahead of its end. */
const AHEAD = 0.25;
/** For so long after it was last asked for, as long as there are no more of such. */
const WARM_MS = 10_000;
const MOST_WARM = 32;
/** Values; the one that was read longest ago gives way. */
const MOST = 10_000;

/**
 * What others may change, such as keys: taken as it was read for `freshMs`, and read again ahead of that, so that nobody
 * waits for what is used all the time or was used a moment ago.
 */
export class KeptReads<K, V> {
  private kept = new Map<K, Kept<V>>();
  private shared = new SharedReads<K, V>();
  private warm = 0;
  private closed = false;

  /** @param freshMs 0 for never */
  constructor(
    private readonly read: (key: K) => Promise<V>,
    private readonly freshMs: number,
  ) {}

  /** Undefined where it has to be read. */
  fresh(key: K): { readonly value: V } | undefined {
    const found = this.kept.get(key);
    if (!found) return undefined;
    const now = performance.now();
    const leftMs = found.untilMs - now;
    if (leftMs <= 0) return undefined;
    found.usedMs = now;
    if (leftMs < this.freshMs * AHEAD) this.reading(key);
    return found;
  }

  /** However long ago it was read. */
  last(key: K): V | undefined {
    return this.kept.get(key)?.value;
  }

  /** For somebody who asks for it now. Errors: those of the reading. */
  again(key: K): Reading<V> {
    const known = this.kept.get(key);
    if (known) known.usedMs = performance.now();
    return this.reading(key);
  }

  /** Also what is being read now: it may be of before the change that this is called for. */
  forget(): void {
    this.kept = new Map();
    this.shared = new SharedReads();
  }

  /** Reads nothing ahead any more. */
  close(): void {
    this.closed = true;
  }

  private reading(key: K): Reading<V> {
    const { kept } = this;
    return this.shared.of(key, async () => {
      const value = await this.read(key);
      const now = performance.now();
      const read = { value, untilMs: now + this.freshMs, usedMs: kept.get(key)?.usedMs ?? now };
      kept.delete(key);
      kept.set(key, read);
      if (kept.size > MOST) kept.delete(kept.keys().next().value!);
      if (value !== undefined) this.keepWarm(key, read);
      return value;
    });
  }

  private keepWarm(key: K, read: Kept<V>): void {
    const { freshMs } = this;
    if (freshMs === 0 || this.warm >= MOST_WARM) return;
    this.warm += 1;
    const due = () => {
      this.warm -= 1;
      // Whoever asked for it meanwhile may have had it read already.
      const stands = !this.closed && this.kept.get(key) === read;
      if (stands && performance.now() - read.usedMs < WARM_MS) this.reading(key);
    };
    setTimeout(due, freshMs * (1 - AHEAD)).unref();
  }
}
