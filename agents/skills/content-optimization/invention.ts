import { Pace, wordsOf } from '#platform';
import { visible } from '../text/shown.ts';
import { foldAccents, Stemmer } from '../text/stems.ts';
import { isRecord, type JsonValue, parseJson } from './json-objects.ts';
import type { Material } from './subject.ts';
import type { Page } from './types.ts';

/** Clauses: a number belongs to the word behind it within one of them. */
const CLAUSE = /[\n|–—:;,!?()"„“”]+|\.(?=\s|$)/;

/** All that proposed texts may say: what the page says anywhere, what its pictures are called, what the client gave. */
export class Evidence {
  readonly #words = new Set<string>();
  readonly #pairs = new Set<string>();
  /** Words whose forms are all noted. */
  readonly #seen = new Set<string>();
  readonly #stemmer: Stemmer;

  /**
   * Target queries and rivals' pages are not among it: what is asked for or said elsewhere need not be true of the
   * client.
   */
  static async of(page: Page, material: Pick<Material, 'ownPages' | 'voice'>, pace = new Pace()): Promise<Evidence> {
    const evidence = new Evidence(page.language);
    const { facts, images } = page;
    const texts = [
      ...saidBy(page),
      ...Object.values(facts),
      ...images.flatMap(({ src, title, caption }) => [safeDecode(src), title, caption]),
      ...page.jsonLd.map(({ text }) => text),
      material.voice.text,
      ...material.ownPages.flatMap(({ h1, title }) => [h1, title]),
    ];
    for (const text of texts) {
      if (pace.isDue()) await pace.rest();
      evidence.#add(text);
    }
    return evidence;
  }

  private constructor(language: Page['language']) {
    this.#stemmer = new Stemmer(language);
  }

  /** The same of many texts. */
  async missingFromAll(texts: readonly string[], pace: Pace): Promise<string[]> {
    const missing = new Set<string>();
    for (const text of texts) {
      if (pace.isDue()) await pace.rest();
      for (const one of this.missingFrom(text)) missing.add(one);
    }
    return [...missing];
  }

  /** Words, numbers, and numbers with the word they count, that a text says and the evidence does not; each once. */
  missingFrom(text: string): string[] {
    const missing = new Set<string>();
    for (const { word, next } of wordsWithNext(text)) {
      const known = [word, this.#stemmer.stem(word), plain(word)].some((form) => this.#words.has(form));
      if (!known && !this.#stemmer.isStopWord(word)) missing.add(word);
      const pair = known && next !== undefined && /\d/.test(word) ? `${word} ${this.#stemmer.stem(next)}` : undefined;
      if (pair !== undefined && !this.#pairs.has(pair)) missing.add(`${word} ${next}`);
    }
    return [...missing];
  }

  #add(text: string): void {
    for (const { word, next } of wordsWithNext(text)) {
      if (!this.#seen.has(word)) {
        this.#seen.add(word);
        for (const form of [word, this.#stemmer.stem(word), plain(word)]) this.#words.add(form);
      }
      if (next !== undefined && /\d/.test(word)) this.#pairs.add(`${word} ${this.#stemmer.stem(next)}`);
    }
  }
}

/** Everything that the page says: to readers, to people who hear it, and to machines. */
export function saidBy(page: Page): string[] {
  return [
    ...page.titles.map(({ text }) => text),
    ...page.descriptions.map(({ text }) => text),
    ...page.headings.map(({ text }) => text),
    ...page.blocks.map(({ text }) => text),
    ...page.links.map(({ text }) => text),
    ...page.images.map(({ alt }) => alt ?? ''),
    ...page.jsonLd.map(({ text }) => valuesOf(text)),
  ];
}

/** Texts and numbers of structured data, without the names of its properties. */
function valuesOf(json: string): string {
  const parsed = parseJson(json);
  if ('message' in parsed) return '';
  const visit = (value: JsonValue, key: string): string => {
    if (key.startsWith('@')) return '';
    if (Array.isArray(value)) return value.map((item) => visit(item, '')).join('\n');
    if (isRecord(value))
      return Object.entries(value)
        .map(([name, item]) => visit(item, name))
        .join('\n');
    return value === null ? '' : String(value);
  };
  try {
    return visit(parsed.value, '');
  } catch (error) {
    if (error instanceof RangeError) return '';
    throw error;
  }
}

/** Words of a text, each with the one behind it in the same clause. */
export function* wordsWithNext(text: string): Generator<{ word: string; next: string | undefined }> {
  for (const clause of visible(text).split(CLAUSE)) {
    const words = wordsOf(clause);
    for (const [at, word] of words.entries()) yield { word, next: words[at + 1] };
  }
}

const plain = (word: string) => foldAccents(word.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue'));

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
