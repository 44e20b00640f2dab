import type { Json } from '../handler.ts';
import type { Analysis } from './analyse.ts';
import { listedChange } from './changes.ts';

/** Items of each list; what is cut stands in the notes. */
const MOST_LISTED = 500;
const MOST_QUERIES = 20;

/**
 * The outputs beside the founding three, by name. A list is left out when the export that it needs was not given, and all
 * that a definition does not declare are left out by the handler.
 */
export function widerOutputs(analysis: Analysis): Readonly<Record<string, Json>> {
  const { table, topics, conflicts, changes, seasons, countries, days, gaps } = analysis;
  const text = (index: number) => table.queries[index]!.query;
  return {
    ...(table.hasPages
      ? {
          topics: topics.slice(0, MOST_LISTED).map((topic) => ({
            topic: topic.name,
            pillar: topic.pillar,
            pages: topic.pages,
            queries: topic.queries.slice(0, MOST_QUERIES).map(text),
            query_count: topic.queries.length,
            impressions: topic.impressions,
            clicks: topic.clicks,
          })),
          page_conflicts: conflicts.slice(0, MOST_LISTED).map((conflict) => ({
            pages: conflict.pages,
            queries: conflict.queries.map(text),
            impressions: conflict.impressions,
            second_share: share(conflict.secondShare),
            extra_clicks: { ...conflict.extraClicks },
            assumption:
              'one page keeps the queries and reaches position 3, impressions unchanged; ends of the 80 % intervals added up',
            rows: conflict.queries.flatMap((index) => table.queries[index]!.lines),
          })),
        }
      : {}),
    ...(changes ? { changes: changes.slice(0, MOST_LISTED).map(listedChange) } : {}),
    ...(seasons
      ? {
          seasons: seasons.slice(0, MOST_LISTED).map((season) => ({
            keyword: season.keyword,
            peak_months: season.peakMonths,
            factor: season.factor,
            years: season.years,
            monthly_searches: season.volume,
            row: season.line,
          })),
        }
      : {}),
    ...(gaps
      ? {
          content_gaps: gaps.slice(0, MOST_LISTED).map((gap) => ({
            keyword: gap.keyword,
            monthly_searches: gap.volume,
            rivals: gap.rivals.map(({ domain, position, file }) => ({ domain, position, ...(file ? { file } : {}) })),
            own_position: gap.ownPosition,
            fit: gap.fit,
            monthly_clicks: gap.monthlyClicks ? { ...gap.monthlyClicks } : null,
            assumption:
              'a page reaches position 3 and is clicked as the site is there; searches are taken as impressions, as the table gives them',
            rows: gap.rivals.map(({ line }) => line),
          })),
        }
      : {}),
    ...(countries
      ? {
          countries: countries.weaker.slice(0, MOST_LISTED).map((one) => ({
            query: one.query,
            country: one.country,
            position: one.position,
            home_position: one.homePosition,
            impressions: one.impressions,
            clicks: one.clicks,
            extra_clicks: { ...one.extraClicks },
            assumption: `the position of ${countries.totals[0]!.country} is reached, impressions unchanged`,
            rows: one.lines,
          })),
        }
      : {}),
    ...(days
      ? {
          trend: {
            from: days.from,
            to: days.to,
            weekdays: days.weekdays,
            shifts: days.shifts.map(({ date, factor, cause }) => ({ date, factor: { ...factor }, cause })),
            year_on_year: days.yearOnYear ? { ...days.yearOnYear } : null,
          },
        }
      : {}),
  };
}

const share = (value: number): number => Math.round(value * 1000) / 1000;
