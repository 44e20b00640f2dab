import { wordsOf } from '../text/languages.ts';
import { overlap, type Stemmer, trigrams } from '../text/stems.ts';
import type { Query } from './types.ts';

export interface Grouping {
  /** Group of each query, by index; groups are numbered from 0 by impressions, most first. */
  readonly groupOf: readonly number[];
  /** Index of the query with most impressions, by group. */
  readonly leads: readonly number[];
}

/** From this similarity on two wordings are taken for one intent. */
const SAME_INTENT = 0.63;
/** With the same best page less likeness of words is needed: the search engine takes them for one topic. */
const SAME_PAGE_INTENT = 0.33;
/** With another best page more is needed. */
const OTHER_PAGE_INTENT = 0.72;
/** Letters that two stems must have in common at their beginning to be related. */
const PREFIX = 4;
/** A beginning that is in more groups than this is looked up no further: it parts nothing and costs time. */
const MAX_POSTINGS = 100;
/** Of a query's beginnings the rarest are looked up. */
const LOOKED_UP = 3;

interface Candidate {
  readonly lead: number;
  readonly stems: ReadonlySet<string>;
  readonly grams: ReadonlySet<string>;
  readonly page: string | undefined;
}

/**
 * Groups wordings of one intent around leads, most impressions first: equal sets of stems always, else by the likeness of
 * stems (weighted by rarity) and of character trigrams, with less needed where the best page is the same. A query joins
 * one lead and never a chain of likenesses, so that groups do not run together.
 */
export function groupQueries(queries: readonly Query[], stemmer: Stemmer): Grouping {
  const words = queries.map(({ query }) => wordsOf(query));
  const stems = queries.map(({ query }) => new Set(stemmer.stems(query)));
  const rarity = rarityOf(stems);
  const order = queries
    .map((_, index) => index)
    .sort((a, b) => queries[b]!.impressions - queries[a]!.impressions || a - b);
  const groupOf = new Array<number>(queries.length).fill(-1);
  const leads: Candidate[] = [];
  const byKey = new Map<string, number>();
  const byStem = new Map<string, number[]>();
  const byPage = new Map<string, number[]>();
  const file = (index: Map<string, number[]>, key: string, group: number) => {
    const list = index.get(key);
    if (list) list.push(group);
    else index.set(key, [group]);
  };
  for (const index of order) {
    const own = stems[index]!;
    const key = [...own].sort().join(' ');
    let group = byKey.get(key);
    if (group === undefined) {
      const content = words[index]!.filter((word) => !stemmer.isStopWord(word));
      const self: Candidate = {
        lead: index,
        stems: own,
        grams: trigrams(content.length > 0 ? content : words[index]!),
        page: queries[index]!.pages[0]?.page,
      };
      group = nearest(self, { leads, near: candidates(self, { byStem, byPage, rarity }), rarity });
      if (group === undefined) {
        group = leads.push(self) - 1;
        for (const stem of own) file(byStem, stem.slice(0, PREFIX), group);
        if (self.page !== undefined) file(byPage, self.page, group);
      }
      byKey.set(key, group);
    }
    groupOf[index] = group;
  }
  return { groupOf, leads: leads.map(({ lead }) => lead) };
}

/** Inverse document frequency, smoothed. */
function rarityOf(stems: readonly ReadonlySet<string>[]): (stem: string) => number {
  const counts = new Map<string, number>();
  for (const set of stems) for (const stem of set) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const rarities = new Map([...counts].map(([stem, count]) => [stem, Math.log(1 + stems.length / count)]));
  return (stem) => rarities.get(stem) ?? 0;
}

function candidates(
  self: Candidate,
  index: { byStem: Map<string, number[]>; byPage: Map<string, number[]>; rarity: (stem: string) => number },
): Set<number> {
  const found = new Set<number>();
  for (const stem of [...self.stems].sort((a, b) => index.rarity(b) - index.rarity(a)).slice(0, LOOKED_UP)) {
    const list = index.byStem.get(stem.slice(0, PREFIX)) ?? [];
    for (const group of list.length > MAX_POSTINGS ? list.slice(0, MAX_POSTINGS) : list) found.add(group);
  }
  if (self.page !== undefined) for (const group of (index.byPage.get(self.page) ?? []).slice(0, 50)) found.add(group);
  return found;
}

function nearest(
  self: Candidate,
  by: { leads: readonly Candidate[]; near: ReadonlySet<number>; rarity: (stem: string) => number },
): number | undefined {
  let best: { group: number; margin: number } | undefined;
  for (const group of by.near) {
    const other = by.leads[group]!;
    const needed = thresholdFor(self.page, other.page) + (best?.margin ?? 0);
    const byStems = stemLikeness(self.stems, other.stems, by.rarity);
    // Trigrams are the dearer half: not compared where even equal ones would not be enough.
    if ((byStems + 1) / 2 < needed) continue;
    const margin = (byStems + overlap(self.grams, other.grams)) / 2 - thresholdFor(self.page, other.page);
    if (margin >= 0 && margin > (best?.margin ?? -1)) best = { group, margin };
  }
  return best?.group;
}

function thresholdFor(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) return SAME_INTENT;
  return left === right ? SAME_PAGE_INTENT : OTHER_PAGE_INTENT;
}

/** Share of the stems' rarity that the other side has too, 0 to 1. */
function stemLikeness(left: ReadonlySet<string>, right: ReadonlySet<string>, rarity: (stem: string) => number): number {
  return (commonRarity(left, right, rarity) + commonRarity(right, left, rarity)) / 2;
}

function commonRarity(from: ReadonlySet<string>, to: ReadonlySet<string>, rarity: (stem: string) => number): number {
  let [shared, all] = [0, 0];
  for (const stem of from) {
    const weight = rarity(stem);
    all += weight;
    shared += weight * nearestStem(stem, to);
  }
  return all === 0 ? 0 : shared / all;
}

/** 1 for the same stem, else the common beginning's share of the longer one: stemmers leave "plan" and "planner" apart. */
function nearestStem(stem: string, others: ReadonlySet<string>): number {
  if (others.has(stem)) return 1;
  let best = 0;
  for (const other of others) {
    let common = 0;
    while (common < stem.length && stem[common] === other[common]) common++;
    if (common >= PREFIX) best = Math.max(best, common / Math.max(stem.length, other.length));
  }
  return best;
}
