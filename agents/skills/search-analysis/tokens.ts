import { Pace } from '#platform';
import { wordsOf } from '../text/languages.ts';
import type { Query } from './types.ts';

/**
 * The words of all queries by number, in flat arrays: an export repeats its words, and everything that is asked of a word
 * (stem, stop word, trigrams, brand) is then asked once a word and not once a query.
 */
export class Tokens {
  /** Words by number, in order of first occurrence. */
  readonly words: readonly string[];
  /** Where each query's words begin in `ids`; one more than there are queries. */
  readonly starts: Uint32Array;
  readonly ids: Uint32Array;

  private constructor(parts: { words: string[]; starts: Uint32Array; ids: Uint32Array }) {
    this.words = parts.words;
    this.starts = parts.starts;
    this.ids = parts.ids;
  }

  static async of(queries: readonly Pick<Query, 'query'>[], pace = new Pace()): Promise<Tokens> {
    const numberOf = new Map<string, number>();
    const words: string[] = [];
    const starts = new Uint32Array(queries.length + 1);
    let ids = new Uint32Array(queries.length * 4 + 16);
    let size = 0;
    for (const [index, { query }] of queries.entries()) {
      if (pace.isDue()) await pace.rest();
      starts[index] = size;
      for (const word of wordsOf(query)) {
        let number = numberOf.get(word);
        if (number === undefined) {
          number = words.push(word) - 1;
          numberOf.set(word, number);
        }
        if (size === ids.length) {
          const larger = new Uint32Array(ids.length * 2);
          larger.set(ids);
          ids = larger;
        }
        ids[size++] = number;
      }
    }
    starts[queries.length] = size;
    return new Tokens({ words, starts, ids: ids.slice(0, size) });
  }

  /** Numbers of a query's words, in order, with repeats. */
  of(index: number): Uint32Array {
    return this.ids.subarray(this.starts[index]!, this.starts[index + 1]!);
  }

  /** A query's words as texts, in order, with repeats. */
  wordsAt(index: number): string[] {
    return Array.from(this.of(index), (id) => this.words[id]!);
  }
}
