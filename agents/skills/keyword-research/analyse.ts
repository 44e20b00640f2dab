import { Pace } from '#platform';
import type { KeywordPlan, RankingExport } from '../search-exports/index.ts';
import { languageOf } from '../text/languages.ts';
import { Stemmer } from '../text/stems.ts';
import { type BrandReport, findBrand } from './brand.ts';
import type { BusinessContext } from './business-context.ts';
import { type Change, compareQueries } from './changes.ts';
import { type ClickCurve, fitClickCurve } from './click-curve.ts';
import { type CountryReport, compareCountries } from './countries.ts';
import { type DayReport, understandDays } from './days.ts';
import { type Embed, type FitReport, judgeFit } from './fit.ts';
import { findGaps, type Gap } from './gaps.ts';
import { type Grouping, groupQueries } from './grouping.ts';
import { Likeness } from './likeness.ts';
import type { Material } from './material.ts';
import { findOpportunities, findUnderClicked, floorOf } from './opportunities.ts';
import { findPageConflicts, type PageConflict } from './page-conflicts.ts';
import { findSeasons, type Season } from './seasons.ts';
import { Tokens } from './tokens.ts';
import { findTopics, type Topic } from './topics.ts';
import type { Finding, RankingTable } from './types.ts';

export interface Analysis {
  readonly table: RankingTable;
  readonly curve: ClickCurve;
  readonly brand: BrandReport;
  readonly floorClicks: number;
  readonly findings: readonly Finding[];
  readonly grouping: Grouping;
  readonly fit: FitReport;
  /** By the pages that are shown; empty when the export has none. */
  readonly topics: readonly Topic[];
  readonly conflicts: readonly PageConflict[];
  /** Each only where its export was given. */
  readonly changes?: readonly Change[];
  readonly seasons?: readonly Season[];
  readonly countries?: CountryReport;
  readonly days?: DayReport;
  readonly gaps?: readonly Gap[];
  /** Searches a month by query, from Keyword Planner or the rank tracker. */
  readonly volumes: ReadonlyMap<string, number>;
}

export interface AnalyseOptions {
  readonly context: BusinessContext;
  /** What was given besides the table itself. */
  readonly material?: Partial<Omit<Material, 'table' | 'notes'>>;
  /** Names or domains. */
  readonly competitors?: readonly string[];
  readonly embed?: Embed;
  readonly pace?: Pace;
}

/** The whole of keyword research, from read exports to findings with their fit. Deterministic. */
export async function analyse(
  table: RankingTable,
  { context, material = {}, competitors = [], embed, pace = new Pace() }: AnalyseOptions,
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
  const likeness = await Likeness.of(tokens, stemmer, pace);
  const grouping = await groupQueries(queries, likeness, pace);
  await pace.rest();
  const fit = await judgeFit(table, { context, tokens, stemmer, brand, findings, embed, pace });
  const topics = hasPages ? await findTopics(queries, { likeness, branded: brand.branded, pace }) : [];
  await pace.rest();
  const { previous, countries, days, plan, tracker, rivals } = material;
  const branded = new Set(queries.filter((_, index) => brand.branded[index]).map(({ query }) => query));
  const gapOptions = { queries, tracker, context, stemmer, brandWords: brand.words, competitors, curve };
  return {
    table,
    curve,
    brand,
    floorClicks,
    findings,
    grouping,
    fit,
    topics,
    conflicts: findPageConflicts(queries, findings),
    changes: previous && compareQueries(table, previous, { curve, branded: brand.branded, floorClicks }),
    seasons: plan && findSeasons(plan),
    countries: countries && compareCountries(countries, { curve, branded, floorClicks }),
    days: days && understandDays(days),
    gaps: rivals && findGaps(rivals, gapOptions),
    volumes: volumesOf(plan, tracker),
  };
}

/** Planner's figure where there is one: it is Google's own. */
function volumesOf(plan: KeywordPlan | undefined, tracker: RankingExport | undefined): Map<string, number> {
  const volumes = new Map<string, number>();
  for (const { keyword, volume } of [...(tracker?.keywords ?? []), ...(plan?.keywords ?? [])]) {
    if (volume !== null) volumes.set(keyword.toLowerCase(), volume);
  }
  return volumes;
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
