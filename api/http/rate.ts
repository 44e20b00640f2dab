import type { Clock } from '#platform';
import { apiError } from '../errors.ts';
import { LruMap } from '../execution/lru.ts';

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket per credential: `burst` requests at once, `perSecond` in the long run; 0 a second: no limit. */
export class RateLimit {
  readonly #buckets = new LruMap<string, Bucket>(10_000);

  constructor(
    private readonly options: { readonly perSecond: number; readonly burst: number; readonly clock: Clock },
  ) {}

  /** Errors: KAZE_API_RATE with `retryAfterS` in its fields. */
  take(key: string): void {
    const { perSecond, burst, clock } = this.options;
    if (perSecond === 0) return;
    const now = clock.now();
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = { tokens: burst, at: now };
      this.#buckets.set(key, bucket);
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return;
    }
    const retryAfterS = Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    throw apiError(
      'KAZE_API_RATE',
      `this token may make ${perSecond} requests a second (${burst} at once); try again in ${retryAfterS} s`,
      { fields: { perSecond, burst, retryAfterS } },
    );
  }
}
