import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as english } from '@orama/stemmers/english';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stopwords as danishStops } from '@orama/stopwords/danish';
import { stopwords as dutchStops } from '@orama/stopwords/dutch';
import { stopwords as englishStops } from '@orama/stopwords/english';
import { stopwords as frenchStops } from '@orama/stopwords/french';
import { stopwords as germanStops } from '@orama/stopwords/german';
import { stopwords as italianStops } from '@orama/stopwords/italian';
import { stopwords as portugueseStops } from '@orama/stopwords/portuguese';
import { stopwords as spanishStops } from '@orama/stopwords/spanish';
import { stopwords as swedishStops } from '@orama/stopwords/swedish';

/** BCP 47 tags of the languages with a stemmer and stop words; `unknown` is any other, or too little text to tell. */
export type Language = 'en' | 'de' | 'fr' | 'es' | 'it' | 'nl' | 'pt' | 'sv' | 'da' | 'unknown';

/** Letters that a language writes beside a to z, in its own words. */
const LETTERS: Readonly<Record<Exclude<Language, 'unknown'>, RegExp>> = {
  en: /[éï]/,
  de: /[äöüß]/,
  fr: /[àâæçéèêëîïôœùûüÿ]/,
  es: /[áéíñóúü]/,
  it: /[àèéìíîòóù]/,
  nl: /[áèéëíïóöúü]/,
  pt: /[áâãàçéêíóôõúü]/,
  sv: /[åäöé]/,
  da: /[æøåé]/,
};
/** Fewest stop words of a language, and how many must speak for it for each that speaks for another. */
const LEAST = 2;
const MARGIN = 1.5;

export interface LanguageTools {
  stem(word: string): string;
  readonly stopWords: ReadonlySet<string>;
}

const tools = (stem: (word: string) => string, stops: readonly string[]): LanguageTools => ({
  stem,
  stopWords: new Set(stops),
});

export const LANGUAGES: Readonly<Record<Exclude<Language, 'unknown'>, LanguageTools>> = {
  en: tools(english, englishStops),
  de: tools(german, germanStops),
  fr: tools(french, frenchStops),
  es: tools(spanish, spanishStops),
  it: tools(italian, italianStops),
  nl: tools(dutch, dutchStops),
  pt: tools(portuguese, portugueseStops),
  sv: tools(swedish, swedishStops),
  da: tools(danish, danishStops),
};

/** Words of one letter and more, lower case, in reading order; numbers count as words. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/**
 * The language of a text by its stop words: the language with the most of them, when they are at least two and 6 % of all
 * words, and when against every other language half as many again speak for it as for the other. Words that both have tell
 * nothing: neighbours such as Portuguese and Spanish share most. A word with a letter that only the other writes speaks for
 * the other. Looks at the first 5,000 words.
 */
export function languageOf(text: string): Language {
  const words = wordsOf(text.slice(0, 60_000)).slice(0, 5_000);
  const accented = words.filter((word) => /[^ -~]/.test(word));
  const found = Object.entries(LANGUAGES).map(([name, { stopWords }]) => {
    const language = name as keyof typeof LETTERS;
    return { language, stopWords, letters: LETTERS[language], own: words.filter((word) => stopWords.has(word)) };
  });
  found.sort((left, right) => right.own.length - left.own.length);
  const [first, ...others] = found;
  const stands = others.every(({ own, stopWords, letters }) => {
    const alone = first!.own.filter((word) => !stopWords.has(word)).length;
    const theirs = own.filter((word) => !first!.stopWords.has(word)).length;
    const strange = accented.filter((word) => letters.test(word) && !first!.letters.test(word)).length;
    return alone >= Math.max(1, MARGIN * (theirs + strange));
  });
  return stands && first!.own.length >= Math.max(LEAST, words.length * 0.06) ? first!.language : 'unknown';
}
