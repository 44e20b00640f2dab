import { flowError } from '../../domain/flow/errors.ts';
import { exactest } from '../../domain/flow/model-rules.ts';
import type { PeakEwma } from '../../domain/flow/peak-ewma.ts';
import type { GatewayPolicy } from '../../domain/flow/policy.ts';
import type { ModelInfo } from '../../domain/model.ts';
import { costMicros } from '../../domain/price/cost.ts';
import type { PriceList } from '../../domain/price/price-list.ts';
import type { ChoiceFacts, Chooser } from '../../ports/chooser.ts';

export interface ChooserDeps {
  readonly choice: GatewayPolicy['choice'];
  readonly prices: PriceList | undefined;
  latencyOf(model: ModelInfo): PeakEwma;
  now(): number;
  random(): number;
}

/** The choice that a policy names, undefined for the order of configuration. Errors: KAZE_GATEWAY_POLICY_INVALID. */
export function createChooser(deps: ChooserDeps): Chooser | undefined {
  const { by, weights } = deps.choice;
  if (by === 'order') return undefined;
  if (by === 'learned') {
    const message = 'choice.by is learned, and this gateway was given no history to learn from (LearnedChooser)';
    throw flowError('KAZE_GATEWAY_POLICY_INVALID', message);
  }
  if (by === 'weighted') return { order: (models) => drawn(models, (one) => exactest(weights, one) ?? 1, deps.random) };
  if (by === 'price') return { order: (models, facts) => sorted(models, (one) => priceOf(one, facts, deps)) };
  return { order: (models) => sorted(models, (one) => deps.latencyOf(one).load(deps.now())) };
}

/** What a usual call would cost; a model without a price comes last. */
function priceOf(model: ModelInfo, facts: ChoiceFacts, { prices, now }: ChooserDeps): number {
  const price = prices?.of(model, now());
  if (!price) return Number.POSITIVE_INFINITY;
  // Scaled up, so that rounding to whole micro dollars does not make cheap models equal.
  const { inputTokens, outputTokens } = facts;
  return costMicros(price, { inputTokens, outputTokens, cachedTokens: 0 }) + (price.input + price.output) / 1e6;
}

function sorted(models: readonly ModelInfo[], cost: (model: ModelInfo) => number): readonly ModelInfo[] {
  const costs = new Map(models.map((model) => [model, cost(model)]));
  return [...models].sort((a, b) => compare(costs.get(a)!, costs.get(b)!));
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Without replacement, by weight: P. Efraimidis and P. Spirakis, "Weighted random sampling with a reservoir", 2006. */
function drawn(
  models: readonly ModelInfo[],
  weightOf: (model: ModelInfo) => number,
  random: () => number,
): readonly ModelInfo[] {
  return sorted(models, (model) => {
    const weight = weightOf(model);
    return weight > 0 ? -(random() ** (1 / weight)) : 1;
  });
}
