import {
  Agent,
  agentPrincipal,
  type GraphStore,
  type NodeOf,
  Person,
  type Principal,
  personPrincipal,
  systemPrincipal,
  Token,
} from '#graph-schema';
import type { Clock, Logger } from '#platform';
import { outranks } from './token-info.ts';
import { looksLikeToken, tokenHash } from './token-text.ts';

export interface AuthenticatorOptions {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface TokenAuthenticator {
  /** Undefined for a token that is unknown, expired or revoked, and for one whose owner is gone; it never says which. */
  authenticate(token: string): Promise<Principal | undefined>;
}

const USE_GRANULARITY_MS = 60_000;

/** Looks each token up anew, so a revoked one is refused from the next call on, in every process. */
export function createTokenAuthenticator({ store, clock, logger }: AuthenticatorOptions): TokenAuthenticator {
  const auth = systemPrincipal('auth');
  const noting = new Set<string>();

  /** Not awaited by the caller: when a token was used last is no reason to wait. */
  async function noteUse(token: NodeOf<typeof Token>, now: number): Promise<void> {
    if (now - (token.lastUsedAt ?? 0) < USE_GRANULARITY_MS || noting.has(token.id)) return;
    noting.add(token.id);
    const lastUsedAt = now - (now % USE_GRANULARITY_MS);
    try {
      await store.transact(auth, { why: 'token used' }, (unit) => unit.update(Token, token.id, { lastUsedAt }));
    } catch (err) {
      logger.debug({ err, id: token.id }, 'the use of a token was not noted');
    } finally {
      noting.delete(token.id);
    }
  }

  async function principalOf(token: NodeOf<typeof Token>): Promise<Principal | undefined> {
    const tenant = token.tenant ?? undefined;
    if (token.ownerType === 'Agent') {
      const agent = await store.get(auth, Agent, token.owner);
      return agent && tenant ? agentPrincipal({ id: agent.id, name: agent.name, tenant }) : undefined;
    }
    const person = await store.get(auth, Person, token.owner);
    if (!person || token.role === 'agent') return undefined;
    // A person whose role was lowered since has no more by an older token.
    const role = outranks(token.role, person.role) ? person.role : token.role;
    return personPrincipal({ id: person.id, name: person.name, role, ...(tenant ? { tenant } : {}) });
  }

  return {
    async authenticate(text) {
      if (!looksLikeToken(text)) return undefined;
      const [token] = await store.list(auth, Token, { where: { hash: { eq: tokenHash(text) } }, limit: 1 });
      const now = clock.now();
      if (!token || token.revokedAt !== null || (token.expiresAt !== null && token.expiresAt <= now)) return undefined;
      const principal = await principalOf(token);
      if (principal) void noteUse(token, now);
      return principal;
    },
  };
}
