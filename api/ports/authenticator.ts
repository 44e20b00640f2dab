import type { Principal } from '#graph-schema';

/** Who a bearer token stands for. */
export interface Authenticator {
  /** Undefined for a token that is unknown, expired or revoked; it never says which. */
  authenticate(token: string): Promise<Principal | undefined>;
}
