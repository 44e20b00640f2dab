import { CSV_SPELLINGS, createRandom, type GeneratedClient } from '../generate/index.ts';
import { type Curve, floorOf, judge, rateAt } from '../search-console/model.ts';
import type { QueryTruth } from '../search-console/truth.ts';
import type { Business } from './business.ts';
import { mehlwindDe } from './business-de.ts';
import { mehlwindEn } from './business-en.ts';
import { dates, keywordPlanner, queryCountries, queryPages } from './exports.ts';
import { planRows, type Row } from './plan.ts';
import { rankingFile, rankings } from './rivals.ts';
import type { BakeryTruth } from './truth.ts';

export type { BakeryTruth } from './truth.ts';

export interface BakeryOptions {
  readonly seed: number;
  readonly language: 'de' | 'en';
  /** Distinct queries of one period, 3,000 to 40,000. Default 12,000. */
  readonly rows?: number;
}
export type BakeryFile = 'current' | 'previous' | 'countries' | 'dates' | 'planner' | 'tracker' | 'rivals';
export interface Bakery extends GeneratedClient<BakeryTruth> {
  readonly files: Readonly<Record<BakeryFile, GeneratedClient<BakeryTruth>['files'][string]>>;
}

/** A bakery chain, German or English, with seven exports and the truth that was planted in them. */
export function generateBakery({ seed, language, rows = 12_000 }: BakeryOptions): Bakery {
  if (rows < 3_000 || rows > 40_000) throw new RangeError(`rows must be 3000 to 40000, got ${rows}`);
  const business = language === 'de' ? mehlwindDe : mehlwindEn;
  const shape = createRandom(seed, `bakery ${language} curve`);
  const curve: Curve = {
    scale: shape.between(0.26, 0.34),
    decay: shape.between(1, 1.2),
    secondPageDrop: shape.between(0.15, 0.4),
  };
  const planned = planRows(business, { seed, rows, curve });
  const shift = { date: `2026-08-${shape.whole(10, 24)}`, factor: shape.between(0.62, 0.78) };
  const { own, theirs, gaps, borderline } = rankings(business, planned, seed);
  const german = language === 'de';
  return {
    name: 'bakery',
    businessContext: business.context,
    files: {
      current: queryPages(business, planned, {
        name: german ? 'Suchanfragen-Seiten.csv' : 'QueryPages.csv',
        period: 'now',
        spelling: CSV_SPELLINGS.web,
      }),
      previous: queryPages(business, planned, {
        name: german ? 'Suchanfragen-Seiten-zuvor.csv' : 'QueryPages-before.csv',
        period: 'before',
        spelling: CSV_SPELLINGS['excel-semicolon'],
      }),
      countries: queryCountries(business, planned, seed),
      dates: dates(business, { seed, shift }),
      planner: keywordPlanner(business, planned, seed),
      tracker: rankingFile(business, own, 'mehlwind-rankings.csv'),
      rivals: rankingFile(business, theirs, 'rivals-rankings.csv'),
    },
    truth: truthOf(business, { planned, seed, curve, shift, gaps, borderlineGaps: borderline }),
  };
}

function truthOf(
  business: Business,
  by: {
    planned: readonly Row[];
    seed: number;
    curve: Curve;
    shift: BakeryTruth['levelShift'];
    gaps: readonly string[];
    borderlineGaps: readonly string[];
  },
): BakeryTruth {
  const { planned, seed, curve, shift, gaps, borderlineGaps } = by;
  const floor = floorOf(planned.reduce((sum, { clicks }) => sum + clicks, 0));
  const judged = planned.map(
    (row): QueryTruth => ({
      query: row.query,
      clicks: row.clicks,
      impressions: row.impressions,
      position: row.position,
      branded: row.branded,
      offTopic: false,
      sharesContextWord: true,
      pages: row.pages,
      ...judge(
        { ...row, secondShare: row.pages[1]?.share ?? 0 },
        { curve, floor, branded: row.branded, withPages: true },
      ),
    }),
  );
  const most = (a: QueryTruth, b: QueryTruth): number => b.extraClicks - a.extraClicks;
  const cannibalised = judged.filter(({ verdicts }) => verdicts.cannibalised === 'opportunity');
  const changes = planned.map((row) => ({ row, verdict: changeVerdict(row, floor) }));
  const pair = (pages: QueryTruth['pages']): string =>
    pages
      .slice(0, 2)
      .map(({ page }) => page)
      .sort()
      .join(' ');
  const pairs = new Map<string, number>();
  for (const { pages } of cannibalised) pairs.set(pair(pages), (pairs.get(pair(pages)) ?? 0) + 1);
  const abroad = planned
    .filter(({ abroad }) => abroad)
    .filter((row) => {
      const home = row.position - row.abroad!.share * row.abroad!.behind;
      return (
        row.impressions * row.abroad!.share * (rateAt(curve, home) - rateAt(curve, home + row.abroad!.behind)) >=
        2 * floor
      );
    });
  return {
    seed,
    language: business.language,
    site: business.site,
    floorClicks: floor,
    opportunities: judged.filter(({ verdict }) => verdict === 'opportunity').sort(most),
    borderline: judged.filter(({ verdict }) => verdict === 'borderline').sort(most),
    branded: judged.filter(({ branded }) => branded).map(({ query }) => query),
    cannibalised: cannibalised.map(({ query, pages }) => ({ query, pages: pages.map(({ page }) => page) })),
    pagePairs: [...pairs].filter(([, queries]) => queries >= 3).map(([key]) => key.split(' ') as [string, string]),
    changes: changes
      .filter(({ row, verdict }) => row.cause && verdict === 'changed')
      .map(({ row }) => ({
        query: row.query,
        cause: row.cause!,
        direction: row.clicks < row.before.clicks ? 'lost' : 'gained',
      })),
    borderlineChanges: changes
      .filter(({ row, verdict }) => verdict === 'borderline' || (verdict === 'changed' && !row.cause))
      .map(({ row }) => row.query),
    seasonal: business.seasonal.map(([query, months]) => ({ query, months })),
    topics: business.topics.map(({ id, pillar }) => ({
      id,
      pillar: business.site + pillar.page,
      queries: planned.filter(({ topic }) => topic === id).map(({ query }) => query),
    })),
    gaps,
    borderlineGaps,
    weakerAbroad: abroad.map(({ query }) => ({ query, country: business.countries[1]! })),
    levelShift: shift,
  };
}

/** As README.md says under "Changes". */
function changeVerdict({ clicks, before, branded }: Row, floor: number): 'changed' | 'borderline' | 'no' {
  if (branded) return 'borderline';
  const change = Math.abs(clicks - before.clicks);
  const deviations = change / Math.sqrt(Math.max(1, clicks + before.clicks));
  const relative = change / Math.max(1, clicks, before.clicks);
  if (change <= floor / 2 || deviations <= 2 || relative <= 0.15) return 'no';
  return change >= 2 * floor && deviations >= 3.5 && relative >= 0.3 ? 'changed' : 'borderline';
}
