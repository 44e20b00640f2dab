import { createHash } from 'node:crypto';
import type { Principal } from '#graph-schema';
import type { Clock } from '#platform';
import { apiError } from '../errors.ts';
import { LruMap } from '../execution/lru.ts';
import type { Authenticator } from '../ports/authenticator.ts';

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,8192})$/i;

export interface Authenticated {
  readonly principal: Principal;
  /** Hash of the token: a key for counters, never shown. */
  readonly key: string;
}

/** Errors: KAZE_API_UNAUTHENTICATED. */
export function bearerToken(header: string | undefined): string {
  const token = header === undefined ? undefined : BEARER.exec(header)?.[1];
  if (token !== undefined) return token;
  throw apiError(
    'KAZE_API_UNAUTHENTICATED',
    header === undefined
      ? 'a token is needed: send "Authorization: Bearer <token>"'
      : 'the header Authorization must be "Bearer <token>"',
  );
}

/** Tokens to principals, with a short memory so that a busy client does not cost a look-up per request. */
export class Gatekeeper {
  readonly #authenticator: Authenticator;
  readonly #clock: Clock;
  readonly #cacheMs: number;
  readonly #known = new LruMap<string, { readonly until: number; readonly principal: Principal }>(1_000);

  constructor(options: { authenticator: Authenticator; clock: Clock; cacheMs: number }) {
    this.#authenticator = options.authenticator;
    this.#clock = options.clock;
    this.#cacheMs = options.cacheMs;
  }

  /**
   * Errors: KAZE_API_UNAUTHENTICATED, one text whether the token is unknown, expired or revoked; of a signed token what
   * the authenticator says (KAZE_AUTH_*).
   */
  async admit(token: string): Promise<Authenticated> {
    const key = createHash('sha256').update(token).digest('hex');
    const known = this.#known.get(key);
    if (known && known.until > this.#clock.now()) return { principal: known.principal, key };
    const principal = await this.#authenticator.authenticate(token);
    if (!principal) {
      this.#known.delete(key);
      throw apiError('KAZE_API_UNAUTHENTICATED', 'the token is not valid: unknown, expired or revoked');
    }
    if (this.#cacheMs > 0) this.#known.set(key, { until: this.#clock.now() + this.#cacheMs, principal });
    return { principal, key };
  }

  forget(): void {
    this.#known.clear();
  }
}
