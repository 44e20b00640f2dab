import type { Role } from '#graph-schema';
import { NAME_PATTERN } from '#platform';
import { governanceError } from '../errors.ts';
import type { VerifiedClaims } from '../ports/token-verifier.ts';
import { outranks, RANKS } from '../tokens/token-info.ts';

/** Which claims say what. A claim is named as it stands in the token, or by a path such as `realm_access.roles`. */
export interface ClaimMapping {
  /** One text or a list of them. */
  readonly roleClaim: string;
  /** Name of the client, or `*` for the whole cell. */
  readonly tenantClaim: string;
  /** Name of an agent of that client; a token without it is a person's. */
  readonly agentClaim: string;
  readonly nameClaim: string;
  /** What the issuer calls a role, and the role it gives; when empty, the claim must hold our own names. */
  readonly roles: ReadonlyMap<string, Role>;
}

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly role: Role;
  /** Undefined for the whole cell. */
  readonly tenant: string | undefined;
  /** Set for a token of an agent. */
  readonly agent: string | undefined;
}

const MAX_NAME = 200;

/**
 * Who a token is for and what it may do. Nothing is assumed: a role or a client that is not said is refused.
 * Errors: KAZE_AUTH_ROLE, KAZE_AUTH_TENANT, KAZE_AUTH_CLAIM.
 */
export function identityOf(verified: VerifiedClaims, mapping: ClaimMapping): Identity {
  const { claims, issuer, subject } = verified;
  const tenant = tenantOf(claims, mapping);
  const agent = textAt(claims, mapping.agentClaim);
  if (agent !== undefined) {
    if (tenant === undefined) throw noTenant(mapping, 'is * and an agent works for one client');
    if (!NAME_PATTERN.test(agent)) throw wrong(mapping.agentClaim, 'is no name of an agent');
  }
  const role = agent === undefined ? roleOf(claims, mapping) : 'agent';
  const name = (textAt(claims, mapping.nameClaim)?.trim() || subject).slice(0, MAX_NAME);
  return { issuer, subject, name, email: textAt(claims, 'email'), role, tenant, agent };
}

function tenantOf(claims: VerifiedClaims['claims'], mapping: ClaimMapping): string | undefined {
  const value = claimAt(claims, mapping.tenantClaim);
  const tenant = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (tenant === '*') return undefined;
  if (tenant === undefined) throw noTenant(mapping, 'is missing');
  if (Array.isArray(tenant)) throw noTenant(mapping, 'names several clients, a token reaches one');
  if (typeof tenant !== 'string' || !NAME_PATTERN.test(tenant)) throw noTenant(mapping, 'is no name of a client');
  return tenant;
}

/** The most that any of the values gives. */
function roleOf(claims: VerifiedClaims['claims'], { roleClaim, roles }: ClaimMapping): Role {
  const value = claimAt(claims, roleClaim);
  const named = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
  const given = named.flatMap((one): readonly Role[] => {
    const role = roles.size > 0 ? roles.get(one) : RANKS.find((known) => known === one);
    return role === undefined ? [] : [role];
  });
  const most = given.reduce<Role | undefined>((best, one) => (best && !outranks(one, best) ? best : one), undefined);
  if (most !== undefined) return most;
  const what = value === undefined ? 'is missing' : 'gives no role here';
  throw governanceError(
    'KAZE_AUTH_ROLE',
    `the claim ${roleClaim} of the token ${what}: nothing is allowed without one`,
    {
      fields: { claim: roleClaim },
    },
  );
}

/** A claim by its own name, which may hold dots, or by a path of names. */
function claimAt(claims: VerifiedClaims['claims'], name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function textAt(claims: VerifiedClaims['claims'], name: string): string | undefined {
  const value = claimAt(claims, name);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string' || value.length > 1_000) throw wrong(name, 'is no text of at most 1000 characters');
  return value;
}

const wrong = (claim: string, what: string) =>
  governanceError('KAZE_AUTH_CLAIM', `the claim ${claim} of the token ${what}`, { fields: { claim } });

const noTenant = ({ tenantClaim }: ClaimMapping, what: string) =>
  governanceError(
    'KAZE_AUTH_TENANT',
    `the claim ${tenantClaim} of the token ${what}: it must name a client, or be * for the whole cell`,
    { fields: { claim: tenantClaim } },
  );
