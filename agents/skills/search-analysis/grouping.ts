import { Pace } from '#platform';
import type { Likeness } from './likeness.ts';
import { ascending } from './statistics.ts';
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
/** A beginning that is in more groups than this is looked up no further: it parts nothing and costs time. */
const MAX_POSTINGS = 100;
/** The same for the groups of a page. */
const MAX_OF_PAGE = 50;
/** Of a query's beginnings the rarest are looked up. */
const LOOKED_UP = 3;
const NO_PAGE = -1;
const MOST_IMPRESSIONS = 2 ** 32;

/**
 * Groups wordings of one intent around leads, most impressions first: equal sets of stems always, else by the likeness of
 * stems (weighted by rarity) and of character trigrams, with less needed where the best page is the same. A query joins
 * one lead and never a chain of likenesses, so that groups do not run together.
 */
export async function groupQueries(
  queries: readonly Query[],
  likeness: Likeness,
  pace = new Pace(),
): Promise<Grouping> {
  const pageOf = numberPages(queries);
  await pace.rest();
  const order = ascending(queries.map(({ impressions }) => MOST_IMPRESSIONS - Math.min(impressions, MOST_IMPRESSIONS)));
  const groupOf = new Array<number>(queries.length).fill(-1);
  const leads: number[] = [];
  const byKey = new Map<string, number>();
  const index = new LeadIndex(queries.length, likeness);
  for (const at of order) {
    if (pace.isDue()) await pace.rest();
    const key = likeness.key(at);
    let group = byKey.get(key);
    if (group === undefined) {
      const page = pageOf[at]!;
      const grams = likeness.grams(at);
      group = index.nearest(at, { page, grams });
      if (group < 0) {
        group = leads.push(at) - 1;
        index.add(at, { page, grams });
      }
      byKey.set(key, group);
    }
    groupOf[at] = group;
  }
  return { groupOf, leads };
}

function numberPages(queries: readonly Query[]): Int32Array {
  const numbers = new Map<string, number>();
  const pageOf = new Int32Array(queries.length).fill(NO_PAGE);
  for (const [index, { pages }] of queries.entries()) {
    const page = pages[0]?.page;
    if (page === undefined) continue;
    const number = numbers.get(page) ?? numbers.size;
    numbers.set(page, number);
    pageOf[index] = number;
  }
  return pageOf;
}

interface Outline {
  readonly page: number;
  readonly grams: Uint32Array;
}

/** The leads by the beginnings of their stems and by page. Fields are not #private: the transpiler makes those slow. */
class LeadIndex {
  private readonly byBeginning: number[][] = [];
  private readonly byPage: number[][] = [];
  private readonly leads: number[] = [];
  private readonly grams: Uint32Array[] = [];
  private readonly pages: Int32Array;
  /** By group, the query that came upon it last, plus one. */
  private readonly seen: Uint32Array;
  private readonly found: Uint32Array;
  private count = 0;

  constructor(
    size: number,
    private readonly likeness: Likeness,
  ) {
    this.pages = new Int32Array(size);
    this.seen = new Uint32Array(size);
    this.found = new Uint32Array(LOOKED_UP * MAX_POSTINGS + MAX_OF_PAGE);
  }

  add(lead: number, { page, grams }: Outline): void {
    const group = this.leads.push(lead) - 1;
    this.grams.push(grams);
    this.pages[group] = page;
    // What is never looked up is not kept.
    for (const stem of this.likeness.stems(lead)) {
      file(this.byBeginning, { key: this.likeness.beginnings[stem]!, group, most: MAX_POSTINGS });
    }
    if (page !== NO_PAGE) file(this.byPage, { key: page, group, most: MAX_OF_PAGE });
  }

  /** The group that is likest above what is needed, or -1. */
  nearest(self: number, { page, grams }: Outline): number {
    this.count = 0;
    for (const stem of this.likeness.rarest(self, LOOKED_UP)) {
      this.look(this.byBeginning[this.likeness.beginnings[stem]!], self);
    }
    if (page !== NO_PAGE) this.look(this.byPage[page], self);
    let best = -1;
    let bestMargin = -1;
    for (let place = 0; place < this.count; place++) {
      const group = this.found[place]!;
      const needed = thresholdFor(page, this.pages[group]!);
      const other = this.grams[group]!;
      const least = 2 * (needed + Math.max(0, bestMargin));
      // Neither half can be more than its bound: most pairs are settled by the lengths alone.
      const mostByGrams = (2 * Math.min(grams.length, other.length)) / Math.max(1, grams.length + other.length);
      if (mostByGrams + 1 < least) continue;
      const byStems = this.likeness.ofStems(self, this.leads[group]!);
      if (byStems + mostByGrams < least) continue;
      const margin = (byStems + gramLikeness(grams, other)) / 2 - needed;
      if (margin >= 0 && margin > bestMargin) {
        best = group;
        bestMargin = margin;
      }
    }
    return best;
  }

  private look(list: readonly number[] | undefined, self: number): void {
    if (!list) return;
    for (const group of list) {
      if (this.seen[group] !== self + 1) this.found[this.count++] = group;
      this.seen[group] = self + 1;
    }
  }
}

function file(index: number[][], { key, group, most }: { key: number; group: number; most: number }): void {
  const list = index[key];
  if (list === undefined) index[key] = [group];
  else if (list.length < most) list.push(group);
}

function thresholdFor(left: number, right: number): number {
  if (left === NO_PAGE || right === NO_PAGE) return SAME_INTENT;
  return left === right ? SAME_PAGE_INTENT : OTHER_PAGE_INTENT;
}

/** Dice's coefficient of two ascending lists, 0 to 1. */
function gramLikeness(left: Uint32Array, right: Uint32Array): number {
  if (left.length === 0 || right.length === 0) return 0;
  let a = 0;
  let b = 0;
  let shared = 0;
  while (a < left.length && b < right.length) {
    const difference = left[a]! - right[b]!;
    if (difference === 0) shared++;
    if (difference <= 0) a++;
    if (difference >= 0) b++;
  }
  return (2 * shared) / (left.length + right.length);
}
