import type { SearchConsoleExport } from '#platform/formats';
import type { ClickCurve } from '../search-analysis/click-curve.ts';
import { estimateAt } from '../search-analysis/estimate.ts';
import type { Estimate } from '../search-analysis/types.ts';

export interface CountryTotal {
  readonly country: string;
  readonly clicks: number;
  readonly impressions: number;
  /** Average weighted by impressions. */
  readonly position: number;
}

/** A query that stands further down in another country than at home. */
export interface WeakerAbroad {
  readonly query: string;
  readonly country: string;
  readonly lines: readonly number[];
  readonly position: number;
  readonly homePosition: number;
  readonly impressions: number;
  readonly clicks: number;
  readonly extraClicks: Estimate;
}

export interface CountryReport {
  /** Most impressions first; the first is home. */
  readonly totals: readonly CountryTotal[];
  /** Most to gain first; empty when the export has no queries. */
  readonly weaker: readonly WeakerAbroad[];
}

/** Average positions vary by a place or two from country to country by themselves. */
const LEAST_BEHIND = 3;

/**
 * Countries, and where the export has queries those that could be seen abroad as they are at home: the gain is that of the
 * home position on the site's own curve, at the impressions of that country.
 */
export function compareCountries(
  read: SearchConsoleExport,
  by: { readonly curve: ClickCurve; readonly branded: ReadonlySet<string>; readonly floorClicks: number },
): CountryReport {
  const totals = addUp(read.rows, ({ country }) => country ?? '');
  const countries = [...totals]
    .map(([country, one]) => ({ country, ...one, position: one.weighted / Math.max(1, one.impressions) }))
    .sort((left, right) => right.impressions - left.impressions || (left.country < right.country ? -1 : 1))
    .map(
      ({ country, clicks, impressions, position }): CountryTotal => ({
        country,
        clicks,
        impressions,
        position: Math.round(position * 100) / 100,
      }),
    );
  const home = countries[0]?.country;
  if (home === undefined || !read.dimensions.includes('query')) return { totals: countries, weaker: [] };
  const parts = addUp(read.rows, ({ query, country }) => `${country}\n${query}`);
  const weaker: WeakerAbroad[] = [];
  for (const [key, part] of parts) {
    const [country = '', query = ''] = key.split('\n');
    const own = parts.get(`${home}\n${query}`);
    if (country === home || !own || own.impressions === 0 || part.impressions === 0 || by.branded.has(query)) continue;
    const homePosition = own.weighted / own.impressions;
    const position = part.weighted / part.impressions;
    if (position - homePosition < LEAST_BEHIND || homePosition < 1) continue;
    const gain = part.impressions * (by.curve.rate(homePosition) - by.curve.rate(position));
    if (gain < by.floorClicks) continue;
    weaker.push({
      query,
      country,
      lines: part.lines,
      position: Math.round(position * 100) / 100,
      homePosition: Math.round(homePosition * 100) / 100,
      impressions: part.impressions,
      clicks: part.clicks,
      extraClicks: estimateAt(part, { curve: by.curve, at: homePosition }),
    });
  }
  weaker.sort((left, right) => right.extraClicks.mid - left.extraClicks.mid || (left.query < right.query ? -1 : 1));
  return { totals: countries, weaker };
}

interface Sum {
  clicks: number;
  impressions: number;
  weighted: number;
  readonly lines: number[];
}

function addUp(rows: SearchConsoleExport['rows'], keyOf: (row: SearchConsoleExport['rows'][number]) => string) {
  const sums = new Map<string, Sum>();
  for (const row of rows) {
    const key = keyOf(row);
    const sum = sums.get(key) ?? { clicks: 0, impressions: 0, weighted: 0, lines: [] };
    sums.set(key, sum);
    sum.clicks += row.clicks;
    sum.impressions += row.impressions;
    sum.weighted += row.position * row.impressions;
    sum.lines.push(row.line);
  }
  return sums;
}
