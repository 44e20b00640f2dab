import type { Pace } from '#platform';
import { type Stemmer, trigrams } from '../text/stems.ts';
import type { Tokens } from './tokens.ts';

/** Letters that two stems must have in common at their beginning to be related. */
const PREFIX = 4;
/** More stems than any search has; what is beyond is not compared. */
const MOST_STEMS = 64;
/** The same of trigrams. */
const MOST_GRAMS = 1_000;

/** What comparing queries by stems and trigrams needs, in flat arrays: millions of pairs are compared. */
export class Likeness {
  /** By stem: the number of its first four letters, or of itself where it is shorter. */
  readonly beginnings: readonly number[];
  private readonly rarities: Float64Array;
  /** Rarity of all stems of each query, added up. */
  private readonly totals: Float64Array;
  /** By place in `cut.ids`: the stem's beginning and rarity, so that comparing reads no second table. */
  private readonly families: Uint32Array;
  private readonly weights: Float64Array;
  private readonly bestOfRight = new Float64Array(MOST_STEMS);
  private readonly gramsOfWord: Array<Uint32Array | undefined> = [];
  private readonly gramNumbers = new Map<string, number>();
  /** By trigram, the query that it was last met in, plus one. */
  private gramSeen = new Uint32Array(4_096);
  private readonly scratch = new Uint32Array(MOST_GRAMS);
  private readonly isStop: readonly boolean[];

  private constructor(
    private readonly tokens: Tokens,
    stemmer: Stemmer,
    private readonly cut: {
      readonly texts: readonly string[];
      readonly starts: Uint32Array;
      readonly ids: Uint32Array;
      readonly counts: readonly number[];
      readonly beginnings: readonly number[];
    },
  ) {
    const documents = cut.starts.length - 1;
    this.beginnings = cut.beginnings;
    // Inverse document frequency, smoothed.
    this.rarities = Float64Array.from(cut.counts, (count) => Math.log(1 + documents / count));
    this.families = Uint32Array.from(cut.ids, (stem) => cut.beginnings[stem]!);
    this.weights = Float64Array.from(cut.ids, (stem) => this.rarities[stem]!);
    this.totals = new Float64Array(documents);
    for (let index = 0; index < documents; index++) {
      for (let at = cut.starts[index]!; at < cut.starts[index + 1]!; at++) this.totals[index]! += this.weights[at]!;
    }
    this.isStop = tokens.words.map((word) => stemmer.isStopWord(word));
  }

  static async of(tokens: Tokens, stemmer: Stemmer, pace: Pace): Promise<Likeness> {
    const isStop = tokens.words.map((word) => stemmer.isStopWord(word));
    const numberOf = new Map<string, number>();
    const beginningOf = new Map<string, number>();
    const cut = { texts: [] as string[], counts: [] as number[], beginnings: [] as number[] };
    const stemOfWord = new Uint32Array(tokens.words.length);
    for (const [at, word] of tokens.words.entries()) {
      if (pace.isDue()) await pace.rest();
      const text = stemmer.stem(word);
      const number = numberOf.get(text) ?? numberOf.size;
      if (number === cut.texts.length) {
        numberOf.set(text, number);
        const beginning = text.slice(0, PREFIX);
        const family = beginningOf.get(beginning) ?? beginningOf.size;
        beginningOf.set(beginning, family);
        cut.texts.push(text);
        cut.counts.push(0);
        cut.beginnings.push(family);
      }
      stemOfWord[at] = number;
    }
    const size = tokens.starts.length - 1;
    const starts = new Uint32Array(size + 1);
    const ids = new Uint32Array(tokens.ids.length);
    let end = 0;
    for (let index = 0; index < size; index++) {
      if (pace.isDue()) await pace.rest();
      const start = end;
      starts[index] = start;
      const words = tokens.of(index);
      // When all are stop words, these: "who" is a query too.
      const all = words.every((word) => isStop[word]);
      for (const word of words) {
        if (isStop[word] && !all) continue;
        const stem = stemOfWord[word]!;
        if (ids.subarray(start, end).includes(stem) || end - start === MOST_STEMS) continue;
        ids[end++] = stem;
        cut.counts[stem]!++;
      }
    }
    starts[size] = end;
    if (pace.isDue()) await pace.rest();
    return new Likeness(tokens, stemmer, { ...cut, starts, ids: ids.slice(0, end) });
  }

  /** Distinct stems of a query's content words, in order. */
  stems(index: number): Uint32Array {
    return this.cut.ids.subarray(this.cut.starts[index]!, this.cut.starts[index + 1]!);
  }

  /** Texts of the stems, by number. */
  get texts(): readonly string[] {
    return this.cut.texts;
  }

  /** The same for the same set of stems. */
  key(index: number): string {
    return this.stems(index).toSorted().join(' ');
  }

  rarest(index: number, most: number): number[] {
    return [...this.stems(index)].sort((a, b) => this.rarities[b]! - this.rarities[a]!).slice(0, most);
  }

  /** Trigrams of the content words by number, ascending, each once. */
  grams(index: number): Uint32Array {
    const words = this.tokens.of(index);
    const all = words.every((word) => this.isStop[word]);
    let size = 0;
    for (const word of words) {
      if (this.isStop[word] && !all) continue;
      for (const gram of this.gramsOf(word)) {
        if (this.gramSeen[gram] === index + 1 || size === MOST_GRAMS) continue;
        this.gramSeen[gram] = index + 1;
        this.scratch[size++] = gram;
      }
    }
    return this.scratch.slice(0, size).sort();
  }

  /** Share of the stems' rarity that the other side has too, the mean of both directions, 0 to 1. */
  ofStems(left: number, right: number): number {
    const { starts, ids } = this.cut;
    const { families, weights, bestOfRight } = this;
    const leftEnd = starts[left + 1]!;
    const rightStart = starts[right]!;
    const rightEnd = starts[right + 1]!;
    for (let at = rightEnd - rightStart - 1; at >= 0; at--) bestOfRight[at] = 0;
    let shared = 0;
    for (let from = starts[left]!; from < leftEnd; from++) {
      const family = families[from]!;
      let best = 0;
      for (let at = rightStart; at < rightEnd; at++) {
        if (families[at] !== family) continue;
        const alike = ids[from] === ids[at] ? 1 : this.stemsAlike(ids[from]!, ids[at]!);
        if (alike > best) best = alike;
        if (alike > bestOfRight[at - rightStart]!) bestOfRight[at - rightStart] = alike;
      }
      shared += best * weights[from]!;
    }
    // Most pairs that share no beginning end here.
    if (shared === 0) return 0;
    let sharedOfRight = 0;
    for (let at = rightStart; at < rightEnd; at++) sharedOfRight += bestOfRight[at - rightStart]! * weights[at]!;
    return (shared / this.totals[left]! + sharedOfRight / this.totals[right]!) / 2;
  }

  /** The common beginning's share of the longer stem: stemmers leave "plan" and "planner" apart. */
  private stemsAlike(left: number, right: number): number {
    const [stem, other] = [this.cut.texts[left]!, this.cut.texts[right]!];
    if (stem.length < PREFIX || other.length < PREFIX) return 0;
    let common = PREFIX;
    while (common < stem.length && stem.charCodeAt(common) === other.charCodeAt(common)) common++;
    return common / Math.max(stem.length, other.length);
  }

  private gramsOf(word: number): Uint32Array {
    let grams = this.gramsOfWord[word];
    if (grams === undefined) {
      grams = Uint32Array.from(trigrams([this.tokens.words[word]!]), (gram) => {
        const number = this.gramNumbers.get(gram) ?? this.gramNumbers.size;
        this.gramNumbers.set(gram, number);
        return number;
      });
      this.gramsOfWord[word] = grams;
      if (this.gramNumbers.size > this.gramSeen.length) {
        const larger = new Uint32Array(this.gramNumbers.size * 2);
        larger.set(this.gramSeen);
        this.gramSeen = larger;
      }
    }
    return grams;
  }
}
