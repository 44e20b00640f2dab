import {
  Agent,
  agentPrincipal,
  type GraphStore,
  Person,
  type Principal,
  personPrincipal,
  type Role,
  systemPrincipal,
  Tenant,
  tenantScope,
} from '#graph-schema';
import { derivedId } from '#platform';
import { governanceError } from '../errors.ts';
import type { TokenVerifier } from '../ports/token-verifier.ts';
import type { TokenAuthenticator } from '../tokens/authenticate.ts';
import { type ClaimMapping, type Identity, identityOf } from './claim-mapping.ts';

export interface IdentityAuthenticatorOptions {
  readonly store: GraphStore;
  readonly verifier: TokenVerifier;
  readonly mapping: ClaimMapping;
  /** Whether somebody whom the issuer knows and the graph does not gets a Person; else they are refused. */
  readonly createPersons: boolean;
  /** Asked for every token that is no signed one. */
  readonly local: TokenAuthenticator;
}

/** Three parts of base64url, the first a JSON object. */
const JWT = /^ey[\w-]+\.[\w-]+\.[\w-]*$/;

/**
 * Signed tokens (JWT) of one issuer beside the cell's own. Their Person or Agent is a node as anybody's, so what they do
 * is attributed, audited and limited by scope in the same way.
 *
 * `authenticate` errors: what the verifier says, KAZE_AUTH_ROLE, KAZE_AUTH_TENANT, KAZE_AUTH_CLAIM, KAZE_AUTH_OWNER.
 */
export function createIdentityAuthenticator(options: IdentityAuthenticatorOptions): TokenAuthenticator {
  const { store, verifier, mapping, createPersons, local } = options;
  const auth = systemPrincipal('auth');

  async function tenantNode(tenant: string): Promise<string> {
    const where = { scope: { eq: tenantScope(tenant) }, name: { eq: tenant } };
    const [found] = await store.list(auth, Tenant, { where, limit: 1 });
    if (found) return found.id;
    throw governanceError('KAZE_AUTH_TENANT', 'the client that the token names is not in this cell', {
      fields: { claim: mapping.tenantClaim },
    });
  }

  async function agentOf(tenant: string, name: string): Promise<Principal> {
    const where = { scope: { eq: tenantScope(tenant) }, name: { eq: name } };
    const [agent] = await store.list(auth, Agent, { where, limit: 1 });
    if (agent) return agentPrincipal({ id: agent.id, name: agent.name, tenant });
    throw governanceError('KAZE_AUTH_OWNER', 'the agent that the token names is not there for its client', {
      fields: { claim: mapping.agentClaim },
    });
  }

  /** One Person for each client that somebody works for, so no client sees another's through them. */
  async function personOf(identity: Identity, tenant: string | undefined): Promise<Principal> {
    const { issuer, subject, name, email } = identity;
    const role = identity.role as Exclude<Role, 'agent'>;
    const scope = identity.tenant === undefined ? 'platform' : tenantScope(identity.tenant);
    const id = derivedId(scope, 'person-of-issuer', issuer, subject);
    const principal = personPrincipal({ id, name, role, ...(identity.tenant ? { tenant: identity.tenant } : {}) });
    const values = { name, role, email: email ?? null };
    const known = await store.get(auth, Person, id);
    if (known && known.name === name && known.role === role && known.email === values.email) return principal;
    if (!known && !createPersons) {
      throw governanceError('KAZE_AUTH_OWNER', 'the person that the token names is not known to this cell');
    }
    await store.transact(auth, { why: 'signed in through the identity provider' }, async (unit) => {
      if (await unit.get(Person, id)) {
        await unit.update(Person, id, values);
        return;
      }
      unit.create(Person, { id, scope, ...values });
      if (tenant !== undefined) unit.relate(Person, 'tenant', id, tenant);
      unit.audit({ action: 'person.create', subject: id, subjectType: 'Person', scope });
    });
    return principal;
  }

  return {
    async authenticate(text) {
      if (!JWT.test(text)) return local.authenticate(text);
      const identity = identityOf(await verifier.verify(text), mapping);
      const tenant = identity.tenant === undefined ? undefined : await tenantNode(identity.tenant);
      return identity.agent === undefined ? personOf(identity, tenant) : agentOf(identity.tenant!, identity.agent);
    },
  };
}
