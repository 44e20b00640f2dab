import { Agent, type GraphStore, Person, type Principal, systemPrincipal, tenantScope } from '#graph-schema';
import { NAME_PATTERN } from '#platform';
import { governanceError } from '../errors.ts';
import { type NewToken, outranks } from './token-info.ts';

const input = (message: string) => governanceError('KAZE_TOKEN_INPUT', message);
const forbidden = (message: string) => governanceError('KAZE_TOKEN_FORBIDDEN', message);

/** Errors: KAZE_TOKEN_INPUT. */
export function checkTokenInput({ name, tenant, expiresAt }: NewToken, now: number): void {
  if (name.trim() === '' || name.length > 200) throw input('a token needs a name of 1 to 200 characters');
  if (tenant !== undefined && !NAME_PATTERN.test(tenant)) throw input(`"${tenant.slice(0, 80)}" is no client's name`);
  if (expiresAt !== undefined && !(Number.isSafeInteger(expiresAt) && expiresAt > now)) {
    throw input('a token can only expire in the future');
  }
}

/** Admins make tokens, within their own reach. Errors: KAZE_TOKEN_FORBIDDEN. */
export function requireMaker(principal: Principal, { role, tenant }: Pick<NewToken, 'role' | 'tenant'>): void {
  if (principal.kind === 'system' && principal.name === 'cell') return;
  if (principal.kind !== 'person' || principal.role !== 'admin') {
    throw forbidden(`${principal.name} (${principal.role}) may not make tokens; an admin may`);
  }
  if (principal.tenant !== undefined && tenant !== principal.tenant) {
    throw forbidden(`an admin of ${principal.tenant} makes tokens for ${principal.tenant} only`);
  }
  if (role !== 'agent' && outranks(role, principal.role)) throw forbidden(`a token may not do more than its maker`);
}

/** The owner exists and may be given that much. Errors: KAZE_TOKEN_INPUT, KAZE_TOKEN_FORBIDDEN. */
export async function checkOwner(
  store: GraphStore,
  principal: Principal,
  token: NewToken & { readonly owner: string },
): Promise<void> {
  const { owner, ownerType, role, tenant } = token;
  const reader = principal.kind === 'system' ? systemPrincipal('auth') : principal;
  if (ownerType === 'Agent') {
    const agent = await store.get(reader, Agent, owner);
    if (!agent) throw input(`there is no agent ${owner.slice(0, 80)}`);
    if (role !== 'agent') throw forbidden(`a token of an agent has the role agent, not ${role}`);
    if (tenant === undefined || agent.scope !== tenantScope(tenant)) {
      throw forbidden(`a token of ${agent.name} reaches its own client only`);
    }
    return;
  }
  if (role === 'agent') throw forbidden('the role agent is for tokens of agents');
  const person = await store.get(reader, Person, owner);
  if (!person) throw input(`there is no person ${owner.slice(0, 80)}`);
  if (outranks(role, person.role)) {
    throw forbidden(`${person.name} is ${person.role}; a token of theirs cannot be ${role}`);
  }
  const home = person.scope.startsWith('tenant:') ? person.scope.slice('tenant:'.length) : undefined;
  if (home !== undefined && tenant !== home) throw forbidden(`${person.name} belongs to ${home}; so do their tokens`);
}
