import { hostOf, type RankedKeyword, type RankingExport } from '../search-exports/index.ts';
import { wordsOf } from '../text/languages.ts';
import type { Stemmer } from '../text/stems.ts';
import type { BusinessContext } from './business-context.ts';
import type { ClickCurve } from './click-curve.ts';
import { contextMatcher } from './fit.ts';
import { estimateAt, TARGET_POSITION } from './opportunities.ts';
import type { Estimate, Fit, Query } from './types.ts';

/** A keyword that rivals are found for and the site is not. */
export interface Gap {
  readonly keyword: string;
  /** Searches a month; null where the table has none. */
  readonly volume: number | null;
  /** Best position of each rival on the first page, best first. */
  readonly rivals: ReadonlyArray<{ readonly domain: string; readonly position: number; readonly line: number }>;
  /** The site's own best position beyond the second page; null: nowhere. */
  readonly ownPosition: number | null;
  readonly fit: Extract<Fit, 'on_topic' | 'unknown'>;
  /** Clicks a month at position 3; null without a volume. */
  readonly monthlyClicks: Estimate | null;
}

/** The first page, by rivals that agree; beyond the second page a site is not found. */
const RIVALS_TO = 10;
const RIVALS_AT_LEAST = 2;
const OWN_FROM = 20.5;
/** As for queries: share of a keyword's meaning that must be known to belong to the business. */
const KNOWN_SHARE = 0.4;
/** Share of a folder's keywords on topic for it to carry the others, or to speak against them, and how many it must have. */
const FOLDER = { carries: 0.5, speaksAgainst: 0.25, keywords: 5 } as const;

export interface GapOptions {
  readonly queries: readonly Query[];
  readonly tracker: RankingExport | undefined;
  readonly context: BusinessContext;
  readonly stemmer: Stemmer;
  readonly brandWords: readonly string[];
  readonly competitors: readonly string[];
  readonly curve: ClickCurve;
}

/**
 * Compares rivals' rankings with the site's own, of Search Console and of the tracker. Another order or form of the same
 * words counts as the same keyword. Names of rivals are left out; what cannot be told to fit is kept as unknown.
 */
export function findGaps(rivals: RankingExport, options: GapOptions): Gap[] {
  const { stemmer, curve } = options;
  const keyOf = (text: string) => [...new Set(stemmer.stems(text))].sort().join(' ');
  const ownHosts = new Set(
    options.queries.slice(0, 2_000).flatMap(({ pages }) => pages.map(({ page }) => hostOf(page))),
  );
  const own = ownPositions(options, keyOf, ownHosts);
  const isRivalName = nameMatcher(rivals.domains, options);
  const onTopic = fitOf(rivals.keywords, options);
  const byKeyword = new Map<string, RankedKeyword[]>();
  for (const one of rivals.keywords) {
    if (ownHosts.has(one.domain)) continue;
    const list = byKeyword.get(one.keyword);
    if (list) list.push(one);
    else byKeyword.set(one.keyword, [one]);
  }
  const gaps: Gap[] = [];
  for (const [keyword, rows] of byKeyword) {
    const best = bestByDomain(rows);
    if (best.length < RIVALS_AT_LEAST) continue;
    // The keyword's own figures where there are any; another form of its words speaks only where there are none.
    const ownPosition = own.get(exactly(keyword)) ?? own.get(keyOf(keyword)) ?? null;
    if ((ownPosition !== null && ownPosition < OWN_FROM) || isRivalName(keyword)) continue;
    const volume = rows.reduce<number | null>(
      (most, row) => (row.volume === null ? most : Math.max(most ?? 0, row.volume)),
      null,
    );
    gaps.push({
      keyword,
      volume,
      rivals: best,
      ownPosition,
      fit: onTopic(rows) ? 'on_topic' : 'unknown',
      monthlyClicks:
        volume === null ? null : estimateAt({ impressions: volume, clicks: 0 }, { curve, at: TARGET_POSITION }),
    });
  }
  const worth = (gap: Gap) => (gap.monthlyClicks?.mid ?? 0) * (gap.fit === 'on_topic' ? 1 : 0.75);
  return gaps.sort((a, b) => worth(b) - worth(a) || (a.keyword < b.keyword ? -1 : 1));
}

/** No stem begins so. */
const exactly = (keyword: string): string => `=${keyword.toLowerCase().trim()}`;

function ownPositions(
  { queries, tracker }: GapOptions,
  keyOf: (text: string) => string,
  ownHosts: Set<string>,
): Map<string, number> {
  const own = new Map<string, number>();
  const note = (text: string, position: number) => {
    for (const key of [exactly(text), keyOf(text)]) {
      own.set(key, Math.min(own.get(key) ?? Number.POSITIVE_INFINITY, position));
    }
  };
  for (const { query, position, impressions } of queries) if (impressions > 0) note(query, position);
  const trackerIsOwn = tracker !== undefined && !tracker.domains.some((domain) => ownHosts.has(domain));
  for (const one of tracker?.keywords ?? []) {
    if (one.position !== null && (trackerIsOwn || ownHosts.has(one.domain))) note(one.keyword, one.position);
  }
  return own;
}

function bestByDomain(rows: readonly RankedKeyword[]): Gap['rivals'] {
  const best = new Map<string, { domain: string; position: number; line: number }>();
  for (const { domain, position, line } of rows) {
    if (position === null || position > RIVALS_TO) continue;
    const known = best.get(domain);
    if (!known || position < known.position) best.set(domain, { domain, position, line });
  }
  return [...best.values()].sort(
    (left, right) => left.position - right.position || (left.domain < right.domain ? -1 : 1),
  );
}

/** The rivals' own names, as words of their domains that the business does not use itself, or as given. */
function nameMatcher(
  domains: readonly string[],
  { context, stemmer, competitors }: GapOptions,
): (keyword: string) => boolean {
  const labels = [...domains, ...competitors.map((name) => hostOf(name))].map((host) => host.split('.')[0] ?? '');
  const joined = new Set(
    labels.map((label) => label.replaceAll(/[^a-z0-9]/g, '')).filter((label) => label.length >= 5),
  );
  const words = new Set(
    labels
      .flatMap((label) => wordsOf(label))
      .filter((word) => word.length >= 5 && !context.stems.has(stemmer.stem(word))),
  );
  return (keyword) => {
    const own = wordsOf(keyword);
    if (own.some((word) => words.has(word) || joined.has(word))) return true;
    // "crust and co" for crustandco.example: the first words together.
    for (let count = 2; count <= Math.min(4, own.length); count++) {
      if (joined.has(own.slice(0, count).join(''))) return true;
    }
    return false;
  };
}

/** Words of the context or of the site's own queries carry a keyword; a rival's folder full of such keywords carries the rest. */
function fitOf(keywords: readonly RankedKeyword[], options: GapOptions): (rows: readonly RankedKeyword[]) => boolean {
  const { context, stemmer, queries, brandWords } = options;
  const counts = new Map<string, number>();
  for (const { query } of queries)
    for (const stem of new Set(stemmer.stems(query))) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const isContext = contextMatcher(context, brandWords);
  const known = new Map<string, boolean>();
  const isKnown = (stem: string) => {
    let answer = known.get(stem);
    if (answer === undefined) {
      answer = isContext(stem) || (counts.get(stem) ?? 0) >= 3;
      known.set(stem, answer);
    }
    return answer;
  };
  const rarity = (stem: string) => Math.log(1 + queries.length / (counts.get(stem) ?? 1));
  const byWords = new Map<string, boolean>();
  const fitsByWords = (keyword: string) => {
    let answer = byWords.get(keyword);
    if (answer === undefined) {
      const stems = [...new Set(stemmer.stems(keyword))];
      const all = stems.reduce((sum, stem) => sum + rarity(stem), 0);
      const own = stems.filter(isKnown).reduce((sum, stem) => sum + rarity(stem), 0);
      answer = all > 0 && own / all >= KNOWN_SHARE;
      byWords.set(keyword, answer);
    }
    return answer;
  };
  const folders = new Map<string, { all: number; fitting: number }>();
  for (const { url, keyword } of keywords) {
    const folder = folderOf(url);
    if (folder === undefined) continue;
    const count = folders.get(folder) ?? { all: 0, fitting: 0 };
    folders.set(folder, { all: count.all + 1, fitting: count.fitting + (fitsByWords(keyword) ? 1 : 0) });
  }
  const shareOf = (url: string | null) => {
    const count = folders.get(folderOf(url) ?? '');
    return count !== undefined && count.all >= FOLDER.keywords ? count.fitting / count.all : undefined;
  };
  return (rows) => {
    const shares = rows.flatMap(({ url }) => shareOf(url) ?? []);
    if (shares.some((share) => share >= FOLDER.carries)) return true;
    // One word in common says little where everything around it is about something else.
    return (
      fitsByWords(rows[0]!.keyword) && !(shares.length > 0 && shares.every((share) => share <= FOLDER.speaksAgainst))
    );
  };
}

/** Host and first part of the path: "rival.example/recipes". Undefined for a page at the top. */
function folderOf(url: string | null): string | undefined {
  const found = url === null ? null : /^[a-z]+:\/\/([^/]+)\/([^/?#]+)\//i.exec(url);
  return found ? `${found[1]}/${found[2]}` : undefined;
}
