/** A part of a total: its factors, whose product it is. All above 0. */
export type Factors = readonly number[];

/**
 * Additive decomposition of a change of a total into what each factor contributes, by the logarithmic mean Divisia index
 * (LMDI-I): for a total of parts, each the product of its factors, factor k contributes the sum over the parts of
 * L(after, before) ln(x_k after / x_k before), where L(a, b) = (a - b) / (ln a - ln b) and L(a, a) = a. The contributions
 * add up to the change exactly and do not depend on an order of the factors. Source: B. W. Ang, "The LMDI approach to
 * decomposition analysis: a practical guide", Energy Policy 33 (2005), pages 867 to 871.
 *
 * @param parts each with its factors before and after, in one order
 */
export function decompose(parts: ReadonlyArray<{ readonly before: Factors; readonly after: Factors }>): number[] {
  const effects: number[] = [];
  for (const { before, after } of parts) {
    if (before.length !== after.length || [...before, ...after].some((factor) => !(factor > 0))) {
      throw new RangeError('every factor of a decomposition must be above 0, and both sides must have the same');
    }
    const weight = logarithmicMean(product(after), product(before));
    for (const [at, value] of after.entries()) {
      effects[at] = (effects[at] ?? 0) + weight * Math.log(value / before[at]!);
    }
  }
  return effects;
}

export function logarithmicMean(a: number, b: number): number {
  const ratio = Math.log(a / b);
  // Near equality the quotient loses its digits; the series does not.
  if (Math.abs(ratio) < 1e-6) return b * (1 + ratio / 2 + (ratio * ratio) / 6);
  return (a - b) / ratio;
}

const product = (factors: Factors): number => factors.reduce((all, one) => all * one, 1);

export const LMDI = {
  name: 'LMDI-I',
  reference:
    'B. W. Ang, The LMDI approach to decomposition analysis: a practical guide, Energy Policy 33 (2005) 867-871',
} as const;
