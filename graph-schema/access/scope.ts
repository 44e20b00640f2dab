import { createHash } from 'node:crypto';
import { NAME_PATTERN } from '#platform';
import type { NodeDefinition } from '../domain/definition.ts';
import { graphError } from '../errors.ts';
import type { Principal, Right } from './principal.ts';

const NAME = NAME_PATTERN.source.slice(1, -1);
const SCOPE = new RegExp(`^(platform|vertical:${NAME}|tenant:${NAME}|agent:${NAME}/${NAME})$`);

/** Errors: KAZE_GRAPH_INVALID when the text is no scope. */
export function checkScope(scope: string): string {
  if (SCOPE.test(scope)) return scope;
  throw graphError(
    'KAZE_GRAPH_INVALID',
    `"${scope.slice(0, 80)}" is no scope; use platform, vertical:<name>, tenant:<name> or agent:<tenant>/<name>, names matching ${NAME_PATTERN.source}`,
    { fields: { scope: scope.slice(0, 80) } },
  );
}

export const tenantScope = (tenant: string): string => checkScope(`tenant:${tenant}`);
export const verticalScope = (vertical: string): string => checkScope(`vertical:${vertical}`);
export const agentScope = (tenant: string, agent: string): string => checkScope(`agent:${tenant}/${agent}`);

/** What a search index filters by: hex, so that no tokenizer splits it and no query language reads it. */
export function scopeToken(scope: string): string {
  return createHash('sha256').update(`kaze-scope:${scope}`).digest('hex').slice(0, 32);
}

/** The scopes in which a principal holds a right on a family of nodes: exact names and prefixes. */
export interface ScopeSet {
  readonly exact: readonly string[];
  readonly prefixes: readonly string[];
}

/** Principals and definitions never change. */
const known = new WeakMap<Principal, Map<string, ScopeSet>>();

export function scopesOf(principal: Principal, right: Right, definition: NodeDefinition): ScopeSet {
  let sets = known.get(principal);
  if (!sets) {
    sets = new Map();
    known.set(principal, sets);
  }
  // What a principal may depends on these alone.
  const key = `${right} ${definition.family} ${definition.internal === true}`;
  let set = sets.get(key);
  if (!set) {
    set = grantedScopes(principal, right, definition);
    sets.set(key, set);
  }
  return set;
}

function grantedScopes(principal: Principal, right: Right, definition: NodeDefinition): ScopeSet {
  const exact = new Set<string>();
  const prefixes = new Set<string>();
  for (const grant of principal.grants) {
    if (grant.right !== right && !(grant.right === 'write' && right === 'propose')) continue;
    if (grant.families && !grant.families.includes(definition.family)) continue;
    for (const scope of grant.scopes) {
      if (scope.endsWith('*')) prefixes.add(scope.slice(0, -1));
      else exact.add(scope);
    }
  }
  // What only the system may see has no reader besides it, whatever a grant says.
  if (definition.internal && principal.kind !== 'system') return { exact: [], prefixes: [] };
  return { exact: [...exact].sort(), prefixes: [...prefixes].sort() };
}

export function allows(set: ScopeSet, scope: string): boolean {
  return set.exact.includes(scope) || set.prefixes.some((prefix) => scope.startsWith(prefix));
}

/** Errors: KAZE_GRAPH_FORBIDDEN. */
export function requireWrite(principal: Principal, definition: NodeDefinition, scope: string): void {
  if (allows(scopesOf(principal, 'write', definition), scope)) return;
  throw graphError(
    'KAZE_GRAPH_FORBIDDEN',
    `${principal.name} (${principal.role}) may not write ${definition.plural} in ${scope}`,
    { fields: { label: definition.name, scope, role: principal.role } },
  );
}
