import type { ClickCurve } from '../search-analysis/click-curve.ts';
import { estimateAt, TARGET_POSITION } from '../search-analysis/estimate.ts';
import type { Estimate } from '../search-analysis/types.ts';
import type { KeywordTopic } from './market-topics.ts';
import type { MarketKeyword, MarketTopic, TopicStanding, Voice } from './types.ts';

/** Places within which a site counts as found (three pages), and those of the first page; averages, so half a place more. */
export const FOUND_TO = 30.5;
export const FIRST_PAGE_TO = 10.5;
/** Share of a topic's searches, of those for which anybody is found, for it to be called so. */
const GAP_SHARE = 0.8;
const AHEAD_SHARE = 0.8;
/** Clicks that one side's places bring, as a multiple of the other's, from which on it is clearly ahead: about 2 places at 5. */
const CLEAR_LEAD = 1.5;
/** A topic of the client alone: so many queries of its own on the first page. */
const ALONE_QUERIES = 2;

export interface StandingOptions {
  readonly curve: ClickCurve;
  readonly domains: readonly string[];
  readonly ownName: string;
}

/** What each site has of each topic, and what the client could have. */
export function judgeTopics(
  topics: readonly KeywordTopic[],
  keywords: readonly MarketKeyword[],
  options: StandingOptions,
): MarketTopic[] {
  const weigh = demandOf(keywords);
  return topics.flatMap((topic): MarketTopic[] => {
    const measured = topic.keywords.filter((at) => keywords[at]!.isMeasured);
    const by = (test: (keyword: MarketKeyword) => boolean) => measured.filter((at) => test(keywords[at]!));
    const missing = by((one) => standingFor(one) === 'missing');
    const behind = by((one) => standingFor(one) === 'behind');
    const ahead = by((one) => standingFor(one) === 'ahead');
    const weight = (list: readonly number[]) => list.reduce((sum, at) => sum + weigh(keywords[at]!), 0);
    const standing = nameStanding(topic, keywords, {
      missing: weight(missing),
      ahead: weight(ahead),
      all: weight([...missing, ...behind, ...ahead]),
      lead: leadOf(
        [...missing, ...behind, ...ahead].map((at) => keywords[at]!),
        { weigh, curve: options.curve },
      ),
    });
    if (standing === undefined) return [];
    const worthwhile = [...missing, ...behind];
    const known = measured.flatMap((at) => keywords[at]!.volume ?? []);
    const fits = weight(measured.filter((at) => keywords[at]!.fit === 'on_topic'));
    return [
      {
        name: topic.name,
        keywords: topic.keywords,
        standing,
        voices: measured.length === 0 ? [] : voicesOf(measured, keywords, { ...options, weigh }),
        missing,
        behind,
        ahead,
        worth: worthOf(
          worthwhile.map((at) => keywords[at]!),
          options.curve,
        ),
        volume: known.length > 0 ? known.reduce((sum, one) => sum + one, 0) : null,
        fit: measured.length === 0 || fits >= weight(measured) / 2 ? 'on_topic' : 'unknown',
      },
    ];
  });
}

/** `missing`: a rival on the first page, the client nowhere near; `behind`, `ahead`: both found; undefined: nobody is. */
export function standingFor({ own, rivals }: MarketKeyword): 'missing' | 'behind' | 'ahead' | undefined {
  const best = Math.min(...[...rivals.values()].map(({ position }) => position), Number.POSITIVE_INFINITY);
  if (own === null || own.position > FOUND_TO) return best <= FIRST_PAGE_TO ? 'missing' : undefined;
  return best < own.position ? 'behind' : 'ahead';
}

function nameStanding(
  topic: KeywordTopic,
  keywords: readonly MarketKeyword[],
  { missing, ahead, all, lead }: { missing: number; ahead: number; all: number; lead: number },
): TopicStanding | undefined {
  const rivalFound = topic.keywords.some((at) =>
    [...keywords[at]!.rivals.values()].some(({ position }) => position <= FOUND_TO),
  );
  const onFirstPage = topic.keywords.filter((at) => (keywords[at]!.own?.position ?? 100) <= FIRST_PAGE_TO).length;
  if (!rivalFound)
    return onFirstPage >= ALONE_QUERIES && onFirstPage >= topic.keywords.length / 2 ? 'alone' : undefined;
  if (all === 0) return undefined;
  if (missing >= all * GAP_SHARE) return 'gap';
  if (lead >= CLEAR_LEAD && ahead >= all * AHEAD_SHARE) return 'ahead';
  return lead <= 1 / CLEAR_LEAD ? 'behind' : 'even';
}

/** Clicks that the client's places bring, divided by those that the best rival's place of each keyword brings. */
function leadOf(
  keywords: readonly MarketKeyword[],
  { weigh, curve }: { readonly weigh: (keyword: MarketKeyword) => number; readonly curve: ClickCurve },
): number {
  let [own, rivals] = [0, 0];
  for (const keyword of keywords) {
    const best = Math.min(...[...keyword.rivals.values()].map(({ position }) => position), Number.POSITIVE_INFINITY);
    if (keyword.own) own += weigh(keyword) * curve.rate(Math.min(100, keyword.own.position));
    if (best <= 100) rivals += weigh(keyword) * curve.rate(best);
  }
  return rivals === 0 ? Number.POSITIVE_INFINITY : own / rivals;
}

/** Searches a month; where some keywords have none the smallest that is known, where all have none every one counts 1. */
export function demandOf(keywords: readonly MarketKeyword[]): (keyword: MarketKeyword) => number {
  const known = keywords.flatMap(({ volume }) => (volume !== null && volume > 0 ? [volume] : []));
  const least = known.reduce((low, one) => Math.min(low, one), Number.POSITIVE_INFINITY);
  const fallback = known.length > 0 ? least : 1;
  return ({ volume }) => volume ?? fallback;
}

export function voicesOf(
  measured: readonly number[],
  keywords: readonly MarketKeyword[],
  { curve, domains, ownName, weigh }: StandingOptions & { readonly weigh: (keyword: MarketKeyword) => number },
): Voice[] {
  const raw = [null, ...domains].map((domain) => {
    let [visibility, found, weighted, weights] = [0, 0, 0, 0];
    let best: number | null = null;
    for (const at of measured) {
      const keyword = keywords[at]!;
      const standing = domain === null ? keyword.own : keyword.rivals.get(domain);
      if (!standing || standing.position > 100) continue;
      visibility += weigh(keyword) * curve.rate(standing.position);
      if (standing.position > FOUND_TO) continue;
      found++;
      weighted += weigh(keyword) * standing.position;
      weights += weigh(keyword);
      best = Math.min(best ?? standing.position, standing.position);
    }
    const average = weights > 0 ? tenth(weighted / weights) : null;
    return { domain: domain ?? ownName, isOwn: domain === null, visibility, found, best, average };
  });
  const all = raw.reduce((sum, { visibility }) => sum + visibility, 0);
  return raw
    .map((one) => ({ ...one, share: all === 0 ? 0 : one.visibility / all }))
    .filter(({ visibility, isOwn }) => isOwn || visibility > 0)
    .sort((left, right) => right.visibility - left.visibility || (left.domain < right.domain ? -1 : 1));
}

/** The ends of the intervals are added: one page, or none, wins a topic. */
export function worthOf(keywords: readonly MarketKeyword[], curve: ClickCurve): Estimate | null {
  const gains = keywords.flatMap(({ volume, own }) => {
    if (volume === null) return [];
    const now = own ? volume * curve.rate(own.position) : 0;
    return [estimateAt({ impressions: volume, clicks: now }, { curve, at: TARGET_POSITION })];
  });
  if (gains.length === 0) return null;
  const sum = (end: keyof Estimate) => tenth(gains.reduce((total, gain) => total + gain[end], 0));
  return { low: sum('low'), mid: sum('mid'), high: sum('high') };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
