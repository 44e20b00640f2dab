/** Passages and questions as words that can be compared: lower case, without accents, stemmed. */
import { LANGUAGES, type Language, wordsOf } from '#platform';

export interface PassageWords {
  /** Stems of the telling words of heading and text. */
  readonly stems: ReadonlySet<string>;
  /** Every stem of the text in order, between spaces. */
  readonly line: string;
  /** The same of the nearest heading; empty when it holds no telling word. */
  readonly name: string;
}

/** The languages that stop words are known of, when a question's own could not be told. */
const FALLBACK = 'en';
/** Of a longer passage the rest is not looked at: an index takes any length, an answer in time does not. */
const MAX_CHARACTERS = 8_000;
/** `1` or `II` above a passage names nothing. */
const MIN_NAME_CHARACTERS = 3;

const MAX_REMEMBERED = 50_000;
/** Stems by language: cutting a word costs a hundred times as much as looking it up, and texts repeat their words. */
const remembered = new Map<Language, Map<string, string>>();

/** Reads texts as words of one language: both sides of a comparison must be read by the same reader. */
export class WordReader {
  private readonly known: Map<string, string>;
  private readonly tools;

  constructor(language: Language) {
    const read = language === 'unknown' ? FALLBACK : language;
    this.tools = LANGUAGES[read];
    this.known = remembered.get(read) ?? new Map<string, string>();
    remembered.set(read, this.known);
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
  }

  /** Stems of the telling words, each once; of all words when none tells anything (`The Who`). */
  question(text: string): Set<string> {
    const words = wordsOf(text.slice(0, MAX_CHARACTERS));
    const telling = words.filter((word) => this.tells(word));
    return new Set((telling.length > 0 ? telling : words).map((word) => this.stem(word)));
  }

  /** @param headings outermost first */
  passage(text: string, headings: readonly string[]): PassageWords {
    const words = wordsOf(text.slice(0, MAX_CHARACTERS));
    const above = headings.flatMap((heading) => wordsOf(heading));
    // What stands in brackets tells equal names apart: `Mercury (planet)` is spoken of as Mercury.
    const nearest = wordsOf((headings.at(-1) ?? '').replace(/\([^)]*\)/gu, ' '));
    const names = nearest.some((word) => this.tells(word)) && nearest.join('').length >= MIN_NAME_CHARACTERS;
    return {
      stems: new Set([...above, ...words].filter((word) => this.tells(word)).map((word) => this.stem(word))),
      line: this.line(words),
      name: names ? this.line(nearest) : '',
    };
  }

  private line(words: readonly string[]): string {
    return ` ${words.map((word) => this.stem(word)).join(' ')} `;
  }

  /** One letter is the rest of a genitive or an initial. */
  private tells(word: string): boolean {
    return !this.tools.stopWords.has(word) && !/^\p{L}$/u.test(word);
  }

  private stem(word: string): string {
    let stem = this.known.get(word);
    if (stem === undefined) {
      const plain = word
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .replaceAll('ß', 'ss');
      stem = /\p{N}/u.test(plain) ? plain : this.tools.stem(plain);
      this.known.set(word, stem);
    }
    return stem;
  }
}
