import { Pace } from '../pace.ts';
import { languageOf } from '../text/languages.ts';
import { Stemmer } from '../text/stems.ts';
import { type BrandReport, findBrand } from './brand.ts';
import type { BusinessContext } from './business-context.ts';
import { type ClickCurve, fitClickCurve } from './click-curve.ts';
import { type Embed, type FitReport, judgeFit } from './fit.ts';
import { type Grouping, groupQueries } from './grouping.ts';
import { findOpportunities, findUnderClicked, floorOf } from './opportunities.ts';
import { Tokens } from './tokens.ts';
import type { Finding, RankingTable } from './types.ts';

export interface Analysis {
  readonly table: RankingTable;
  readonly curve: ClickCurve;
  readonly brand: BrandReport;
  readonly floorClicks: number;
  readonly findings: readonly Finding[];
  readonly grouping: Grouping;
  readonly fit: FitReport;
}

/** The whole of keyword research, from a read export to findings with their fit. Deterministic. */
export async function analyse(
  table: RankingTable,
  { context, embed, pace = new Pace() }: { context: BusinessContext; embed?: Embed; pace?: Pace },
): Promise<Analysis> {
  const { queries, hasPages } = table;
  const tokens = await Tokens.of(queries, pace);
  const { curve, brand } = await settleCurveAndBrand(table, { context, tokens, pace });
  await pace.rest();
  const floorClicks = floorOf(queries);
  const findings = findOpportunities(queries, { curve, branded: brand.branded, floorClicks, hasPages });
  await pace.rest();
  const ownLanguage = languageOf(
    queries
      .slice(0, 3_000)
      .map(({ query }) => query)
      .join('\n'),
  );
  const stemmer = new Stemmer(context.language === 'unknown' ? ownLanguage : context.language);
  const grouping = await groupQueries(queries, stemmer, { pace, tokens });
  await pace.rest();
  const fit = await judgeFit(table, { context, tokens, stemmer, brand, findings, embed, pace });
  return { table, curve, brand, floorClicks, findings, grouping, fit };
}

/**
 * Brand queries bend the curve, and the curve tells the brand: two rounds settle both. Then, once, the queries already
 * found to be under-clicked are left out too: on a small site they are many enough to pull the curve down to themselves.
 */
async function settleCurveAndBrand(
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
