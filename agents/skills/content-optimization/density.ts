import { wordsOf } from '#platform';
import type { Stemmer } from '../text/stems.ts';
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

/** How often the query's content words stand one behind the other, stop words and endings aside. */
export function densityOf(text: string, query: string, stemmer: Stemmer): Density {
  const wanted = contentWords(query, stemmer).map((word) => stemmer.stem(word));
  const words = wordsOf(text);
  const stems = words
    .filter((word) => !stemmer.isStopWord(word) || wanted.includes(stemmer.stem(word)))
    .map((word) => stemmer.stem(word));
  let mentions = 0;
  for (let at = 0; at + wanted.length <= stems.length; at++) {
    if (!wanted.every((stem, index) => stems[at + index] === stem)) continue;
    mentions++;
    at += wanted.length - 1;
  }
  const perHundred = words.length === 0 ? 0 : (mentions * 100) / words.length;
  const most = wanted.length > 1 ? MOST_PER_HUNDRED.more : MOST_PER_HUNDRED.one;
  return { mentions, words: words.length, perHundred, most, stuffed: mentions >= LEAST_MENTIONS && perHundred > most };
}

/** Stuffed in one passage, while the whole may be in bounds. */
export function stuffedPassage(text: string, query: string, stemmer: Stemmer): boolean {
  const { mentions, words, perHundred } = densityOf(text, query, stemmer);
  return words >= PASSAGE.words && mentions >= PASSAGE.mentions && perHundred > PASSAGE.perHundred;
}
