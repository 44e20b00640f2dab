import type { Pace } from '#platform';
import { groupQueries } from '../search-analysis/grouping.ts';
import { Likeness } from '../search-analysis/likeness.ts';
import { Tokens } from '../search-analysis/tokens.ts';
import { findTopics } from '../search-analysis/topics.ts';
import type { Query } from '../search-analysis/types.ts';
import type { Stemmer } from '../text/stems.ts';
import type { MarketKeyword } from './types.ts';

/** A page further down says little of what the keyword is about; one at this place half as much as one at the top. */
const PLACES = 20.5;
const HALF_AT = 10;
/** A stem in more than this share of all keywords, and in so many, tells no topic from another. */
const COMMON = { share: 0.25, keywords: 6 } as const;
/** A stem that more sites' pages than this have, and more than 15 % of them, joins none: a market of few pages is small. */
const COMMON_PAGES = 2;

export interface KeywordTopic {
  readonly name: string;
  /** Indexes of the keywords, most demand first. */
  readonly keywords: readonly number[];
}

/**
 * Topics over what all sites are found for. A keyword goes with the page, of whatever site, that has most keywords on one
 * subject; one without a page goes with its nearest wording. Pages are then joined by the words of their keywords, as
 * `findTopics` does for one site.
 */
export async function findMarketTopics(
  keywords: readonly MarketKeyword[],
  { stemmer, pace }: { readonly stemmer: Stemmer; readonly pace: Pace },
): Promise<KeywordTopic[]> {
  const tokens = await Tokens.of(
    keywords.map(({ keyword }) => ({ query: keyword })),
    pace,
  );
  const likeness = await Likeness.of(tokens, stemmer, pace);
  const counts = new Map<number, number>();
  for (const at of keywords.keys())
    for (const stem of likeness.stems(at)) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const common = Math.max(COMMON.keywords, keywords.length * COMMON.share);
  const isCommon = (stem: number) => (counts.get(stem) ?? 0) > common;
  const pageOf = await choosePages(keywords, { likeness, isCommon, pace });
  const rows = keywords.map(({ keyword, volume, own }, at): Query => {
    const demand = volume ?? own?.impressions ?? 1;
    return { query: keyword, clicks: 0, impressions: demand, position: 1, lines: [], pages: shares(pageOf[at]) };
  });
  const { groupOf } = await groupQueries(rows, likeness, pace);
  const pageOfGroup = new Map<number, string>();
  for (const [at, group] of groupOf.entries()) {
    const page = pageOf[at];
    if (page !== undefined && !pageOfGroup.has(group)) pageOfGroup.set(group, page);
  }
  const placed = rows.map((row, at): Query => {
    if (row.pages.length > 0) return row;
    return { ...row, pages: shares(pageOfGroup.get(groupOf[at]!) ?? `wording:${groupOf[at]}`) };
  });
  const branded = placed.map(() => false);
  const by = { likeness, branded, pace, fewestQueries: 1, commonAtLeast: COMMON_PAGES, isCommon };
  const topics = await findTopics(placed, by);
  return topics.map(({ name, queries }) => ({ name, keywords: queries }));
}

const shares = (page: string | undefined): Query['pages'] =>
  page === undefined ? [] : [{ page, clicks: 0, impressions: 1, position: 1, lines: [] }];

interface ByWords {
  readonly likeness: Likeness;
  readonly isCommon: (stem: number) => boolean;
}

/** By keyword, the page with most keywords on one subject among those that are found for it, the nearer to the top the more. */
async function choosePages(
  keywords: readonly MarketKeyword[],
  by: ByWords & { readonly pace: Pace },
): Promise<ReadonlyArray<string | undefined>> {
  const pagesOf = keywords.map(({ own, rivals }) =>
    [...(own ? [own] : []), ...rivals.values()].flatMap(({ position, url }) =>
      url === null || position > PLACES || isFrontPage(url)
        ? []
        : [{ page: url, nearness: 1 / (1 + position / HALF_AT) }],
    ),
  );
  const keywordsOf = new Map<string, number[]>();
  for (const [at, pages] of pagesOf.entries()) {
    for (const { page } of pages) {
      const list = keywordsOf.get(page);
      if (list) list.push(at);
      else keywordsOf.set(page, [at]);
    }
  }
  await by.pace.rest();
  const scores = new Map<string, number>();
  for (const [page, own] of keywordsOf) {
    if (by.pace.isDue()) await by.pace.rest();
    scores.set(page, own.length * cohesion(own, by) ** 2);
  }
  return pagesOf.map((pages) => {
    const [best] = pages
      .map(({ page, nearness }) => ({ page, score: scores.get(page)! * nearness }))
      .sort((left, right) => right.score - left.score || (left.page < right.page ? -1 : 1));
    return best?.page;
  });
}

/** Mean, over a page's keywords, of the share of its other keywords that have their most shared stem too; 0 to 1. */
function cohesion(own: readonly number[], by: ByWords): number {
  if (own.length === 1) return 1;
  const counts = new Map<number, number>();
  for (const at of own) for (const stem of by.likeness.stems(at)) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const shared = own.map((at) => {
    const stems = [...by.likeness.stems(at)].filter((stem) => !by.isCommon(stem));
    return Math.max(0, ...stems.map((stem) => (counts.get(stem)! - 1) / (own.length - 1)));
  });
  return shared.reduce((sum, one) => sum + one, 0) / own.length;
}

export function isFrontPage(url: string): boolean {
  return /^(?:[a-z]+:\/\/)?[^/?#]+\/?$/i.test(url);
}
