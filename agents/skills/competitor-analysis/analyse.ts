import { Pace } from '#platform';
import type { BusinessContext } from '../search-analysis/business-context.ts';
import { type ClickCurve, fitClickCurve } from '../search-analysis/click-curve.ts';
import { settleCurveAndBrand } from '../search-analysis/curve-and-brand.ts';
import { Tokens } from '../search-analysis/tokens.ts';
import { languageOf } from '../text/languages.ts';
import { Stemmer } from '../text/stems.ts';
import { fold, layOutMarket, type Market } from './market.ts';
import { findMarketTopics } from './market-topics.ts';
import type { Rankings } from './read-material.ts';
import type { PageReading } from './read-pages.ts';
import { demandOf, judgeTopics, voicesOf } from './standings.ts';
import type { MarketTopic, Voice } from './types.ts';
import { comparePages, type WinningPage } from './winning-pages.ts';

export interface Analysis {
  readonly rankings: Rankings;
  readonly market: Market;
  readonly curve: ClickCurve;
  /** Over all measured keywords; largest first. */
  readonly voices: readonly Voice[];
  readonly topics: readonly MarketTopic[];
  /** Topics that only rivals are found for: those that fit the business before others, those worth most first. */
  readonly gaps: readonly MarketTopic[];
  /** Topics that both are found for, those worth most first. */
  readonly shared: readonly MarketTopic[];
  readonly strengths: readonly MarketTopic[];
  readonly winning: readonly WinningPage[];
  readonly pages: { readonly own: readonly PageReading[]; readonly rivals: readonly PageReading[] };
  readonly brandWords: readonly string[];
}

export interface AnalyseOptions {
  readonly context: BusinessContext;
  readonly ownPages?: readonly PageReading[];
  readonly rivalPages?: readonly PageReading[];
  readonly pace?: Pace;
}

/** The whole comparison, from read files to findings. Deterministic. */
export async function analyse(
  rankings: Rankings,
  { context, ownPages = [], rivalPages = [], pace = new Pace() }: AnalyseOptions,
): Promise<Analysis> {
  const { curve, branded, brandWords } = await curveOf(rankings, context, pace);
  const words = [...rankings.rivals.keywords, ...(rankings.tracker?.keywords ?? [])].slice(0, 3_000);
  const language = languageOf(words.map(({ keyword }) => keyword).join('\n'));
  const stemmer = new Stemmer(context.language === 'unknown' ? language : context.language);
  const market = await layOutMarket(rankings, { context, stemmer, branded, brandWords, pace });
  const { keywords } = market;
  const found = await findMarketTopics(keywords, { stemmer, pace });
  const ownName = rankings.ownHosts[0] ?? 'the client';
  const standing = { curve, domains: rankings.domains, ownName };
  const topics = judgeTopics(found, keywords, standing);
  await pace.rest();
  const demand = demandOf(keywords);
  const measured = keywords.flatMap(({ isMeasured }, at) => (isMeasured ? [at] : []));
  const worth = (topic: MarketTopic) =>
    topic.worth?.mid ?? sumOf([...topic.missing, ...topic.behind], (at) => demand(keywords[at]!));
  // What cannot be told to fit is mostly a rival's other wares: it stands behind what fits, however much it is searched.
  const byWorth = (left: MarketTopic, right: MarketTopic) =>
    Number(right.fit === 'on_topic') - Number(left.fit === 'on_topic') ||
    worth(right) - worth(left) ||
    (left.name < right.name ? -1 : 1);
  const winning = await comparePages([...topics].sort(byWorth), {
    ...{ keywords, curve, demand, ownPages, rivalPages },
    ...{ ownHosts: rankings.ownHosts, domains: rankings.domains },
  });
  const shared = topics.filter(({ standing: one }) => one === 'behind' || one === 'even' || one === 'ahead');
  const ownDemand = (topic: MarketTopic) =>
    sumOf(
      topic.keywords,
      (at) => keywords[at]!.own?.clicks ?? demand(keywords[at]!) * curve.rate(keywords[at]!.own?.position ?? 100),
    );
  return {
    ...{ rankings, market, curve, topics, winning, brandWords },
    voices: voicesOf(measured, keywords, { ...standing, weigh: demand }),
    gaps: topics.filter(({ standing: one }) => one === 'gap').sort(byWorth),
    shared: shared.sort(byWorth),
    strengths: topics
      .filter(({ standing: one }) => one === 'ahead' || one === 'alone')
      .sort((left, right) => ownDemand(right) - ownDemand(left) || (left.name < right.name ? -1 : 1)),
    pages: { own: ownPages, rivals: rivalPages },
  };
}

const sumOf = (list: readonly number[], of: (at: number) => number): number =>
  list.reduce((sum, at) => sum + of(at), 0);

/** Clicks by position from the client's own queries, and the published average where there are none. */
async function curveOf(
  { own }: Rankings,
  context: BusinessContext,
  pace: Pace,
): Promise<{ curve: ClickCurve; branded: ReadonlySet<string>; brandWords: readonly string[] }> {
  if (own === null)
    return { curve: await fitClickCurve([], pace), branded: new Set(), brandWords: [...context.titleNames] };
  const tokens = await Tokens.of(own.queries, pace);
  const { curve, brand } = await settleCurveAndBrand(own, { context, tokens, pace });
  const branded = own.queries.filter((_, at) => brand.branded[at]).map(({ query }) => fold(query));
  return { curve, branded: new Set(branded), brandWords: brand.words };
}
