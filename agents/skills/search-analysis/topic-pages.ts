import type { Pace } from '#platform';
import type { Likeness } from './likeness.ts';

/** Two pages are compared from this cosine on, and topics joined while their pages are this alike on average. */
const ALIKE = 0.25;
const ALIKE_ON_AVERAGE = 0.2;
/** A stem on more than this share of the pages says nothing of a topic: towns, "cheap", "recipe". */
const COMMON_SHARE = 0.15;
const COMMON_AT_LEAST = 4;
/** A stem of one page links nothing; it only says that the page has something of its own. */
const OWN_WEIGHT = 0.5;
/** Parts of a compound count less than the word itself. */
const PART_WEIGHT = 0.7;
const SHORTEST_PART = 5;
/** Modifiers are a little more frequent on one page than on another by chance. */
const LEAST_EXCESS = 0.08;

/** What the pages' queries say, by page and by query. */
export interface PageWords {
  /** Stems of a page that are not common to many pages, with their weights, the weightiest first. */
  stems(page: number): ReadonlyArray<readonly [stem: number, weight: number]>;
  /**
   * What a page's queries say that the other pages of its topic do not, in stems a query: the sum of the shares by which
   * each stem, common ones too, is more frequent here than on any other of them.
   */
  besides(page: number, others: readonly number[]): number;
  /** Whether a query has a stem of the core and no rare stem besides. */
  isAbout(query: number, core: ReadonlySet<number>): boolean;
}

/** What links no pages besides what is common to them; both when left out as for one site. */
export interface LinkOptions {
  /** Stems on more pages than this, and on more than 15 % of them, are common; 4 when left out. */
  readonly commonAtLeast?: number;
  readonly isCommon?: (stem: number) => boolean;
}

interface PageQueries {
  readonly page: string;
  readonly indexes: readonly number[];
}

/** Clusters of pages (by number) that belong to one subject. */
export async function linkPages(
  pages: readonly PageQueries[],
  { likeness, pace, commonAtLeast, isCommon }: { readonly likeness: Likeness; readonly pace: Pace } & LinkOptions,
): Promise<{ clusters: number[][]; words: PageWords }> {
  const parts = partsOfCompounds(likeness);
  const vectors: Array<Map<number, number>> = [];
  const pagesOf = new Map<number, number[]>();
  for (const [at, { indexes }] of pages.entries()) {
    if (pace.isDue()) await pace.rest();
    const counts = new Map<number, number>();
    const count = (stem: number, weight: number) => counts.set(stem, (counts.get(stem) ?? 0) + weight / indexes.length);
    for (const index of indexes) {
      for (const stem of likeness.stems(index)) {
        count(stem, 1);
        for (const part of parts(stem)) count(part, PART_WEIGHT);
      }
    }
    for (const stem of counts.keys()) {
      const list = pagesOf.get(stem);
      if (list) list.push(at);
      else pagesOf.set(stem, [at]);
    }
    vectors.push(counts);
  }
  const shares = vectors.map((vector) => new Map(vector));
  const common = Math.max(commonAtLeast ?? COMMON_AT_LEAST, pages.length * COMMON_SHARE);
  const isRare = (stem: number) => (pagesOf.get(stem)?.length ?? 0) <= common && !isCommon?.(stem);
  weigh(vectors, { pages: pages.length, pagesOf, isRare });
  const words: PageWords = {
    stems: (page) => [...vectors[page]!].sort((left, right) => right[1] - left[1]),
    besides(page, others) {
      let sum = 0;
      for (const [stem, share] of shares[page]!) {
        const elsewhere = (one: number) =>
          Math.max(shares[one]!.get(stem) ?? 0, ...parts(stem).map((part) => shares[one]!.get(part) ?? 0));
        const excess = share - Math.max(0, ...others.filter((one) => one !== page).map(elsewhere));
        if (excess >= LEAST_EXCESS) sum += excess;
      }
      return sum;
    },
    isAbout(query, core) {
      const rare = [...likeness.stems(query)].filter(isRare);
      const isCore = (stem: number) => core.has(stem) || parts(stem).some((part) => core.has(part));
      return rare.length > 0 && rare.every(isCore);
    },
  };
  await pace.rest();
  return { clusters: await join(vectors, { pagesOf, isRare, pace }), words };
}

/** Share of the queries times inverse page frequency, to length 1; common stems are dropped. */
function weigh(
  vectors: readonly Map<number, number>[],
  by: { pages: number; pagesOf: ReadonlyMap<number, readonly number[]>; isRare: (stem: number) => boolean },
): void {
  for (const vector of vectors) {
    let squares = 0;
    for (const [stem, share] of vector) {
      if (!by.isRare(stem)) {
        vector.delete(stem);
        continue;
      }
      const count = by.pagesOf.get(stem)!.length;
      const weight = share * Math.log(1 + by.pages / count) * (count === 1 ? OWN_WEIGHT : 1);
      vector.set(stem, weight);
      squares += weight ** 2;
    }
    const length = Math.sqrt(squares) || 1;
    for (const [stem, weight] of vector) vector.set(stem, weight / length);
  }
}

/** Most alike first; two clusters join while the mean cosine between their pages is high enough. */
async function join(
  vectors: readonly ReadonlyMap<number, number>[],
  by: { pagesOf: ReadonlyMap<number, readonly number[]>; isRare: (stem: number) => boolean; pace: Pace },
): Promise<number[][]> {
  const pairs: Array<{ left: number; right: number; alike: number }> = [];
  for (const [left, vector] of vectors.entries()) {
    if (by.pace.isDue()) await by.pace.rest();
    const sums = new Map<number, number>();
    for (const [stem, weight] of vector) {
      for (const right of by.pagesOf.get(stem)!) {
        if (right > left) sums.set(right, (sums.get(right) ?? 0) + weight * (vectors[right]!.get(stem) ?? 0));
      }
    }
    for (const [right, alike] of sums) if (alike >= ALIKE) pairs.push({ left, right, alike });
  }
  pairs.sort((a, b) => b.alike - a.alike || a.left - b.left || a.right - b.right);
  const clusterOf = vectors.map((_, page) => page);
  const members = vectors.map((_, page) => [page]);
  const sums = vectors.map((vector) => new Map(vector));
  for (const { left, right } of pairs) {
    if (by.pace.isDue()) await by.pace.rest();
    const [into, from] = [clusterOf[left]!, clusterOf[right]!];
    if (into === from) continue;
    const mean = dot(sums[into]!, sums[from]!) / (members[into]!.length * members[from]!.length);
    if (mean < ALIKE_ON_AVERAGE) continue;
    for (const page of members[from]!) clusterOf[page] = into;
    members[into]!.push(...members[from]!);
    for (const [stem, weight] of sums[from]!) sums[into]!.set(stem, (sums[into]!.get(stem) ?? 0) + weight);
    members[from] = [];
  }
  return members.filter((pages) => pages.length > 0);
}

function dot(left: ReadonlyMap<number, number>, right: ReadonlyMap<number, number>): number {
  const [small, large] = left.size < right.size ? [left, right] : [right, left];
  let sum = 0;
  for (const [stem, weight] of small) sum += weight * (large.get(stem) ?? 0);
  return sum;
}

/** Known stems of five letters and more that a longer one begins or ends with: "sauerteig" in "sauerteigbrot". */
function partsOfCompounds(likeness: Likeness): (stem: number) => readonly number[] {
  const numberOf = new Map(likeness.texts.map((text, stem) => [text, stem]));
  const known: Array<readonly number[] | undefined> = [];
  return (stem) => {
    known[stem] ??= [...partsOf(likeness.texts[stem]!)].flatMap((part) => numberOf.get(part) ?? []);
    return known[stem];
  };
}

function partsOf(text: string): Set<string> {
  const parts = new Set<string>();
  for (let length = SHORTEST_PART; length < text.length; length++) {
    parts.add(text.slice(0, length));
    parts.add(text.slice(-length));
  }
  return parts;
}
