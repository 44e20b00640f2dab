import { clicksOf, inline, lineList, number, percent } from '../search-analysis/spelling.ts';
import type { Analysis } from './analyse.ts';
import type { ChangeCause } from './changes.ts';

const LISTED = 10;
const CAUSES: Readonly<Record<ChangeCause, string>> = {
  position: 'position',
  demand: 'demand',
  click_rate: 'rate of clicks at its position',
  new: 'not shown before',
  gone: 'no longer shown',
};
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Sections about what the further exports show; empty ones are left out. */
export function explainWider(analysis: Analysis): string[][] {
  return [
    changePart(analysis),
    trendPart(analysis),
    topicPart(analysis),
    conflictPart(analysis),
    gapPart(analysis),
    seasonPart(analysis),
    countryPart(analysis),
  ].filter((lines) => lines.length > 0);
}

const section = (title: string, lead: string, lines: readonly string[]): string[] => [
  `## ${title}`,
  '',
  lead,
  ...(lines.length > 0 ? ['', ...lines.slice(0, LISTED).map((line, at) => `${at + 1}. ${line}`)] : []),
];

function changePart({ changes }: Analysis): string[] {
  if (!changes) return [];
  const lost = changes.filter(({ direction }) => direction === 'lost').length;
  return section(
    'Against the period before',
    `${lost} queries lost clicks beyond chance and drift, ${changes.length - lost} gained. The cause is what moved most: demand (impressions), position, or the rate of clicks there.`,
    changes.map(({ now, before, cause, clicks }) => {
      const name = inline((now ?? before)!.query);
      const move =
        now && before
          ? `, position ${before.position} to ${now.position}, impressions ${number(before.impressions)} to ${number(now.impressions)}`
          : '';
      return `**${name}** (${now ? lineList(now.lines) : `${lineList(before!.lines)} of the earlier export`}): ${signed(clicks.mid)} clicks (${signed(clicks.low)} to ${signed(clicks.high)}); ${CAUSES[cause]}${move}.`;
    }),
  );
}

function trendPart({ days }: Analysis): string[] {
  if (!days) return [];
  const causes = {
    demand: 'impressions moved with them',
    position: 'the position moved with them',
    click_rate: 'at the same impressions and position',
  };
  const shifts = days.shifts.map(
    ({ date, factor, cause }) =>
      `From ${date} on, clicks stand at ${factor.mid} times what they were (${factor.low} to ${factor.high}), ${causes[cause]}.`,
  );
  const year = days.yearOnYear
    ? ` The last 28 days have ${percent(days.yearOnYear.clicks)} of the clicks and ${percent(days.yearOnYear.impressions)} of the impressions of the same weekdays a year before.`
    : '';
  return section(
    'Day by day',
    `${days.from} to ${days.to}. Weekdays from Monday, against the average day: ${days.weekdays.join(', ')}.${year}${shifts.length === 0 ? ' No step in the level of clicks.' : ''}`,
    shifts,
  );
}

function topicPart({ topics, table }: Analysis): string[] {
  if (topics.length === 0) return [];
  return section(
    'Topics',
    `${topics.length} topics, by what the pages are shown for. The pillar is the page whose queries say the subject and least besides; link the others to it.`,
    topics.map(
      ({ name, pillar, pages, queries, impressions, clicks }) =>
        `**${inline(name)}**: pillar ${inline(pillar)}, ${pages.length} pages, ${number(queries.length)} queries, ${number(impressions)} impressions, ${number(clicks)} clicks (largest: ${lineList(table.queries[queries[0]!]!.lines)}).`,
    ),
  );
}

function conflictPart({ conflicts, table }: Analysis): string[] {
  if (conflicts.length === 0) return [];
  return section(
    'Pages that compete with each other',
    'Choose one page for the queries, and merge, redirect or link the other to it.',
    conflicts.map(
      ({ pages, queries, secondShare, extraClicks }) =>
        `${inline(pages[0])} and ${inline(pages[1])} (${percent(secondShare)} of the shared impressions): ${queries.length} ${queries.length === 1 ? 'query' : 'queries'} (${lineList(queries.flatMap((index) => table.queries[index]!.lines))}), ${clicksOf(extraClicks)}.`,
    ),
  );
}

function gapPart({ gaps }: Analysis): string[] {
  if (!gaps) return [];
  const unknown = gaps.filter(({ fit }) => fit === 'unknown').length;
  return section(
    'What competitors are found for',
    `${gaps.length} keywords with two competitors or more on the first page and the site nowhere, or behind place 20; of ${unknown} it cannot be told whether they fit the business. Clicks a month at position 3, searches taken as impressions.`,
    gaps.map(
      ({ keyword, rivals, ownPosition, monthlyClicks, fit }) =>
        `**${inline(keyword)}** (${placesOf(rivals)}): ${rivals.map(({ domain, position }) => `${inline(domain)} at ${position}`).join(', ')}; own position ${ownPosition ?? 'none'}${monthlyClicks ? `; ${clicksOf(monthlyClicks)} a month` : ''}${fit === 'unknown' ? '. Fit to the business unknown' : ''}.`,
    ),
  );
}

/** Lines of the one table, or of each file. */
function placesOf(rivals: NonNullable<Analysis['gaps']>[number]['rivals']): string {
  const files = new Set(rivals.map(({ file }) => file));
  const parts = [...files].map((file) => {
    const lines = lineList(rivals.filter((one) => one.file === file).map(({ line }) => line));
    return `${lines} of ${file === undefined ? "the competitors' table" : inline(file)}`;
  });
  return parts.join(', ');
}

function seasonPart({ seasons }: Analysis): string[] {
  if (!seasons || seasons.length === 0) return [];
  return section(
    'Seasons',
    'Publish and renew pages two to three months before the peak. A peak of one year only may have been chance.',
    seasons.map(
      ({ keyword, line, peakMonths, factor, years, volume }) =>
        `**${inline(keyword)}** (line ${line} of the planner's table): ${peakMonths.map((month) => MONTHS[month - 1]).join(', ')}, ${factor} times the median month, seen in ${years} ${years === 1 ? 'year' : 'years'}${volume === null ? '' : `, ${number(volume)} searches a month on average`}.`,
    ),
  );
}

function countryPart({ countries }: Analysis): string[] {
  if (!countries) return [];
  const totals = countries.totals
    .slice(0, 6)
    .map(
      ({ country, clicks, impressions, position }) =>
        `${inline(country)} ${number(clicks)} clicks of ${number(impressions)} impressions at ${position}`,
    );
  return section(
    'Countries',
    `${totals.join('; ')}.`,
    countries.weaker.map(
      ({ query, country, lines, position, homePosition, extraClicks }) =>
        `**${inline(query)}** in ${inline(country)} (${lineList(lines)} of the table by country): position ${position}, at home ${homePosition}; ${clicksOf(extraClicks)} at the home position.`,
    ),
  );
}

const signed = (value: number): string => `${value > 0 ? '+' : value < 0 ? '-' : ''}${number(Math.abs(value))}`;
