import { LANGUAGES, type Language, wordsOf } from './languages.ts';

/** Words that end in the list of no language and still carry no topic in a search. */
const FILLERS = new Set(['vs', 'versus', 'etc', 'pro']);

/** Cuts texts into the stems of their content words (Snowball), remembering stems: an export repeats its words. */
export class Stemmer {
  private readonly known = new Map<string, string>();

  constructor(readonly language: Language) {}

  /** Stems of the content words, in order, with repeats. When all are stop words, their stems: "who" is a query too. */
  stems(text: string): string[] {
    const words = wordsOf(text);
    const content = words.filter((word) => !this.isStopWord(word));
    return (content.length > 0 ? content : words).map((word) => this.stem(word));
  }

  isStopWord(word: string): boolean {
    return FILLERS.has(word) || (this.language !== 'unknown' && LANGUAGES[this.language].stopWords.has(word));
  }

  stem(word: string): string {
    let stem = this.known.get(word);
    if (stem === undefined) {
      stem = foldAccents(this.language === 'unknown' ? word : LANGUAGES[this.language].stem(word));
      this.known.set(word, stem);
    }
    return stem;
  }
}

/** Without accents and with ss for ß, so that "kuendigung" aside, spellings without them meet. */
export function foldAccents(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss');
}

/** Character trigrams of each word with its borders, as a set: `^fo`, `foo`, `oo$`. */
export function trigrams(words: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const word of words) {
    const bordered = `^${foldAccents(word)}$`;
    for (let at = 0; at + 3 <= bordered.length; at++) found.add(bordered.slice(at, at + 3));
  }
  return found;
}

/** Dice's coefficient, 0 to 1. */
export function overlap<T>(left: ReadonlySet<T>, right: ReadonlySet<T>): number {
  if (left.size === 0 || right.size === 0) return 0;
  const [small, large] = left.size < right.size ? [left, right] : [right, left];
  let shared = 0;
  for (const item of small) if (large.has(item)) shared++;
  return (2 * shared) / (left.size + right.size);
}
