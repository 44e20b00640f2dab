import type { Estimate, Finding, Query } from '../search-analysis/types.ts';

/** Two own pages that share queries, so that neither collects all signals. */
export interface PageConflict {
  /** The page with more impressions over the shared queries first: the one to keep, unless the other serves better. */
  readonly pages: readonly [string, string];
  /** Indexes of the queries that both are shown for, by impressions. */
  readonly queries: readonly number[];
  readonly impressions: number;
  /** Share of the shared impressions that the second page takes, 0 to 1. */
  readonly secondShare: number;
  /** Sum over the queries. Their errors go together (one curve, one merge), so the ends are added up too. */
  readonly extraClicks: Estimate;
}

/** Cannibalised queries by the pair of pages that share them, most to gain first. */
export function findPageConflicts(queries: readonly Query[], findings: readonly Finding[]): PageConflict[] {
  const byPair = new Map<string, { pages: [string, string]; findings: Finding[] }>();
  for (const finding of findings) {
    if (!finding.kinds.includes('cannibalised')) continue;
    const [first, second] = queries[finding.index]!.pages;
    if (!first || !second) continue;
    const pages: [string, string] = first.page < second.page ? [first.page, second.page] : [second.page, first.page];
    const key = pages.join('\n');
    const pair = byPair.get(key) ?? { pages, findings: [] };
    byPair.set(key, pair);
    pair.findings.push(finding);
  }
  return [...byPair.values()]
    .map(({ pages, findings: own }) => conflictOf(queries, pages, own))
    .sort((left, right) => right.extraClicks.mid - left.extraClicks.mid || (left.pages[0] < right.pages[0] ? -1 : 1));
}

function conflictOf(queries: readonly Query[], pages: [string, string], findings: readonly Finding[]): PageConflict {
  const shown = pages.map((page) =>
    sum(findings.map(({ index }) => queries[index]!.pages.find((one) => one.page === page)?.impressions ?? 0)),
  );
  const [first, second] = shown[0]! >= shown[1]! ? [0, 1] : [1, 0];
  const impressions = sum(findings.map(({ index }) => queries[index]!.impressions));
  const part = (end: keyof Estimate) => Math.round(sum(findings.map(({ extraClicks }) => extraClicks[end])) * 10) / 10;
  return {
    pages: [pages[first]!, pages[second]!],
    queries: findings.map(({ index }) => index).sort((a, b) => queries[b]!.impressions - queries[a]!.impressions),
    impressions,
    secondShare: shown[second]! / Math.max(1, shown[0]! + shown[1]!),
    extraClicks: { low: part('low'), mid: part('mid'), high: part('high') },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
