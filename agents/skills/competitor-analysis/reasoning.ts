import { lineList, number, percent } from '../search-analysis/spelling.ts';
import { inert } from '../text/inert.ts';
import type { Analysis } from './analyse.ts';
import { ASSUMPTION, STANDINGS, sayDifference } from './spell.ts';
import type { MarketTopic } from './types.ts';

const LISTED = 12;
const KEYWORDS = 4;

/** Why these findings, as Markdown, from computed figures alone; every claim names rows of the files or lines of a page. */
export function explain(analysis: Analysis, notes: readonly string[]): string {
  const parts = [
    dataPart(analysis),
    voicePart(analysis),
    topicPart(analysis, 'What only competitors are found for', analysis.gaps),
    topicPart(
      analysis,
      'Where both are found',
      analysis.shared.filter(({ standing }) => standing === 'behind' || standing === 'even'),
    ),
    strengthPart(analysis),
    pagePart(analysis),
    notes.length === 0
      ? []
      : ['## What is missing or assumed', '', ...notes.map((note) => `- ${inert(note, { mostChars: 1_000 })}`)],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function dataPart({ rankings, market, topics }: Analysis): string[] {
  const { own, tracker, rivals, domains } = rankings;
  const measured = market.keywords.filter(({ isMeasured }) => isMeasured).length;
  const files = [
    own ? `${inert(own.name)} (${number(own.queries.length)} queries of the client)` : '',
    tracker
      ? `${tracker.files.map((file) => inert(file)).join(' and ')} (${number(tracker.keywords.length)} rows)`
      : '',
    `${rivals.files.map((file) => inert(file)).join(' and ')} (${number(rivals.keywords.length)} rows)`,
  ].filter(Boolean);
  return [
    '## Data',
    '',
    `${files.join(', ')}. Compared are ${domains.map((domain) => inert(domain)).join(', ')}: ${number(measured)} keywords that a table measures, ${number(topics.length)} topics. ${number(market.rivalNamed)} keywords that name a competitor and ${number(market.ownNamed)} that name the client are left out.`,
  ];
}

function voicePart({ voices, curve }: Analysis): string[] {
  const rates = [1, 2, 3, 5, 10, 20].map((position) => `${position}: ${percent(curve.rate(position))}`);
  return [
    '## Share of voice',
    '',
    `Searches a month times the click rate at the position, added up over the measured keywords, as a share of all compared sites. Click rates by position: ${rates.join(', ')} (${percent(curve.fromData)} of their height from the client’s own queries, the rest a published average; taken to hold for every site).`,
    '',
    '| site | share | keywords within 30 | average place |',
    '|---|---|---|---|',
    ...voices.map(
      ({ domain, isOwn, share, found, average }) =>
        `| ${inert(domain)}${isOwn ? ' (client)' : ''} | ${percent(share)} | ${number(found)} | ${average ?? '-'} |`,
    ),
  ];
}

function topicPart({ market, rankings }: Analysis, title: string, topics: readonly MarketTopic[]): string[] {
  if (topics.length === 0) return [];
  // Which file is plain where there is but one.
  const fileOf = ({ file }: { readonly file: string }) =>
    rankings.rivals.files.length > 1 ? ` of ${inert(file)}` : '';
  const lines = topics.slice(0, LISTED).map((topic, at) => {
    const { name, worth, fit, voices, missing, behind, volume, standing } = topic;
    const worst = [...missing, ...behind].slice(0, KEYWORDS).map((one) => {
      const { keyword, own, rivals } = market.keywords[one]!;
      const [first] = [...rivals].sort((left, right) => left[1].position - right[1].position);
      const [domain, best] = first!;
      return `${inert(keyword)} (${inert(domain)} at ${best.position}, client ${own ? `at ${own.position}` : 'nowhere'}; ${lineList(best.lines)}${fileOf(best)})`;
    });
    const share = voices.find(({ isOwn }) => isOwn)?.share ?? 0;
    const clicks = worth
      ? `: about ${number(worth.mid)} clicks a month (${number(worth.low)} to ${number(worth.high)}), ${number(volume ?? 0)} searches`
      : '';
    return `${at + 1}. **${inert(name)}**${standing === 'gap' ? '' : ` (${STANDINGS[standing]})`}${clicks}; the client’s share of voice ${percent(share)}. ${worst.join(', ')}${missing.length + behind.length > KEYWORDS ? ` and ${missing.length + behind.length - KEYWORDS} more` : ''}.${fit === 'unknown' ? ' Whether it fits the business cannot be told.' : ''}`;
  });
  const more = topics.length > LISTED ? ['', `${topics.length - LISTED} more stand in the outputs.`] : [];
  return [`## ${title}`, '', `Clicks: ${ASSUMPTION}.`, '', ...lines, ...more];
}

function strengthPart({ strengths, market }: Analysis): string[] {
  if (strengths.length === 0) return [];
  const lines = strengths.slice(0, LISTED).map(({ name, standing, keywords, voices }) => {
    const first = market.keywords[keywords[0]!]!;
    const share = voices.find(({ isOwn }) => isOwn)?.share;
    return `- **${inert(name)}**: ${STANDINGS[standing]}; ${keywords.length} keywords, first ${inert(first.keyword)} at ${first.own?.position ?? '-'}${first.own ? ` (${lineList(first.own.lines)})` : ''}${share === undefined ? '' : `, share of voice ${percent(share)}`}.`;
  });
  return ['## Strengths', '', ...lines];
}

function pagePart({ winning }: Analysis): string[] {
  if (winning.length === 0) return [];
  const shown = (text: string) => inert(text, { mostChars: 80 });
  const lines = winning.slice(0, LISTED).map(({ topic, page, own, differences, inFavour, places }) => {
    const best = places[0];
    const at = best
      ? ` (${inert(best.keyword)} at ${best.position}, ${lineList(best.lines)} of ${inert(best.file)})`
      : '';
    const name = inert(page.url ?? page.name);
    if (own === null)
      return `- **${inert(topic)}**: ${name}${at}; ${page.words} words. No page of the client on it was given.`;
    const told = differences.map((one) => {
      const place = one.place?.line ? ` (line ${one.place.line})` : '';
      return `${sayDifference(one, shown)}${place}`;
    });
    const other = inFavour.map((one) => sayDifference(one, shown));
    return `- **${inert(topic)}**: ${name}${at} against ${inert(own.page.url ?? own.page.name)}: ${told.length > 0 ? told.join('; ') : 'nothing that was read sets them apart'}.${other.length > 0 ? ` The client’s page: ${other.join('; ')}.` : ''}`;
  });
  return [
    '## Pages that win, and what sets them apart',
    '',
    'Differences between pages, not causes: that a page has a table and stands higher does not say that the table lifts it.',
    '',
    ...lines,
  ];
}
