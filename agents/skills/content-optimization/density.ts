import { type Pace, wordsOf } from '#platform';
import type { Stemmer } from '../text/stems.ts';
import type { Block, Page } from './types.ts';
import { contentWords } from './words.ts';

/** Mentions of a query in 100 words; what is more, and at least five mentions, is stuffing. By the number of its content words. */
const MOST_PER_HUNDRED = { one: 4, more: 3 } as const;
const LEAST_MENTIONS = 5;
/** In one passage of at least 20 words: mentions in 100 words, and at least four. */
const PASSAGE = { perHundred: 8, mentions: 4, words: 20 } as const;

export interface Density {
  readonly mentions: number;
  readonly words: number;
  /** Mentions in 100 words. */
  readonly perHundred: number;
  readonly most: number;
  readonly stuffed: boolean;
}

/** A text cut into stems once, for counting any number of queries in it. */
export class CountedText {
  readonly words: number;
  /** Of content words, and where each stands among them. */
  readonly #content: readonly string[];
  readonly #places = new Map<string, number[]>();
  /** All words, for queries that are made of stop words. */
  readonly #all: readonly string[];
  readonly #stops: ReadonlySet<string>;
  readonly #stemmer: Stemmer;

  constructor(words: readonly string[], stemmer: Stemmer) {
    this.words = words.length;
    this.#all = words;
    this.#stemmer = stemmer;
    const content: string[] = [];
    const stops = new Set<string>();
    for (const word of words) {
      const stem = stemmer.stem(word);
      if (stemmer.isStopWord(word)) {
        stops.add(stem);
        continue;
      }
      const places = this.#places.get(stem);
      if (places) places.push(content.length);
      else this.#places.set(stem, [content.length]);
      content.push(stem);
    }
    this.#content = content;
    this.#stops = stops;
  }

  /** How often a query's content words (`wantedOf`) stand one behind the other, stop words and endings aside. */
  densityOf(wanted: readonly string[]): Density {
    const mentions = this.#mentions(wanted);
    const perHundred = this.words === 0 ? 0 : (mentions * 100) / this.words;
    const most = wanted.length > 1 ? MOST_PER_HUNDRED.more : MOST_PER_HUNDRED.one;
    const stuffed = mentions >= LEAST_MENTIONS && perHundred > most;
    return { mentions, words: this.words, perHundred, most, stuffed };
  }

  /** Stuffed as one passage, while the whole may be in bounds. */
  isStuffed(wanted: readonly string[]): boolean {
    if (this.words < PASSAGE.words) return false;
    const { mentions, perHundred } = this.densityOf(wanted);
    return mentions >= PASSAGE.mentions && perHundred > PASSAGE.perHundred;
  }

  #mentions(wanted: readonly string[]): number {
    if (wanted.length === 0) return 0;
    const hasStops = wanted.some((stem) => this.#stops.has(stem));
    const stems = hasStops ? this.#withStops(new Set(wanted)) : this.#content;
    const places = hasStops ? stems.keys() : (this.#places.get(wanted[0]!) ?? []);
    let mentions = 0;
    let free = 0;
    for (const at of places) {
      if (at < free || !wanted.every((stem, index) => stems[at + index] === stem)) continue;
      mentions++;
      free = at + wanted.length;
    }
    return mentions;
  }

  #withStops(wanted: ReadonlySet<string>): string[] {
    return this.#all
      .map((word) => [word, this.#stemmer.stem(word)] as const)
      .filter(([word, stem]) => wanted.has(stem) || !this.#stemmer.isStopWord(word))
      .map(([, stem]) => stem);
  }
}

export const densityOf = (text: string, query: string, stemmer: Stemmer): Density =>
  new CountedText(wordsOf(text), stemmer).densityOf(wantedOf(query, stemmer));

/** Stems of a query's content words. */
export const wantedOf = (query: string, stemmer: Stemmer): readonly string[] =>
  contentWords(query, stemmer).map((word) => stemmer.stem(word));

/** The texts of a page that queries are counted in. */
export interface CountedPage {
  readonly whole: CountedText;
  /** Of all blocks, in order. */
  readonly passages: ReadonlyArray<{ readonly block: Block; readonly text: CountedText }>;
}

export async function countPage({ blocks }: Pick<Page, 'blocks'>, stemmer: Stemmer, pace: Pace): Promise<CountedPage> {
  const all: string[] = [];
  const passages: Array<CountedPage['passages'][number]> = [];
  for (const block of blocks) {
    if (pace.isDue()) await pace.rest();
    const words = wordsOf(block.text);
    if (block.own) for (const word of words) all.push(word);
    passages.push({ block, text: new CountedText(words, stemmer) });
  }
  await pace.rest();
  return { whole: new CountedText(all, stemmer), passages };
}
