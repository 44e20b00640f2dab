import type { AuditTrail } from '#agents';
import { type GraphStore, type NodeOf, type Principal, systemPrincipal, Token, tenantScope } from '#graph-schema';
import { type Clock, derivedId, NAME_PATTERN } from '#platform';
import { governanceError } from '../errors.ts';
import { type NewToken, type TokenInfo, tokenInfo } from './token-info.ts';
import { checkOwner, checkTokenInput, requireMaker } from './token-rules.ts';
import { looksLikeToken, newTokenText, tokenHash } from './token-text.ts';

/** Tokens, hashed at rest. Errors: KAZE_TOKEN_FORBIDDEN, KAZE_TOKEN_INPUT, KAZE_TOKEN_UNKNOWN. */
export interface Tokens {
  /** The token itself is given this once and kept nowhere. */
  create(principal: Principal, token: NewToken): Promise<{ readonly token: string; readonly info: TokenInfo }>;
  /** Makes a given text a token, once: for one that comes from outside (KAZE_API_TOKEN). For the cell itself. */
  adopt(text: string, token: NewToken & { readonly owner: string }): Promise<TokenInfo>;
  /** An admin's are all within reach; everyone else's are their own. */
  list(principal: Principal): Promise<readonly TokenInfo[]>;
  /** Takes effect at once; revoking again changes nothing. */
  revoke(principal: Principal, id: string): Promise<TokenInfo>;
  /** Ends every token there is, after a restore. Gives how many it were. */
  revokeAll(): Promise<number>;
}

export interface TokensOptions {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly audit: AuditTrail;
}

type TokenNode = NodeOf<typeof Token>;

const scopeOf = (tenant: string | undefined) => (tenant === undefined ? 'platform' : tenantScope(tenant));
const unknown = (id: string) =>
  governanceError('KAZE_TOKEN_UNKNOWN', `there is no token ${id.slice(0, 80)}`, { fields: { id: id.slice(0, 80) } });

export function createTokens({ store, clock, audit }: TokensOptions): Tokens {
  const auth = systemPrincipal('auth');

  async function keep(
    text: string,
    token: NewToken & { readonly owner: string },
    attempt?: string,
  ): Promise<TokenNode> {
    const { name, owner, ownerType, role, tenant, expiresAt } = token;
    const hash = tokenHash(text);
    const scope = scopeOf(tenant);
    const id = derivedId('platform', 'token', hash);
    return store.transact(auth, { why: 'token made' }, async (unit) => {
      const known = await unit.get(Token, id);
      if (known) return known;
      const values = { hash, name, owner, ownerType, role, tenant: tenant ?? null, expiresAt: expiresAt ?? null };
      unit.create(Token, { id, scope, ...values });
      unit.audit({ action: 'token.create', subject: id, subjectType: 'Token', scope, ...(attempt ? { attempt } : {}) });
      return (await unit.get(Token, id))!;
    });
  }

  /** Whether a token is the principal's own, or within what it administers. */
  function manages(principal: Principal, token: TokenNode): boolean {
    if (token.owner === principal.id) return true;
    if (principal.kind === 'system') return principal.name === 'cell';
    if (principal.kind !== 'person' || principal.role !== 'admin') return false;
    return principal.tenant === undefined || principal.tenant === token.tenant;
  }

  return {
    async create(principal, token) {
      const owner = token.owner ?? principal.id;
      const scope = token.tenant !== undefined && NAME_PATTERN.test(token.tenant) ? scopeOf(token.tenant) : 'platform';
      const detail = { role: token.role, ownerType: token.ownerType };
      return audit.record({ principal, action: 'token.create', subject: owner, scope, detail }, async (attempt) => {
        checkTokenInput(token, clock.now());
        requireMaker(principal, token);
        await checkOwner(store, principal, { ...token, owner });
        const text = newTokenText();
        return { token: text, info: tokenInfo(await keep(text, { ...token, owner }, attempt)) };
      });
    },

    async adopt(text, token) {
      if (!looksLikeToken(text)) {
        throw governanceError(
          'KAZE_TOKEN_INPUT',
          'a token from outside has 16 to 512 letters, digits and . _ ~ + / = -',
        );
      }
      checkTokenInput(token, clock.now());
      await checkOwner(store, systemPrincipal('cell'), token);
      return tokenInfo(await keep(text, token));
    },

    async list(principal) {
      const all = await store.list(auth, Token, {
        orderBy: [{ property: 'createdAt', direction: 'desc' }],
        limit: 10_000,
      });
      return all.filter((token) => manages(principal, token)).map(tokenInfo);
    },

    async revoke(principal, id) {
      const token = await store.get(auth, Token, id);
      // A token that one may not manage is as unknown as one that does not exist.
      if (!token || !manages(principal, token)) throw unknown(id);
      const act = { principal, action: 'token.revoke', subject: id, scope: token.scope };
      return audit.record(act, (attempt) =>
        store.transact(auth, { why: 'token revoked' }, async (unit) => {
          const revoke = (current: TokenNode) => ({ revokedAt: current.revokedAt ?? unit.now });
          const revoked = await unit.update(Token, id, revoke);
          if (!revoked) throw unknown(id);
          unit.audit({ action: 'token.revoke', subject: id, subjectType: 'Token', scope: token.scope, attempt });
          return tokenInfo(revoked);
        }),
      );
    },

    async revokeAll() {
      const open = await store.list(auth, Token, { where: { revokedAt: { isNull: true } }, limit: 10_000 });
      await store.transact(auth, { why: 'all tokens revoked' }, async (unit) => {
        for (const { id } of open) await unit.update(Token, id, { revokedAt: unit.now });
      });
      return open.length;
    },
  };
}
