import { type Language, type Pace, wordsOf } from '#platform';
import type { Stemmer } from '../text/stems.ts';
import type { Run, Span } from './types.ts';

/** Languages that write compounds as one word: "Dachreinigung" holds "Dach" and "Reinigung". */
const COMPOUNDING: ReadonlySet<Language> = new Set(['de', 'nl', 'sv', 'da']);
const LEAST_PART = 4;

/** The words of a text by stem, for asking whether it holds others. */
export class Vocabulary {
  readonly #stems: ReadonlySet<string>;
  readonly #all: string;
  readonly #stemmer: Stemmer;

  constructor(text: string | ReadonlySet<string>, stemmer: Stemmer) {
    this.#stemmer = stemmer;
    this.#stems = typeof text === 'string' ? new Set(wordsOf(text).map((word) => stemmer.stem(word))) : text;
    this.#all = COMPOUNDING.has(stemmer.language) ? ` ${[...this.#stems].join(' ')} ` : '';
  }

  /** Of many texts together, giving way between them. */
  static async of(texts: readonly string[], stemmer: Stemmer, pace: Pace): Promise<Vocabulary> {
    const stems = new Set<string>();
    for (const text of texts) {
      if (pace.isDue()) await pace.rest();
      for (const word of wordsOf(text)) stems.add(stemmer.stem(word));
    }
    return new Vocabulary(stems, stemmer);
  }

  hasStem(stem: string): boolean {
    if (this.#stems.has(stem)) return true;
    if (this.#all === '' || stem.length < LEAST_PART) return false;
    // A part of a compound, at its beginning or end.
    return this.#all.includes(` ${stem}`) || this.#all.includes(`${stem} `);
  }

  /** Content words that are not held, as they are written, each once. */
  missing(words: string): string[] {
    return contentWords(words, this.#stemmer).filter((word) => !this.hasStem(this.#stemmer.stem(word)));
  }

  /** Share of the content words that are held; 1 for a text without words. */
  share(words: string): number {
    const all = contentWords(words, this.#stemmer);
    return all.length === 0 ? 1 : 1 - this.missing(words).length / all.length;
  }
}

/** Each once, in order; all words where none carries content. */
export function contentWords(text: string, stemmer: Stemmer): string[] {
  const words = [...new Set(wordsOf(text))];
  const content = words.filter((word) => !stemmer.isStopWord(word));
  return content.length > 0 ? content : words;
}

/** "Children's" is one word; addresses write it as "childrens". */
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’]s(?![\p{L}\p{N}]))?/gu;
const bare = (word: string) =>
  word
    .toLowerCase()
    .normalize('NFC')
    .replace(/['’]s$/, '');

interface PlacedWord {
  readonly stem: string;
  readonly start: number;
  readonly end: number;
}

function placedWords(text: string, stemmer: Stemmer): PlacedWord[] {
  return [...text.matchAll(WORD)].map((match) => ({
    stem: stemmer.stem(bare(match[0])),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Where words stand one behind the other in a text, by stem; offsets of characters. */
export function findPhrase(text: string, phrase: readonly string[], stemmer: Stemmer): Span[] {
  const wanted = phrase.map((word) => stemmer.stem(bare(word)));
  const words = placedWords(text, stemmer);
  const found: Span[] = [];
  for (let at = 0; at + wanted.length <= words.length; at++) {
    if (!wanted.every((stem, index) => words[at + index]!.stem === stem)) continue;
    found.push({ start: words[at]!.start, end: words[at + wanted.length - 1]!.end });
    at += wanted.length - 1;
  }
  return found;
}

/** Texts of a page, for asking for many phrases. */
export class PhraseIndex {
  readonly #stemmer: Stemmer;
  readonly #runs: Array<{ readonly run: Run; readonly words: readonly PlacedWord[] }> = [];
  /** Where each stem stands: the run, and the word in it. */
  readonly #places = new Map<string, Array<readonly [run: number, word: number]>>();

  private constructor(stemmer: Stemmer) {
    this.#stemmer = stemmer;
  }

  static async of(runs: readonly Run[], stemmer: Stemmer, pace: Pace): Promise<PhraseIndex> {
    const index = new PhraseIndex(stemmer);
    for (const run of runs) {
      if (pace.isDue()) await pace.rest();
      index.#add(run);
    }
    return index;
  }

  #add(run: Run): void {
    const words = placedWords(run.text, this.#stemmer);
    const at = this.#runs.push({ run, words }) - 1;
    for (const [word, { stem }] of words.entries()) {
      const places = this.#places.get(stem);
      if (places) places.push([at, word]);
      else this.#places.set(stem, [[at, word]]);
    }
  }

  /** Where the phrase stands first with nothing but blanks between its words: a name does not go on over a full stop. */
  first(phrase: string): Span | undefined {
    const wanted = (phrase.match(WORD) ?? []).map((word) => this.#stemmer.stem(bare(word)));
    const places = wanted.map((stem) => this.#places.get(stem) ?? []);
    const fewest = Math.min(...places.map(({ length }) => length));
    // By its rarest word.
    const anchor = places.findIndex(({ length }) => length === fewest);
    for (const [at, word] of places[anchor] ?? []) {
      const { run, words } = this.#runs[at]!;
      const from = word - anchor;
      const last = words[from + wanted.length - 1];
      if (from < 0 || !last || !wanted.every((stem, index) => words[from + index]!.stem === stem)) continue;
      const { start } = words[from]!;
      if (!/^[\p{L}\p{M}\p{N}\s'’-]+$/u.test(run.text.slice(start, last.end))) continue;
      return { start: run.span.start + start, end: run.span.start + last.end };
    }
    return undefined;
  }
}

const SEGMENTERS = new Map<Language, Intl.Segmenter>();

function segmenterFor(language: Language): Intl.Segmenter {
  let segmenter = SEGMENTERS.get(language);
  if (!segmenter) {
    segmenter = new Intl.Segmenter(language === 'unknown' ? 'en' : language, { granularity: 'sentence' });
    SEGMENTERS.set(language, segmenter);
  }
  return segmenter;
}

/** Sentences of a text, in order; a line end closes one too. `Intl.Segmenter` follows Unicode's rules (UAX #29). */
export function sentencesOf(text: string, language: Language): string[] {
  const segmenter = segmenterFor(language);
  const sentences: string[] = [];
  for (const line of text.split('\n')) {
    let open = '';
    for (const { segment } of segmenter.segment(line)) {
      open += segment;
      // "z. B." and "approx. 20" end no sentence.
      if (
        /(?:^|[\s(])(?:\p{L}|\d{1,2}|approx|ca|bzw|inkl|zzgl|Dr|Prof|Mr|Mrs|Ms|St|No|Nr|Str|vs|usw|e\.g|i\.e)\.\s*$/iu.test(
          open,
        )
      )
        continue;
      sentences.push(open.trim());
      open = '';
    }
    if (open.trim() !== '') sentences.push(open.trim());
  }
  return sentences.filter((one) => /\p{L}/u.test(one));
}
