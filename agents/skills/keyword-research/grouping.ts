import { Pace } from '../pace.ts';
import { wordsOf } from '../text/languages.ts';
import { type Stemmer, trigrams } from '../text/stems.ts';
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

/** A query's stems by number, with what comparing needs; numbers instead of texts, since millions are compared. */
interface Candidate {
  readonly lead: number;
  readonly stems: readonly number[];
  readonly grams: readonly number[];
  readonly page: string | undefined;
}

/**
 * Groups wordings of one intent around leads, most impressions first: equal sets of stems always, else by the likeness of
 * stems (weighted by rarity) and of character trigrams, with less needed where the best page is the same. A query joins
 * one lead and never a chain of likenesses, so that groups do not run together.
 */
export async function groupQueries(queries: readonly Query[], stemmer: Stemmer, pace = new Pace()): Promise<Grouping> {
  const words = queries.map(({ query }) => wordsOf(query));
  if (pace.isDue()) await pace.rest();
  const vocabulary = new Vocabulary();
  const stems: number[][] = [];
  for (const { query } of queries) {
    stems.push(vocabulary.numbers(new Set(stemmer.stems(query))));
    if (pace.isDue()) await pace.rest();
  }
  vocabulary.weigh(stems.length);
  const order = queries
    .map((_, index) => index)
    .sort((a, b) => queries[b]!.impressions - queries[a]!.impressions || a - b);
  const gramNumbers = new Map<string, number>();
  const groupOf = new Array<number>(queries.length).fill(-1);
  const leads: Candidate[] = [];
  const byKey = new Map<string, number>();
  const index: Index = { byBeginning: new Map(), byPage: new Map(), seen: [], vocabulary };
  for (const at of order) {
    if (pace.isDue()) await pace.rest();
    const own = stems[at]!;
    const key = own.toSorted((a, b) => a - b).join(' ');
    let group = byKey.get(key);
    if (group === undefined) {
      const content = words[at]!.filter((word) => !stemmer.isStopWord(word));
      const grams = numbersOf(trigrams(content.length > 0 ? content : words[at]!), gramNumbers);
      const self: Candidate = { lead: at, stems: own, grams, page: queries[at]!.pages[0]?.page };
      group = nearest(self, { leads, near: candidates(self, at, index), vocabulary });
      if (group === undefined) {
        group = leads.push(self) - 1;
        for (const stem of own) file(index.byBeginning, vocabulary.beginning(stem), group);
        if (self.page !== undefined) file(index.byPage, self.page, group);
      }
      byKey.set(key, group);
    }
    groupOf[at] = group;
  }
  return { groupOf, leads: leads.map(({ lead }) => lead) };
}

/** Stems by number, each with its rarity and its beginning. Fields are not #private: the transpiler makes those slow. */
class Vocabulary {
  private readonly numberOf = new Map<string, number>();
  private readonly stems: string[] = [];
  private readonly counts: number[] = [];
  private rarities: number[] = [];
  private readonly beginnings: string[] = [];
  /** The same number for the same beginning; one of its own for a stem that is too short to be related to another. */
  private readonly families: number[] = [];
  private readonly familyOf = new Map<string, number>();

  /** Counts a query's stems. */
  numbers(stems: ReadonlySet<string>): number[] {
    return [...stems].map((stem) => {
      let number = this.numberOf.get(stem);
      if (number === undefined) {
        number = this.stems.push(stem) - 1;
        this.numberOf.set(stem, number);
        this.counts.push(0);
        const beginning = stem.slice(0, PREFIX);
        this.beginnings.push(beginning);
        this.families.push(beginning.length < PREFIX ? -1 - number : this.family(beginning));
      }
      this.counts[number]!++;
      return number;
    });
  }

  /** Inverse document frequency, smoothed; once all are counted. */
  weigh(documents: number): void {
    this.rarities = this.counts.map((count) => Math.log(1 + documents / count));
  }

  rarity(stem: number): number {
    return this.rarities[stem]!;
  }

  beginning(stem: number): string {
    return this.beginnings[stem]!;
  }

  /** 1 for the same stem, else the common beginning's share of the longer one: stemmers leave "plan" and "planner" apart. */
  likeness(left: number, right: number): number {
    if (left === right) return 1;
    if (this.families[left] !== this.families[right]) return 0;
    const [stem, other] = [this.stems[left]!, this.stems[right]!];
    let common = PREFIX;
    while (common < stem.length && stem[common] === other[common]) common++;
    return common / Math.max(stem.length, other.length);
  }

  private family(beginning: string): number {
    const known = this.familyOf.get(beginning) ?? this.familyOf.size;
    this.familyOf.set(beginning, known);
    return known;
  }
}

interface Index {
  readonly byBeginning: Map<string, number[]>;
  readonly byPage: Map<string, number[]>;
  /** By group, the query that came upon it last. */
  readonly seen: number[];
  readonly vocabulary: Vocabulary;
}

function file(index: Map<string, number[]>, key: string, group: number): void {
  const list = index.get(key);
  if (list) list.push(group);
  else index.set(key, [group]);
}

/** In ascending order. */
function numbersOf(texts: ReadonlySet<string>, known: Map<string, number>): number[] {
  return [...texts]
    .map((text) => {
      const number = known.get(text) ?? known.size;
      known.set(text, number);
      return number;
    })
    .sort((a, b) => a - b);
}

function candidates(self: Candidate, at: number, { byBeginning, byPage, seen, vocabulary }: Index): number[] {
  const found: number[] = [];
  const look = (list: readonly number[] | undefined, most: number) => {
    for (let place = 0; list && place < Math.min(most, list.length); place++) {
      const group = list[place]!;
      if (seen[group] !== at) found.push(group);
      seen[group] = at;
    }
  };
  const rarest = self.stems.toSorted((a, b) => vocabulary.rarity(b) - vocabulary.rarity(a)).slice(0, LOOKED_UP);
  for (const stem of rarest) look(byBeginning.get(vocabulary.beginning(stem)), MAX_POSTINGS);
  if (self.page !== undefined) look(byPage.get(self.page), 50);
  return found;
}

function nearest(
  self: Candidate,
  by: { leads: readonly Candidate[]; near: readonly number[]; vocabulary: Vocabulary },
): number | undefined {
  let best: { group: number; margin: number } | undefined;
  for (const group of by.near) {
    const other = by.leads[group]!;
    const threshold = thresholdFor(self.page, other.page);
    const byStems = stemLikeness(self.stems, other.stems, by.vocabulary);
    // Trigrams are the dearer half: not compared where even equal ones would not be enough.
    if ((byStems + 1) / 2 < threshold + (best?.margin ?? 0)) continue;
    const margin = (byStems + gramLikeness(self.grams, other.grams)) / 2 - threshold;
    if (margin >= 0 && margin > (best?.margin ?? -1)) best = { group, margin };
  }
  return best?.group;
}

function thresholdFor(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) return SAME_INTENT;
  return left === right ? SAME_PAGE_INTENT : OTHER_PAGE_INTENT;
}

/** Share of the stems' rarity that the other side has too, 0 to 1. */
function stemLikeness(left: readonly number[], right: readonly number[], vocabulary: Vocabulary): number {
  return (commonRarity(left, right, vocabulary) + commonRarity(right, left, vocabulary)) / 2;
}

function commonRarity(from: readonly number[], to: readonly number[], vocabulary: Vocabulary): number {
  let [shared, all] = [0, 0];
  for (const stem of from) {
    const weight = vocabulary.rarity(stem);
    let best = 0;
    for (let at = 0; at < to.length && best < 1; at++) best = Math.max(best, vocabulary.likeness(stem, to[at]!));
    all += weight;
    shared += weight * best;
  }
  return all === 0 ? 0 : shared / all;
}

/** Dice's coefficient of two ascending lists, 0 to 1. */
function gramLikeness(left: readonly number[], right: readonly number[]): number {
  if (left.length === 0 || right.length === 0) return 0;
  let [a, b, shared] = [0, 0, 0];
  while (a < left.length && b < right.length) {
    const difference = left[a]! - right[b]!;
    if (difference === 0) shared++;
    if (difference <= 0) a++;
    if (difference >= 0) b++;
  }
  return (2 * shared) / (left.length + right.length);
}
