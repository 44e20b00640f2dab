import type { ClickCurve } from '../search-analysis/click-curve.ts';
import { wordsOf } from '../text/languages.ts';
import { Stemmer } from '../text/stems.ts';
import { type Difference, differences } from './compare-pages.ts';
import { isWithin } from './read-material.ts';
import type { PageReading } from './read-pages.ts';
import type { MarketKeyword, MarketTopic } from './types.ts';
import { loadWordForms } from './word-forms.ts';

/** How a page came to a topic: by the address that ranks, or by the words of its title and headings. */
export type FoundBy = 'ranking' | 'words';

/** A rival's page that is found for a topic before the client, and what it has that the client's has not. */
export interface WinningPage {
  readonly topic: string;
  readonly domain: string;
  readonly page: PageReading;
  readonly by: FoundBy;
  /** Its keywords of the topic, best place first. */
  readonly places: ReadonlyArray<{
    readonly keyword: string;
    readonly position: number;
    readonly file: string;
    readonly lines: readonly number[];
  }>;
  readonly own: { readonly page: PageReading; readonly by: FoundBy } | null;
  /** What the winner has; empty without an own page. */
  readonly differences: readonly Difference[];
  /** What the client's page has and the winner's has not. */
  readonly inFavour: readonly Difference[];
}

export interface PageOptions {
  readonly keywords: readonly MarketKeyword[];
  readonly curve: ClickCurve;
  readonly demand: (keyword: MarketKeyword) => number;
  readonly ownPages: readonly PageReading[];
  readonly rivalPages: readonly PageReading[];
  readonly ownHosts: readonly string[];
  readonly domains: readonly string[];
}

/** Of each topic at most so many rivals' pages are compared. */
const MOST_A_TOPIC = 3;
/** Pages on other topics that are asked for what is everyday language. */
const MOST_ELSEWHERE = 24;
/** Share of a topic's name that a page's title and headings must say for it to be the page on it. */
const SAID = 0.6;

/** The pages before the client's on the topics that it could win, with what sets them apart. */
export async function comparePages(topics: readonly MarketTopic[], options: PageOptions): Promise<WinningPage[]> {
  if (options.rivalPages.length === 0) return [];
  const forms = await loadWordForms();
  return topics
    .filter(({ standing }) => standing === 'gap' || standing === 'behind' || standing === 'even')
    .flatMap((topic) => {
      const ahead = [...topic.missing, ...topic.behind];
      const own = ownPage(topic, options);
      const winners = rivalPages(topic, { ...options, ahead });
      const onTopic = pagesByWords(topic, options.rivalPages, options.keywords);
      const here = new Set([...winners.map(({ page }) => page), ...onTopic, own?.page]);
      const elsewhere = [...options.ownPages, ...options.rivalPages]
        .filter((page) => !here.has(page))
        .slice(0, MOST_ELSEWHERE);
      const others = ({ page }: Winner) =>
        [...new Set([...winners.map((one) => one.page), ...onTopic])].filter((one) => one !== page);
      return winners.slice(0, MOST_A_TOPIC).map((winner): WinningPage => {
        const compared =
          own === null ? [] : differences(winner.page, own.page, { others: others(winner), elsewhere, forms });
        const inFavour = own === null ? [] : differences(own.page, winner.page, { others: [], elsewhere, forms });
        return { topic: topic.name, ...winner, own, differences: compared, inFavour };
      });
    });
}

interface Winner {
  readonly domain: string;
  readonly page: PageReading;
  readonly by: FoundBy;
  readonly places: WinningPage['places'];
}

function rivalPages(topic: MarketTopic, options: PageOptions & { readonly ahead: readonly number[] }): Winner[] {
  const { keywords, rivalPages: pages, domains, demand, curve } = options;
  const found = new Map<
    PageReading,
    { domain: string; visibility: number; places: Array<WinningPage['places'][number]> }
  >();
  for (const at of options.ahead) {
    const keyword = keywords[at]!;
    for (const [domain, { position, url, file, lines }] of keyword.rivals) {
      if (keyword.own !== null && position > keyword.own.position) continue;
      const page = url === null ? undefined : pages.find((one) => isSameAddress(one.url, url));
      if (!page) continue;
      const known = found.get(page) ?? { domain, visibility: 0, places: [] };
      known.visibility += demand(keyword) * curve.rate(Math.min(100, position));
      known.places.push({ keyword: keyword.keyword, position, file, lines });
      found.set(page, known);
    }
  }
  const byRanking = [...found]
    .sort(([, left], [, right]) => right.visibility - left.visibility)
    .map(([page, { domain, places }]): Winner => ({ domain, page, by: 'ranking', places: byPlace(places) }));
  if (byRanking.length > 0) return byRanking;
  // Tables without addresses: the page of a rival that leads, told by its words.
  return domains.flatMap((domain): Winner[] => {
    const places = options.ahead.flatMap((at) => {
      const { keyword, rivals, own } = keywords[at]!;
      const standing = rivals.get(domain);
      if (!standing || (own !== null && standing.position > own.position)) return [];
      return [{ keyword, position: standing.position, file: standing.file, lines: standing.lines }];
    });
    if (places.length === 0) return [];
    const [page] = pagesByWords(
      topic,
      pages.filter(({ host }) => host === '' || isWithin(host, domain)),
      keywords,
    );
    return page ? [{ domain, page, by: 'words', places: byPlace(places) }] : [];
  });
}

const byPlace = (places: WinningPage['places']): WinningPage['places'] =>
  places.toSorted((left, right) => left.position - right.position);

function ownPage(topic: MarketTopic, { keywords, ownPages, demand, curve }: PageOptions): WinningPage['own'] {
  const scores = new Map<PageReading, number>();
  for (const at of topic.keywords) {
    const keyword = keywords[at]!;
    const url = keyword.own?.url;
    const page = url ? ownPages.find((one) => isSameAddress(one.url, url)) : undefined;
    if (!page) continue;
    const visibility = demand(keyword) * curve.rate(Math.min(100, keyword.own!.position));
    scores.set(page, (scores.get(page) ?? 0) + visibility);
  }
  const [best] = [...scores].sort(([, left], [, right]) => right - left);
  if (best) return { page: best[0], by: 'ranking' };
  const [page] = pagesByWords(topic, ownPages, keywords);
  return page ? { page, by: 'words' } : null;
}

/** Pages whose title, headings or address say the topic, those that say most first. */
function pagesByWords(
  topic: MarketTopic,
  pages: readonly PageReading[],
  keywords: readonly MarketKeyword[],
): PageReading[] {
  const scored = pages.map((page) => {
    const stemmer = new Stemmer(page.language);
    const heads = page.blocks.filter(({ kind }) => kind === 'heading').map(({ text }) => text);
    const said = new Set([page.title, ...heads, slugOf(page.url)].flatMap((text) => stemmer.stems(text)));
    const share = (text: string) => {
      const stems = [...new Set(stemmer.stems(text))];
      return stems.length === 0 ? 0 : stems.filter((stem) => said.has(stem)).length / stems.length;
    };
    const inKeywords = topic.keywords.slice(0, 20).map((at) => share(keywords[at]!.keyword));
    const mean = inKeywords.reduce((sum, one) => sum + one, 0) / Math.max(1, inKeywords.length);
    return { page, name: share(topic.name), score: share(topic.name) + mean };
  });
  return scored
    .filter(({ name }) => name >= SAID)
    .sort((left, right) => right.score - left.score)
    .map(({ page }) => page);
}

const slugOf = (url: string | null): string =>
  url === null ? '' : wordsOf(url.replace(/^[a-z]+:\/\/[^/]+/i, '')).join(' ');

/** The same page, however its address is written: scheme, "www.", a slash or a file name at the end, tracking parameters. */
export function isSameAddress(left: string | null, right: string): boolean {
  if (left === null) return false;
  const [one, other] = [plainAddress(left), plainAddress(right)];
  if (one === other) return true;
  // One of them may begin with its path.
  const path = (address: string) => address.replace(/^[^/]*/, '');
  return (one.startsWith('/') || other.startsWith('/')) && path(one) === path(other) && path(one) !== '';
}

function plainAddress(address: string): string {
  return address
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/^www\./i, '')
    .replace(/#.*$/, '')
    .replace(/\?(?:utm_[^&]*&?|gclid=[^&]*&?|fbclid=[^&]*&?)+$/i, '')
    .replace(/\/(?:index\.(?:html?|php))?$/i, '')
    .toLowerCase();
}
