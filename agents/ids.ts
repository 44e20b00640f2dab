import { tenantScope } from '#graph-schema';
import { derivedId } from '#platform';

/** Ids of what is found again by what it is. */
export const tenantId = (tenant: string): string => derivedId(tenantScope(tenant), 'tenant', tenant);
export const agentId = (tenant: string, name: string): string => derivedId(tenantScope(tenant), 'agent', name);
export const outcomeId = (scope: string, taskId: string): string => derivedId(scope, 'outcome', taskId);
export const stepId = (scope: string, taskId: string, name: string): string =>
  derivedId(scope, 'task-step', taskId, name);

/** The client of a scope `tenant:<t>`. */
export function tenantOfScope(scope: string): string {
  if (!scope.startsWith('tenant:')) throw new RangeError(`${scope} is no client's scope`);
  return scope.slice('tenant:'.length);
}
