import type { ModelPrice } from './price-file.ts';

/** Tokens by kind as a provider counts them: input holds the cached and cache-write ones, output the reasoning. */
export interface PricedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens?: number;
  /** Part of cacheWriteTokens: what the provider keeps for an hour. */
  readonly cacheWriteHourTokens?: number;
  readonly reasoningTokens?: number;
}

/** Below this a sum of products of decimal prices is noise of floating point, not a part of a micro dollar. */
const NOISE = 1e-6;

/** What a call cost, in whole micro US dollars, rounded up. A dollar for a million tokens is a micro dollar a token. */
export function costMicros(price: ModelPrice, usage: PricedUsage): number {
  const { long } = price;
  const rates = long && usage.inputTokens > long.aboveInputTokens ? long : price;
  const cacheWrites = usage.cacheWriteTokens ?? 0;
  const hourWrites = Math.min(usage.cacheWriteHourTokens ?? 0, cacheWrites);
  const reasoning = Math.min(usage.reasoningTokens ?? 0, usage.outputTokens);
  const plain = Math.max(0, usage.inputTokens - usage.cachedTokens - cacheWrites);
  const cacheWrite = rates.cacheWrite ?? rates.input;
  const sum =
    plain * rates.input +
    usage.cachedTokens * (rates.cached ?? rates.input) +
    (cacheWrites - hourWrites) * cacheWrite +
    hourWrites * (rates.cacheWriteHour ?? cacheWrite) +
    (usage.outputTokens - reasoning) * rates.output +
    reasoning * (rates.reasoning ?? rates.output);
  return Math.ceil(sum - NOISE);
}

/** Micro dollars a token that a call of at most so much input can cost at most, whatever kinds its tokens turn out to be. */
export interface HighestRates {
  readonly inputMicros: number;
  readonly outputMicros: number;
}

export function highestRates(
  price: ModelPrice,
  inputTokens: number,
  options?: { cacheWrites?: boolean },
): HighestRates {
  const cacheWrites = options?.cacheWrites ?? true;
  const { long } = price;
  const rates = highestOf(price, cacheWrites);
  if (!long || inputTokens <= long.aboveInputTokens) return rates;
  const longer = highestOf(long, cacheWrites);
  return {
    inputMicros: Math.max(rates.inputMicros, longer.inputMicros),
    outputMicros: Math.max(rates.outputMicros, longer.outputMicros),
  };
}

function highestOf(tier: Omit<ModelPrice, 'long'>, cacheWrites: boolean): HighestRates {
  const { input, cached = 0, cacheWrite = 0, cacheWriteHour = 0, output, reasoning = 0 } = tier;
  const written = cacheWrites ? Math.max(cacheWrite, cacheWriteHour) : 0;
  return { inputMicros: Math.max(input, cached, written), outputMicros: Math.max(output, reasoning) };
}
