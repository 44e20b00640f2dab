/** A source of numbers from 0 (included) to 1 (not): `Math.random`, or a seeded one. */
export type Random = () => number;

/** One draw from Beta(a, b), for a and b above 0: the share of a Gamma(a) in a Gamma(a) and a Gamma(b). */
export function drawBeta(a: number, b: number, random: Random): number {
  if (!(a > 0 && b > 0)) throw new RangeError(`a Beta distribution has no parameters ${a} and ${b}`);
  const x = drawGamma(a, random);
  const y = drawGamma(b, random);
  // Both can vanish where a and b are tiny: then it is a coin by their shares.
  if (x + y === 0) return random() < a / (a + b) ? 1 : 0;
  return x / (x + y);
}

/** G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000. */
function drawGamma(shape: number, random: Random): number {
  if (shape < 1) return drawGamma(shape + 1, random) * positive(random) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(positive(random)) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** G. E. P. Box and M. E. Muller, "A note on the generation of random normal deviates", 1958. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(positive(random))) * Math.cos(2 * Math.PI * random());
}

function positive(random: Random): number {
  return 1 - random();
}
