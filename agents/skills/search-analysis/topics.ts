import type { Pace } from '#platform';
import type { Likeness } from './likeness.ts';
import { type LinkOptions, linkPages, type PageWords } from './topic-pages.ts';
import type { Query } from './types.ts';

/** What the site is found for on one subject, over the pages that deal with it. */
export interface Topic {
  /** The shortest query that says the subject and nothing besides. */
  readonly name: string;
  /** The page that covers the subject as a whole; the others go into parts of it. */
  readonly pillar: string;
  /** Why this page: how little its queries say that no other page of the topic is shown for, in stems a query. */
  readonly besides: number;
  /** Most impressions first, the pillar among them. */
  readonly pages: readonly string[];
  /** Indexes of the queries, most impressions first. */
  readonly queries: readonly number[];
  readonly impressions: number;
  readonly clicks: number;
}

/** Larger sites are clustered by their largest pages. */
const MOST_PAGES = 1_500;
/** A stem on this share of a topic's pages belongs to its core. */
const CORE_SHARE = 0.5;
const CORE_WEIGHT = 0.15;
const FEWEST_QUERIES = 3;

/**
 * Topics by the pages that the search engine shows: pages whose queries have rare words in common are one topic (average
 * linkage over tf-idf vectors of the stems), queries follow their best page. The pillar is the page whose queries say most
 * of the subject and least besides, and are many.
 */
export async function findTopics(
  queries: readonly Query[],
  by: {
    readonly likeness: Likeness;
    readonly branded: readonly boolean[];
    readonly pace: Pace;
    /** Smaller topics are left out; 3 when not given. */
    readonly fewestQueries?: number;
  } & LinkOptions,
): Promise<Topic[]> {
  const byPage = new Map<string, number[]>();
  for (const [index, { pages }] of queries.entries()) {
    const page = pages[0]?.page;
    if (page === undefined || by.branded[index]) continue;
    const list = byPage.get(page);
    if (list) list.push(index);
    else byPage.set(page, [index]);
  }
  const shown = (indexes: readonly number[]) => indexes.reduce((sum, at) => sum + queries[at]!.impressions, 0);
  const largest = [...byPage]
    .map(([page, indexes]) => ({ page, indexes, impressions: shown(indexes) }))
    .sort((left, right) => right.impressions - left.impressions || (left.page < right.page ? -1 : 1))
    .slice(0, MOST_PAGES);
  await by.pace.rest();
  const { clusters, words } = await linkPages(largest, by);
  const topics = clusters.flatMap((cluster): Topic[] => {
    const pages = cluster
      .map((at) => ({ at, ...largest[at]! }))
      .sort((left, right) => right.impressions - left.impressions);
    const own = pages
      .flatMap(({ indexes }) => indexes)
      .sort((a, b) => queries[b]!.impressions - queries[a]!.impressions);
    if (own.length < (by.fewestQueries ?? FEWEST_QUERIES)) return [];
    const core = coreOf(cluster, words);
    const most = Math.max(...pages.map(({ indexes }) => indexes.length));
    const [pillar] = pages
      .map((page) => ({ page, besides: words.besides(page.at, cluster) }))
      .map(({ page, besides }) => ({ page, besides, score: Math.sqrt(page.indexes.length / most) / (1 + besides) }))
      .sort((left, right) => right.score - left.score);
    const { page, besides } = pillar!;
    const name = nameOf(page.indexes, { queries, isAbout: (index) => words.isAbout(index, core) });
    return [
      {
        name: queries[name]!.query,
        pillar: page.page,
        besides: Math.round(besides * 100) / 100,
        pages: pages.map((one) => one.page),
        queries: own,
        impressions: shown(own),
        clicks: own.reduce((sum, at) => sum + queries[at]!.clicks, 0),
      },
    ];
  });
  return topics.sort((left, right) => right.impressions - left.impressions || (left.name < right.name ? -1 : 1));
}

/** The shortest query on the subject itself, of the shortest the largest. */
function nameOf(
  indexes: readonly number[],
  by: { readonly queries: readonly Query[]; readonly isAbout: (index: number) => boolean },
): number {
  const about = indexes.filter(by.isAbout);
  const length = (index: number) => by.queries[index]!.query.split(/\s+/).length;
  const [first] = (about.length > 0 ? about : indexes).toSorted(
    (left, right) =>
      length(left) - length(right) || by.queries[right]!.impressions - by.queries[left]!.impressions || left - right,
  );
  return first!;
}

/** Stems that weigh something on most pages of the topic; of a page alone its weightiest one. */
function coreOf(cluster: readonly number[], words: PageWords): ReadonlySet<number> {
  if (cluster.length === 1)
    return new Set(
      words
        .stems(cluster[0]!)
        .slice(0, 1)
        .map(([stem]) => stem),
    );
  const pagesOf = new Map<number, number>();
  for (const page of cluster) {
    for (const [stem, weight] of words.stems(page)) {
      if (weight >= CORE_WEIGHT) pagesOf.set(stem, (pagesOf.get(stem) ?? 0) + 1);
    }
  }
  const least = Math.max(2, cluster.length * CORE_SHARE);
  return new Set([...pagesOf].filter(([, count]) => count >= least).map(([stem]) => stem));
}
