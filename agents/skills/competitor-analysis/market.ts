import type { Pace } from '#platform';
import type { BusinessContext } from '../search-analysis/business-context.ts';
import { rivalFit, rivalNames } from '../search-analysis/rival-keywords.ts';
import type { Query } from '../search-analysis/types.ts';
import { wordsOf } from '../text/languages.ts';
import { foldAccents, type Stemmer } from '../text/stems.ts';
import { isFrontPage } from './market-topics.ts';
import { isWithin, type RankingRows, type Rankings } from './read-material.ts';
import type { MarketKeyword, OwnStanding, RankedRow, Standing } from './types.ts';

/** Own queries that no table of rivals has: the largest, since a long tail says little of competition. */
const MOST_OWN_ONLY = 20_000;
/** Below this many impressions a query that only the client is measured for says nothing. */
const LEAST_IMPRESSIONS = 10;
const FRONT_PAGE_TO = 2.5;

export interface Market {
  readonly keywords: readonly MarketKeyword[];
  /** Keywords left out since they search for a competitor by name, or for the client. */
  readonly rivalNamed: number;
  readonly ownNamed: number;
}

export interface MarketOptions {
  readonly context: BusinessContext;
  readonly stemmer: Stemmer;
  /** Own queries that search for the client itself, and the words that name it. */
  readonly branded: ReadonlySet<string>;
  readonly brandWords: readonly string[];
  readonly pace: Pace;
}

/**
 * Puts all rankings together, one entry a keyword. The client's place comes from Search Console where it has the keyword,
 * else from the tracker or a column of the rivals' table; another form of the same words speaks only where none of them
 * has the keyword itself. Searches for names of competitors or of the client are left out.
 */
export async function layOutMarket(rankings: Rankings, options: MarketOptions): Promise<Market> {
  const { stemmer, context, pace } = options;
  const { rivals, domains, tracker, own } = rankings;
  const isOwn = (domain: string) => rankings.ownHosts.some((host) => isWithin(domain, host));
  const isRivalName = rivalNames(domains, { context, stemmer, competitors: rankings.competitors });
  const byKeyword = new Map<string, RankedRow[]>();
  for (const row of rivals.keywords) {
    if (pace.isDue()) await pace.rest();
    const key = fold(row.keyword);
    const list = byKeyword.get(key);
    if (list) list.push(row);
    else byKeyword.set(key, [row]);
  }
  const trackedRows = ownRows(tracker, (domain) => rankings.ownHosts.length === 0 || domain === '' || isOwn(domain));
  for (const key of trackedRows.keys()) if (!byKeyword.has(key)) byKeyword.set(key, []);
  const places = new OwnPlaces(own?.queries ?? [], { stemmer, trackedRows, file: own?.name ?? '' });
  await pace.rest();
  const fits = rivalFit(
    rivals.keywords.filter(({ domain }) => domains.includes(domain)),
    { context, stemmer, queries: own?.queries ?? [], brandWords: options.brandWords },
  );
  const named = { rival: 0, own: 0 };
  const keywords: MarketKeyword[] = [];
  for (const [key, rows] of byKeyword) {
    if (pace.isDue()) await pace.rest();
    const tracked = trackedRows.get(key);
    const keyword = rows[0]?.keyword ?? tracked!.keyword;
    if (isRivalName(keyword)) named.rival++;
    else if (options.branded.has(key) || isOwnName(keyword, options.brandWords)) named.own++;
    else {
      const volumes = [...rows, ...(tracked ? [tracked] : [])].flatMap(({ volume }) => volume ?? []);
      keywords.push({
        keyword,
        volume: volumes.length > 0 ? Math.max(...volumes) : null,
        own: places.of(
          keyword,
          rows.filter(({ domain }) => domain !== '' && isOwn(domain)),
        ),
        rivals: bestByDomain(rows.filter(({ domain }) => domains.includes(domain))),
        isMeasured: true,
        fit: rows.length === 0 || fits(rows) ? 'on_topic' : 'unknown',
      });
    }
  }
  const isOwnSite = ownSiteNames(rankings.ownHosts);
  for (const query of places.unused().slice(0, MOST_OWN_ONLY)) {
    if (options.branded.has(fold(query.query)) || isRivalName(query.query)) continue;
    if (isOwnSite(query)) {
      named.own++;
      continue;
    }
    keywords.push({
      keyword: query.query,
      volume: null,
      own: places.standing(query),
      rivals: new Map(),
      isMeasured: false,
      fit: 'on_topic',
    });
  }
  return { keywords, rivalNamed: named.rival, ownNamed: named.own };
}

export const fold = (keyword: string): string => keyword.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

function isOwnName(keyword: string, brandWords: readonly string[]): boolean {
  const words = fold(keyword).split(' ');
  return brandWords.some((brand) => words.includes(brand));
}

/**
 * Searches that lead to the client's front page, at the top, with a word of its domain, and for which no competitor is
 * found: what the click rates of a small site cannot tell to be its name.
 */
function ownSiteNames(hosts: readonly string[]): (query: Query) => boolean {
  const labels = hosts.map((host) => (host.split('.').at(-2) ?? host).replaceAll('-', ''));
  return ({ query, position, pages }) => {
    const page = pages[0]?.page;
    if (page === undefined || position > FRONT_PAGE_TO || !isFrontPage(page)) return false;
    return wordsOf(query).some((word) => word.length >= 4 && labels.some((label) => label.includes(foldAccents(word))));
  };
}

function ownRows(tracker: RankingRows | null, isOwn: (domain: string) => boolean): Map<string, RankedRow> {
  const found = new Map<string, RankedRow>();
  for (const row of tracker?.keywords ?? []) {
    if (!isOwn(row.domain)) continue;
    const known = found.get(fold(row.keyword));
    if (!known || (row.position ?? 1_000) < (known.position ?? 1_000)) found.set(fold(row.keyword), row);
  }
  return found;
}

function bestByDomain(rows: readonly RankedRow[]): Map<string, Standing> {
  const best = new Map<string, Standing>();
  for (const { domain, position, url, line, file } of rows) {
    if (position === null) continue;
    const known = best.get(domain);
    if (!known || position < known.position) best.set(domain, { position, url, file, lines: [line] });
  }
  return best;
}

/** The client's places by keyword, and by the set of its stems. */
class OwnPlaces {
  private readonly exact = new Map<string, Query>();
  private readonly byForm = new Map<string, Query>();
  private readonly used = new Set<Query>();

  constructor(
    queries: readonly Query[],
    private readonly by: { stemmer: Stemmer; trackedRows: ReadonlyMap<string, RankedRow>; file: string },
  ) {
    for (const query of queries) {
      if (query.impressions === 0 || query.position < 1) continue;
      this.exact.set(fold(query.query), query);
      const form = this.form(query.query);
      const known = this.byForm.get(form);
      if (!known || query.impressions > known.impressions) this.byForm.set(form, query);
    }
  }

  of(keyword: string, inRivalTable: readonly RankedRow[]): OwnStanding | null {
    const exact = this.exact.get(fold(keyword));
    if (exact) {
      this.used.add(exact);
      return this.standing(exact);
    }
    const tracked = this.by.trackedRows.get(fold(keyword));
    const measured = [...(tracked ? [tracked] : []), ...inRivalTable].filter(({ position }) => position !== null);
    if (measured.length > 0) {
      const [best] = measured.sort((left, right) => left.position! - right.position!);
      return {
        position: best!.position!,
        url: best!.url,
        file: best!.file,
        lines: [best!.line],
        from: best === tracked ? 'rank_tracker' : 'competitor_rankings',
        impressions: null,
        clicks: null,
        as: null,
      };
    }
    const form = this.byForm.get(this.form(keyword));
    if (!form) return null;
    this.used.add(form);
    return this.standing(form, form.query);
  }

  standing({ position, impressions, clicks, pages, lines }: Query, as: string | null = null): OwnStanding {
    const { file } = this.by;
    return { position, impressions, clicks, url: pages[0]?.page ?? null, file, lines, from: 'current_rankings', as };
  }

  /** Queries of the client that no keyword stood for, most impressions first. */
  unused(): Query[] {
    return [...this.exact.values()]
      .filter((query) => !this.used.has(query) && query.impressions >= LEAST_IMPRESSIONS)
      .sort((left, right) => right.impressions - left.impressions || (left.query < right.query ? -1 : 1));
  }

  private form(text: string): string {
    return [...new Set(this.by.stemmer.stems(text))].sort().join(' ');
  }
}
