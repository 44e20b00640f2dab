import type { Json } from '../handler.ts';
import { inert } from '../text/inert.ts';
import type { Analysis } from './analyse.ts';
import type { Difference } from './compare-pages.ts';
import { ASSUMPTION, STANDINGS, sayDifference } from './spell.ts';
import type { MarketKeyword, MarketTopic, Voice } from './types.ts';
import type { WinningPage } from './winning-pages.ts';

/** Items of each list; what is cut stands in the notes. */
export const MOST_LISTED = 300;
const MOST_KEYWORDS = 25;
const MOST_ROWS = 100;

/** All lists of the outcome, by name. */
export function outputLists(analysis: Analysis): Readonly<Record<string, Json>> {
  const { market, gaps, shared, strengths, winning, voices } = analysis;
  const of = (topic: MarketTopic) => topicItem(topic, market.keywords);
  return {
    share_of_voice: voices.map(voiceItem),
    shared_topics: shared.slice(0, MOST_LISTED).map(of),
    content_gaps: gaps.slice(0, MOST_LISTED).map((topic, at) => ({ rank: at + 1, ...of(topic) })),
    strengths: strengths.slice(0, MOST_LISTED).map(of),
    winning_pages: winning.slice(0, MOST_LISTED).map(winningItem),
  };
}

function voiceItem({ domain, isOwn, visibility, share, found, best, average }: Voice): {
  readonly [key: string]: Json;
} {
  return {
    domain,
    own: isOwn,
    share: thousandth(share),
    visibility: Math.round(visibility),
    keywords_found: found,
    best_position: best,
    average_position: average,
  };
}

function topicItem(topic: MarketTopic, keywords: readonly MarketKeyword[]): { readonly [key: string]: Json } {
  const listed = topic.keywords.slice(0, MOST_KEYWORDS).map((at) => keywords[at]!);
  const all = topic.keywords.map((at) => keywords[at]!);
  return {
    topic: topic.name,
    standing: topic.standing,
    keywords: listed.map(({ keyword, volume, own, rivals }) => ({
      keyword,
      monthly_searches: volume,
      own_position: own?.position ?? null,
      rivals: [...rivals]
        .map(([domain, { position }]) => ({ domain, position }))
        .sort((left, right) => left.position - right.position || (left.domain < right.domain ? -1 : 1)),
    })),
    keyword_count: topic.keywords.length,
    positions: topic.voices.map(voiceItem),
    missing_keywords: topic.missing.slice(0, MOST_KEYWORDS).map((at) => keywords[at]!.keyword),
    behind_keywords: topic.behind.slice(0, MOST_KEYWORDS).map((at) => keywords[at]!.keyword),
    monthly_searches: topic.volume,
    extra_clicks: topic.worth ? { ...topic.worth } : null,
    assumption: topic.worth ? ASSUMPTION : null,
    fit: topic.fit,
    rows: rowsOf(all.flatMap(({ rivals }) => [...rivals.values()])),
    own_rows: rowsOf(all.flatMap(({ own }) => own ?? [])),
    why: `${STANDINGS[topic.standing]}: ${countsOf(topic)}`,
  };
}

/** Places by file, so that each can be looked up. */
function rowsOf(standings: ReadonlyArray<{ readonly file: string; readonly lines: readonly number[] }>): Json {
  const byFile = new Map<string, Set<number>>();
  for (const { file, lines } of standings) {
    const known = byFile.get(file) ?? new Set();
    byFile.set(file, known);
    for (const line of lines) if (known.size < MOST_ROWS) known.add(line);
  }
  return [...byFile].map(([file, lines]) => ({ file, lines: [...lines].sort((left, right) => left - right) }));
}

function countsOf({ missing, behind, ahead, standing, keywords }: MarketTopic): string {
  if (standing === 'alone') return `${keywords.length} keywords, no compared site in the tables`;
  return [
    missing.length > 0 ? `${missing.length} keywords without the client` : '',
    behind.length > 0 ? `${behind.length} behind a competitor` : '',
    ahead.length > 0 ? `${ahead.length} ahead of all` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function winningItem({ topic, domain, page, by, places, own, differences, inFavour }: WinningPage): Json {
  return {
    topic,
    domain,
    page: page.url ?? page.name,
    found_by: by,
    places: places.slice(0, MOST_KEYWORDS).map(({ keyword, position }) => ({ keyword, position })),
    own_page: own ? (own.page.url ?? own.page.name) : null,
    own_found_by: own?.by ?? null,
    differences: differences.map(differenceItem),
    in_favour: inFavour.map(differenceItem),
    rows: rowsOf(places),
    why:
      own === null
        ? 'No page of the client on this topic was given: there is nothing to compare it with.'
        : differences.length === 0
          ? 'In what was read of both pages nothing sets them apart.'
          : `Against the client’s page: ${differences.map((one) => sayDifference(one, (text) => inert(text))).join('; ')}.`,
  };
}

function differenceItem(difference: Difference): Json {
  const { kind, winner, own, place, name } = difference;
  return {
    kind,
    ...(name === undefined ? {} : { name }),
    there: winner,
    here: own,
    line: place?.line ?? null,
    text: place?.text ?? null,
  };
}

const thousandth = (value: number): number => Math.round(value * 1_000) / 1_000;
