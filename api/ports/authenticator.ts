import type { Principal } from '#graph-schema';

/** Who a bearer token stands for. */
export interface Authenticator {
  /**
   * Undefined for a token that is unknown, expired or revoked; it never says which. A signed token of an identity
   * provider is refused with an error of its own, whose text may be shown to whoever sent it.
   */
  authenticate(token: string): Promise<Principal | undefined>;
}
