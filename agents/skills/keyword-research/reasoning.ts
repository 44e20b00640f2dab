import { TARGET_POSITION } from '../search-analysis/estimate.ts';
import { inline, lineList, number, percent } from '../search-analysis/spelling.ts';
import type { OpportunityKind } from '../search-analysis/types.ts';
import type { Analysis } from './analyse.ts';
import type { Ranked } from './ranking.ts';
import { explainWider } from './wider-reasoning.ts';

const NAMES: Readonly<Record<OpportunityKind, string>> = {
  striking_distance: 'striking distance',
  under_clicked: 'clicked less than its position explains',
  cannibalised: 'several own pages compete',
};
const LISTED = 15;

/** Why these keywords, as Markdown, from computed figures alone; every claim names its lines in the export. */
export function explain(
  analysis: Analysis,
  { ranked, notes }: { ranked: readonly Ranked[]; notes: readonly string[] },
): string {
  const parts = [
    dataPart(analysis),
    curvePart(analysis),
    findingsPart(analysis, ranked),
    ...explainWider(analysis),
    brandPart(analysis),
    fitPart(analysis, ranked),
  ];
  const limits = ['## What is missing or assumed', '', ...notes.map((note) => `- ${inline(note)}`)];
  return [...parts, limits].map((lines) => lines.join('\n')).join('\n\n');
}

function dataPart({ table, floorClicks }: Analysis): string[] {
  const clicks = total(table.queries.map((query) => query.clicks));
  const impressions = total(table.queries.map((query) => query.impressions));
  return [
    '## Data',
    '',
    `${inline(table.name)}: ${number(table.rows)} rows, ${number(table.queries.length)} queries, ${number(clicks)} clicks, ${number(impressions)} impressions. A finding must be worth at least ${number(floorClicks)} extra clicks in the period.`,
  ];
}

function curvePart({ curve }: Analysis): string[] {
  const rates = [1, 2, 3, 5, 8, 10, 15, 20].map((position) => `${position}: ${percent(curve.rate(position))}`);
  return [
    '## Expected click-through',
    '',
    `From ${number(curve.queries)} unbranded queries with ${number(curve.clicks)} clicks of this export (robust fit; ${percent(curve.fromData)} of its height is the data's, the rest a published average). By position: ${rates.join(', ')}. Queries differ from it by a factor of about ${Math.exp(curve.spread).toFixed(2)}.`,
  ];
}

function findingsPart({ table }: Analysis, ranked: readonly Ranked[]): string[] {
  if (ranked.length === 0) return ['## Findings', '', 'None: no unbranded query has enough to gain.'];
  const lines = ranked.slice(0, LISTED).map(({ finding, fit }, at) => {
    const query = table.queries[finding.index]!;
    const { low, mid, high } = finding.extraClicks;
    const mark =
      fit === 'on_topic'
        ? ''
        : fit === 'foreign'
          ? ' Foreign to the business, as far as can be told.'
          : ' Fit to the business unknown.';
    return `${at + 1}. **${inline(query.query)}** (${finding.kinds.map((kind) => NAMES[kind]).join('; ')}; ${lineList(query.lines)}): about ${number(mid)} extra clicks (${number(low)} to ${number(high)}). ${inline(finding.why.join(' '))}${mark}`;
  });
  const more = ranked.length > LISTED ? ['', `${ranked.length - LISTED} more stand in keyword_opportunities.`] : [];
  return [
    '## Findings',
    '',
    `Extra clicks are those at position ${TARGET_POSITION} (or at the present position, where the query is clicked too little), impressions unchanged; the range holds four of five cases.`,
    '',
    ...lines,
    ...more,
  ];
}

function brandPart({ table, brand }: Analysis): string[] {
  const branded = table.queries.filter((_, index) => brand.branded[index]);
  if (branded.length === 0) return ['## Brand', '', 'No query was recognised as a search for the business itself.'];
  const top = [...branded].sort((left, right) => right.clicks - left.clicks).slice(0, 8);
  const namesakes = brand.namesakes.slice(0, 8).map((index) => `"${inline(table.queries[index]!.query)}"`);
  return [
    '## Brand',
    '',
    `${number(branded.length)} queries with ${number(total(branded.map(({ clicks }) => clicks)))} clicks search for the business itself (${brand.words.join(', ')}) and are neither findings nor part of the curve: ${top.map((query) => `"${inline(query.query)}" (${lineList(query.lines)})`).join(', ')}.`,
    ...(namesakes.length > 0 ? ['', `The name in another sense, by their clicks: ${namesakes.join(', ')}.`] : []),
  ];
}

function fitPart({ fit }: Analysis, ranked: readonly Ranked[]): string[] {
  const count = (wanted: string) => ranked.filter((one) => one.fit === wanted).length;
  return [
    '## Fit to the business',
    '',
    `Of ${ranked.length} findings ${count('on_topic')} are on topic, ${count('unknown')} unknown, ${count('foreign')} foreign (at the end of the ranking). Of all queries ${number(fit.fits.filter((one) => one === 'foreign').length)} are foreign.`,
  ];
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
