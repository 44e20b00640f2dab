/** Words as they are compared: lower case, without accents, stemmed; English and German. */
import { stemmer as stemEnglish } from '@orama/stemmers/english';
import { stemmer as stemGerman } from '@orama/stemmers/german';
import { stopwords as english } from '@orama/stopwords/english';
import { stopwords as german } from '@orama/stopwords/german';

export type Language = 'en' | 'de';

/** What the lists lack: `a` (English), and words that only serve to ask. */
const ALSO_ENGLISH = 'a much many also may upon please tell us let give';
const ALSO_GERMAN = 'bitte wer wie wo wann warum viel viele gibt welche welcher welches wem wen';
const ENGLISH = new Set([...english.flatMap((word) => word.split("'")), ...ALSO_ENGLISH.split(' ')]);
const GERMAN = new Set([...german, ...ALSO_GERMAN.split(' ')]);
const WORD = /[\p{L}\p{N}]+(?:[.'’][\p{L}\p{N}]+)*/gu;

export interface Word {
  /** As it stands in the text. */
  readonly raw: string;
  readonly stem: string;
  readonly stop: boolean;
  readonly start: number;
}

/** By the share of stop words; English when in doubt. */
export function languageOf(text: string): Language {
  let lead = 0;
  for (const [word] of text.slice(0, 5_000).toLowerCase().matchAll(WORD)) {
    if (GERMAN.has(word)) lead += 1;
    if (ENGLISH.has(word)) lead -= 1;
  }
  return lead > 0 ? 'de' : 'en';
}

export function wordsOf(text: string, language: Language): Word[] {
  const stops = language === 'de' ? GERMAN : ENGLISH;
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const raw = match[0];
    const lower = raw.toLowerCase().replace(/[’']s$/u, '');
    words.push({ raw, stem: stemOf(lower, language), stop: stops.has(lower), start: match.index });
  }
  return words;
}

const stems: Record<Language, Map<string, string>> = { en: new Map(), de: new Map() };
const MAX_KEPT = 50_000;

function stemOf(lower: string, language: Language): string {
  const kept = stems[language].get(lower);
  if (kept !== undefined) return kept;
  const plain = lower
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('ß', 'ss')
    .replace(/[.'’]/gu, '');
  const stem = /\p{N}/u.test(plain) ? plain : (language === 'de' ? stemGerman : stemEnglish)(plain);
  if (stems[language].size >= MAX_KEPT) stems[language].clear();
  stems[language].set(lower, stem);
  return stem;
}
