import type { SuitableModels } from '../../domain/choose-model.ts';
import { exactest, forbidden, forbiddenError } from '../../domain/flow/model-rules.ts';
import type { GatewayPolicy } from '../../domain/flow/policy.ts';
import { fullName, type ModelInfo } from '../../domain/model.ts';
import type { ChoiceFacts, Chooser } from '../../ports/chooser.ts';

/**
 * The models that a call is tried with, best first: the choice among those that suit best and that the caller may use,
 * then its fallbacks as far as the policy has any. Errors: KAZE_GATEWAY_MODEL_FORBIDDEN.
 */
export function candidatesOf(
  suitable: SuitableModels,
  deps: {
    readonly policy: GatewayPolicy;
    readonly chooser: Chooser | undefined;
    readonly all: readonly ModelInfo[];
    readonly facts: ChoiceFacts;
    readonly allowedModels?: readonly string[];
  },
): readonly ModelInfo[] {
  const { policy, chooser, all, facts, allowedModels } = deps;
  const caller = { attribution: facts.attribution, allowedModels };
  const mayUse = (model: ModelInfo) => forbidden(policy, model, caller) === undefined;
  const { to, chains, offline } = policy.fallback;
  const [[only] = []] = suitable.groups;
  if (suitable.named && only && !exactest(chains, only) && mayUse(only)) return [only];
  const groups = suitable.groups.map((group) => group.filter(mayUse)).filter(({ length }) => length > 0);
  const [best, ...others] = groups;
  if (!best) {
    const model = suitable.groups[0]![0]!;
    throw forbiddenError(model, forbidden(policy, model, caller)!, facts.attribution);
  }
  // A hosted model and the offline one are never weighed against each other.
  const levels = chooser?.acrossLevels ? groups.flat().filter(({ offline }) => offline === best[0]!.offline) : best;
  const [first, ...level] =
    chooser && levels.length > 1 ? chooser.order(levels, { ...facts, tier: suitable.tier }) : levels;
  const chain = exactest(chains, first!) ?? [];
  if (to === 'none' && chain.length === 0) return [first!];
  const named = chain.flatMap((name) => all.filter((model) => fullName(model) === name));
  const same = level.filter((model) => best.includes(model));
  const more = suitable.named || to === 'none' ? [] : to === 'any' ? [...level, ...others.flat()] : same;
  const stands = (model: ModelInfo) => (first!.offline || offline || !model.offline) && suitable.suits(model);
  return [...new Set([first!, ...[...named, ...more].filter((model) => mayUse(model) && stands(model))])];
}
