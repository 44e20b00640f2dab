import type { NodeOf, Role, Token } from '#graph-schema';

/** A credential without the credential. Times in epoch milliseconds. */
export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly ownerType: 'Person' | 'Agent';
  readonly role: Role;
  readonly tenant: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

export interface NewToken {
  /** What it is for. */
  readonly name: string;
  /** Id of its Person or Agent; the maker when left out. */
  readonly owner?: string;
  readonly ownerType: 'Person' | 'Agent';
  readonly role: Role;
  /** The only client it reaches; the whole cell when left out. */
  readonly tenant?: string;
  readonly expiresAt?: number;
}

export function tokenInfo(token: NodeOf<typeof Token>): TokenInfo {
  const { id, name, owner, ownerType, role, tenant, createdAt, expiresAt, revokedAt, lastUsedAt } = token;
  return { id, name, owner, ownerType, role, tenant, createdAt, expiresAt, revokedAt, lastUsedAt };
}

/** From least to most; an agent's role stands beside them. */
export const RANKS: readonly Role[] = ['viewer', 'reviewer', 'curator', 'operator', 'admin'];

export function outranks(role: Role, most: Role): boolean {
  return RANKS.indexOf(role) > RANKS.indexOf(most);
}
