import { createIdentityAuthenticator, type TokenAuthenticator } from '#governance';
import type { GraphStore } from '#graph-schema';
import type { Clock } from '#platform';
import { type AuthConfig, rolePair } from './auth-settings.ts';

export interface AuthParts {
  readonly store: GraphStore;
  readonly clock: Clock;
  /** The cell's own tokens. */
  readonly local: TokenAuthenticator;
}

/** The cell's own tokens, and those of the identity provider where one is configured. Errors: KAZE_AUTH_KEYS. */
export async function openAuthenticator(config: AuthConfig, parts: AuthParts): Promise<TokenAuthenticator> {
  const { issuer, audience, jwksUrl, jwksFile, algorithms, clockSkewMs, cooldownMs, keysMaxAgeMs, timeoutMs } = config;
  const { store, clock, local } = parts;
  if (!issuer) return local;
  const { createJwksVerifier } = await import('#governance/adapters/token-verifier/jwks');
  const keys = jwksUrl ? { url: jwksUrl } : { file: jwksFile! };
  const limits = { clockSkewMs, cooldownMs, keysMaxAgeMs, timeoutMs };
  const verifier = await createJwksVerifier({ issuer, audience, keys, algorithms, ...limits, clock });
  const { roleClaim, tenantClaim, agentClaim, nameClaim, createPersons } = config;
  const roles = new Map(config.roles.map((pair) => rolePair(pair)!));
  const mapping = { roleClaim, tenantClaim, agentClaim, nameClaim, roles };
  return createIdentityAuthenticator({ store, verifier, mapping, createPersons, local });
}
