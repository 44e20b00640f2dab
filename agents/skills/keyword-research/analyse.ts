import { Pace } from '#platform';
import type { BrandReport } from '../search-analysis/brand.ts';
import type { BusinessContext } from '../search-analysis/business-context.ts';
import type { ClickCurve } from '../search-analysis/click-curve.ts';
import { settleCurveAndBrand } from '../search-analysis/curve-and-brand.ts';
import { floorOf } from '../search-analysis/estimate.ts';
import { type Grouping, groupQueries } from '../search-analysis/grouping.ts';
import { Likeness } from '../search-analysis/likeness.ts';
import { Tokens } from '../search-analysis/tokens.ts';
import { findTopics, type Topic } from '../search-analysis/topics.ts';
import type { Finding, RankingTable } from '../search-analysis/types.ts';
import type { KeywordPlan, RankingExport } from '../search-exports/index.ts';
import { languageOf } from '../text/languages.ts';
import { Stemmer } from '../text/stems.ts';
import { type Change, compareQueries } from './changes.ts';
import { type CountryReport, compareCountries } from './countries.ts';
import { type DayReport, understandDays } from './days.ts';
import { type Embed, type FitReport, judgeFit } from './fit.ts';
import { findGaps, type Gap } from './gaps.ts';
import type { Material } from './material.ts';
import { findOpportunities } from './opportunities.ts';
import { findPageConflicts, type PageConflict } from './page-conflicts.ts';
import { findSeasons, type Season } from './seasons.ts';

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
