import { type GraphStore, type Principal, Tenant, tenantScope } from '#graph-schema';
import { NAME_PATTERN } from '#platform';
import { agentError } from '../errors.ts';
import { agentId, tenantId } from '../ids.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import { type BindAgent, type BoundAgent, bindAgent, ensureTenant, type NewTenant } from './bind-agent.ts';

export interface ClientVerbs {
  /** Again with the same name changes nothing. Errors: KAZE_AGENT_FORBIDDEN, KAZE_AGENT_UNKNOWN, KAZE_GRAPH_FORBIDDEN. */
  createTenant(principal: Principal, tenant: NewTenant): Promise<{ readonly tenant: string }>;
  /** Again with the same name changes nothing. Errors: those above, and KAZE_AGENT_NAME_TAKEN. */
  bindAgent(principal: Principal, bind: BindAgent): Promise<BoundAgent>;
}

/** What people do to set up a client and its agents, under their own rights. */
export function createClientVerbs({ store, audit }: { store: GraphStore; audit: AuditTrail }): ClientVerbs {
  return {
    async createTenant(principal, tenant) {
      const scope = scopeOfClient(tenant.name);
      const id = tenantId(tenant.name);
      await audit.record({ principal, action: 'tenant.create', subject: id, scope }, async (attempt) => {
        requireSetUpRole(principal);
        await ensureTenant(store, tenant, { principal, attempt });
      });
      return { tenant: id };
    },
    async bindAgent(principal, bind) {
      const scope = scopeOfClient(bind.tenant);
      const subject = agentId(bind.tenant, bind.name ?? bind.template);
      return audit.record({ principal, action: 'agent.bind', subject, scope }, async (attempt) => {
        requireSetUpRole(principal);
        if (!(await store.get(principal, Tenant, tenantId(bind.tenant)))) throw unknownClient(bind.tenant);
        return bindAgent(store, bind, { principal, attempt });
      });
    },
  };
}

function scopeOfClient(name: string): string {
  if (!NAME_PATTERN.test(name)) throw unknownClient(name);
  return tenantScope(name);
}

const unknownClient = (name: string) =>
  agentError('KAZE_AGENT_UNKNOWN', `there is no client "${name.slice(0, 80)}"; createTenant makes one`, {
    fields: { tenant: name.slice(0, 80) },
  });

/** Errors: KAZE_AGENT_FORBIDDEN. */
function requireSetUpRole({ kind, name, role }: Principal): void {
  if (kind === 'person' && (role === 'operator' || role === 'admin')) return;
  throw agentError('KAZE_AGENT_FORBIDDEN', `${name} (${role}) may not set up clients and agents; an operator may`, {
    fields: { role },
  });
}
