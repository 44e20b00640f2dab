import { fullName, type ModelInfo } from '../model.ts';
import type { Attribution } from '../request.ts';
import { flowError } from './errors.ts';
import { type GatewayPolicy, holdsForCaller } from './policy.ts';

export function matchesPattern(pattern: string, model: Pick<ModelInfo, 'provider' | 'name'>): boolean {
  if (pattern === '*') return true;
  return pattern === `${model.provider}/*` || pattern === `${model.provider}/${model.name}`;
}

/** The most exact of the patterns that fit. */
export function exactest<T>(table: Readonly<Record<string, T>>, model: ModelInfo): T | undefined {
  // Most policies have none of a kind: no names are put together for them.
  if (Object.keys(table).length === 0) return undefined;
  return table[fullName(model)] ?? table[`${model.provider}/*`] ?? table['*'];
}

/** Why this caller may not use the model; undefined when it may. Cheap where there are no rules. */
export function forbidden(
  policy: Pick<GatewayPolicy, 'models' | 'regions'>,
  model: ModelInfo,
  caller: { readonly attribution: Attribution; readonly allowedModels?: readonly string[] },
): string | undefined {
  const { attribution, allowedModels } = caller;
  if (allowedModels && !allowedModels.some((pattern) => allows(pattern, model)))
    return 'its virtual key does not name it';
  for (const rule of policy.models) {
    if (!holdsForCaller(rule, attribution)) continue;
    if (rule.deny.some((pattern) => matchesPattern(pattern, model))) return 'the policy denies it';
    if (rule.allow && !rule.allow.some((pattern) => matchesPattern(pattern, model)))
      return 'the policy does not allow it';
    // What never leaves the process is in every region.
    if (!rule.regions || model.offline) continue;
    const region = exactest(policy.regions, model);
    if (region === undefined) return `no region is known of it, and data must stay in ${rule.regions.join(', ')}`;
    if (!rule.regions.includes(region)) return `it is in ${region}, and data must stay in ${rule.regions.join(', ')}`;
  }
  return undefined;
}

/** Virtual keys may name a model without its provider too. */
function allows(pattern: string, model: ModelInfo): boolean {
  return pattern === model.name || matchesPattern(pattern, model);
}

export function forbiddenError(model: ModelInfo, why: string, { tenant, agent }: Attribution): Error {
  return flowError('KAZE_GATEWAY_MODEL_FORBIDDEN', `${tenant}/${agent} may not use ${fullName(model)}: ${why}`, {
    fields: { model: fullName(model), tenant, agent },
  });
}
