import type { Principal } from '../access/principal.ts';
import { allows, scopesOf } from '../access/scope.ts';
import { Agent } from '../definitions/nodes/agent.ts';
import { Tenant } from '../definitions/nodes/tenant.ts';
import { Vertical } from '../definitions/nodes/vertical.ts';
import type { NodeDefinition } from '../domain/definition.ts';
import type { GraphStore } from '../ports/graph-store.ts';

const ALL = { limit: 10_000 };

/** The scopes by name in which a principal may read nodes of this type: an index cannot filter by a pattern. */
export async function readableScopes(
  store: GraphStore,
  principal: Principal,
  definition: NodeDefinition,
): Promise<string[]> {
  const [verticals, tenants, agents] = await Promise.all([
    store.list(principal, Vertical, ALL),
    store.list(principal, Tenant, ALL),
    store.list(principal, Agent, ALL),
  ]);
  const named = new Set(['platform']);
  for (const { scope } of [...verticals, ...tenants]) named.add(scope);
  for (const { scope, name } of agents) named.add(`agent:${scope.replace(/^tenant:/, '')}/${name}`);
  const set = scopesOf(principal, 'read', definition);
  for (const scope of set.exact) named.add(scope);
  return [...named].filter((scope) => allows(set, scope)).sort();
}
