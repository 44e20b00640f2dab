import type { AuditTrail } from '#agents';
import { type GraphStore, Person, type Principal, type Role, Tenant, tenantScope } from '#graph-schema';
import { derivedId } from '#platform';
import { governanceError } from '../errors.ts';
import { outranks } from '../tokens/token-info.ts';

export interface NewPerson {
  /** As shown to others, 1 to 200 characters. */
  readonly name: string;
  /** Tells two people of one name apart. */
  readonly email?: string;
  /** The most that a token of this person may be given; at most the maker's own. */
  readonly role: Exclude<Role, 'agent'>;
  /** The client that the person works for; the studio when left out. */
  readonly tenant?: string;
}

export interface People {
  /**
   * Someone who asks, reviews or operates, whom no identity provider brings. The same name (or e-mail, where one is
   * given) within a client is the same person, whom another call leaves as they are.
   * Errors: KAZE_PERSON_FORBIDDEN, KAZE_PERSON_INPUT, KAZE_GRAPH_FORBIDDEN.
   */
  create(principal: Principal, person: NewPerson): Promise<{ readonly person: string }>;
}

export function createPeople({ store, audit }: { store: GraphStore; audit: AuditTrail }): People {
  return {
    async create(principal, { name, email, role, tenant }) {
      const scope = tenant === undefined ? 'platform' : tenantScope(tenant);
      const id = derivedId(scope, 'person-of-cell', email ?? name);
      await audit.record({ principal, action: 'person.create', subject: id, scope }, async (attempt) => {
        requireMaker(principal, role);
        if (name.trim() === '') throw governanceError('KAZE_PERSON_INPUT', 'a person needs a name');
        const client = tenant === undefined ? undefined : await clientOf(store, principal, tenant);
        await store.transact(principal, { why: 'person set up' }, async (unit) => {
          if (!(await unit.get(Person, id))) {
            unit.create(Person, { id, scope, name, role, email: email ?? null });
            if (client !== undefined) unit.relate(Person, 'tenant', id, client);
          }
          unit.audit({ action: 'person.create', subject: id, subjectType: 'Person', scope, attempt });
        });
      });
      return { person: id };
    },
  };
}

/** Nobody makes someone who may do more than they may themselves. */
function requireMaker({ kind, name, role }: Principal, wanted: Role): void {
  if (kind !== 'person' || (role !== 'operator' && role !== 'admin')) {
    throw governanceError('KAZE_PERSON_FORBIDDEN', `${name} (${role}) may not add people; an operator may`);
  }
  if (outranks(wanted, role)) {
    throw governanceError('KAZE_PERSON_FORBIDDEN', `${name} is ${role} and cannot add someone who is ${wanted}`);
  }
}

async function clientOf(store: GraphStore, principal: Principal, tenant: string): Promise<string> {
  const where = { scope: { eq: tenantScope(tenant) }, name: { eq: tenant } };
  const [client] = await store.list(principal, Tenant, { where, limit: 1 });
  if (client) return client.id;
  throw governanceError('KAZE_PERSON_INPUT', `there is no client "${tenant}"; createTenant makes one`, {
    fields: { tenant },
  });
}
