import type { Principal, Role } from '#graph-schema';
import { apiError } from '../errors.ts';

/** For what concerns the cell itself. Rights on nodes are the store's business. Errors: KAZE_API_FORBIDDEN. */
export function requireRole(principal: Principal, roles: readonly Role[], what: string): void {
  if ((roles as readonly string[]).includes(principal.role)) return;
  throw apiError(
    'KAZE_API_FORBIDDEN',
    `${what} needs the role ${roles.join(' or ')}; this token has ${principal.role}`,
    {
      fields: { role: principal.role, roles: [...roles] },
    },
  );
}

/** The client that is meant: the token's own where it has one. Errors: KAZE_API_FORBIDDEN for another. */
export function tenantOf(principal: Principal, wanted: string | undefined | null): string | undefined {
  if (principal.tenant === undefined) return wanted ?? undefined;
  if (wanted === undefined || wanted === null || wanted === principal.tenant) return principal.tenant;
  throw apiError('KAZE_API_FORBIDDEN', `this token reaches the client ${principal.tenant} only`, {
    fields: { tenant: principal.tenant },
  });
}

/** The same where a client must be named. Errors: KAZE_API_INPUT, KAZE_API_FORBIDDEN. */
export function requireTenant(principal: Principal, wanted: string | undefined | null): string {
  const tenant = tenantOf(principal, wanted);
  if (tenant !== undefined) return tenant;
  throw apiError('KAZE_API_INPUT', 'tenant: which client is meant? This token reaches all of them', {
    fields: { field: 'tenant' },
  });
}
