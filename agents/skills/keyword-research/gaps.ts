import type { BusinessContext } from '../search-analysis/business-context.ts';
import type { ClickCurve } from '../search-analysis/click-curve.ts';
import { estimateAt, TARGET_POSITION } from '../search-analysis/estimate.ts';
import { rivalFit, rivalNames } from '../search-analysis/rival-keywords.ts';
import type { Estimate, Fit, Query } from '../search-analysis/types.ts';
import { hostOf, type RankedKeyword, type RankingExport } from '../search-exports/index.ts';
import type { Stemmer } from '../text/stems.ts';

/** A keyword that rivals are found for and the site is not. */
export interface Gap {
  readonly keyword: string;
  /** Searches a month; null where the table has none. */
  readonly volume: number | null;
  /** Best position of each rival on the first page, best first. */
  readonly rivals: ReadonlyArray<Pick<RankedKeyword, 'domain' | 'line' | 'file'> & { readonly position: number }>;
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
  const isRivalName = rivalNames(rivals.domains, options);
  const onTopic = rivalFit(rivals.keywords, options);
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
  const best = new Map<string, Gap['rivals'][number]>();
  for (const { domain, position, line, file } of rows) {
    if (position === null || position > RIVALS_TO) continue;
    const known = best.get(domain);
    if (!known || position < known.position) best.set(domain, { domain, position, line, file });
  }
  return [...best.values()].sort(
    (left, right) => left.position - right.position || (left.domain < right.domain ? -1 : 1),
  );
}
