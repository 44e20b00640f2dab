import type { Pace } from '#platform';
import { findBrand } from './brand.ts';
import type { BusinessContext } from './business-context.ts';
import { fitClickCurve } from './click-curve.ts';
import { floorOf } from './estimate.ts';
import type { Tokens } from './tokens.ts';
import type { RankingTable } from './types.ts';
import { findUnderClicked } from './under-clicked.ts';

/**
 * Brand queries bend the curve, and the curve tells the brand: two rounds settle both. Then, once, the queries already
 * found to be under-clicked are left out too: on a small site they are many enough to pull the curve down to themselves.
 */
export async function settleCurveAndBrand(
  { queries }: RankingTable,
  { context, tokens, pace }: { context: BusinessContext; tokens: Tokens; pace: Pace },
) {
  // Most clicks at the top may be the brand's: without the likeliest name the first curve is nobody's but the rest's.
  const isTitleName = tokens.words.map((word) => context.titleNames.has(word));
  const rest = queries.filter((_, index) => !tokens.of(index).some((word) => isTitleName[word]));
  await pace.rest();
  let curve = await fitClickCurve(rest.length >= queries.length / 2 ? rest : queries, pace);
  const brandOf = () => findBrand(queries, { context, curve, tokens, pace });
  let brand = await brandOf();
  for (let round = 0; round < 2; round++) {
    const before = brand.branded;
    curve = await fitClickCurve(
      queries.filter((_, index) => !before[index]),
      pace,
    );
    brand = await brandOf();
    // The same queries give the same curve, and that the same brand.
    if (round > 0 || brand.branded.every((one, index) => one === before[index])) break;
  }
  const floorClicks = floorOf(queries);
  await pace.rest();
  const low = findUnderClicked(queries, { curve, branded: brand.branded, floorClicks });
  if (low.size > 0) {
    curve = await fitClickCurve(
      queries.filter((_, index) => !brand.branded[index] && !low.has(index)),
      pace,
    );
  }
  return { curve, brand };
}
