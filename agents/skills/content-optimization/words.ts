import { type Language, wordsOf } from '#platform';
import { Stemmer } from '../text/stems.ts';

/** Languages that write compounds as one word: "Dachreinigung" holds "Dach" and "Reinigung". */
const COMPOUNDING: ReadonlySet<Language> = new Set(['de', 'nl', 'sv', 'da']);
const LEAST_PART = 4;

/** The words of a text by stem, for asking whether it holds others. */
export class Vocabulary {
  readonly #stems: ReadonlySet<string>;
  readonly #all: string;
  readonly #stemmer: Stemmer;

  constructor(text: string, stemmer: Stemmer) {
    this.#stemmer = stemmer;
    this.#stems = new Set(wordsOf(text).map((word) => stemmer.stem(word)));
    this.#all = COMPOUNDING.has(stemmer.language) ? ` ${[...this.#stems].join(' ')} ` : '';
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

/** Where words stand one behind the other in a text, by stem; offsets of characters. */
export function findPhrase(
  text: string,
  phrase: readonly string[],
  stemmer: Stemmer,
): Array<{ readonly start: number; readonly end: number }> {
  const wanted = phrase.map((word) => stemmer.stem(word));
  const words = [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map((match) => ({
    stem: stemmer.stem(match[0].toLowerCase().normalize('NFC')),
    start: match.index,
    end: match.index + match[0].length,
  }));
  const found: Array<{ start: number; end: number }> = [];
  for (let at = 0; at + wanted.length <= words.length; at++) {
    if (!wanted.every((stem, index) => words[at + index]!.stem === stem)) continue;
    found.push({ start: words[at]!.start, end: words[at + wanted.length - 1]!.end });
    at += wanted.length - 1;
  }
  return found;
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
