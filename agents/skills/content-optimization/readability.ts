import { syllable } from 'syllable';
import type { Language, Pace } from '#platform';
import type { Block } from './types.ts';
import { sentencesOf } from './words.ts';

/** Fewer say too little for an index. */
const LEAST_WORDS = 100;

interface Counts {
  readonly words: number;
  readonly sentences: number;
  readonly letters: number;
  readonly syllables: number;
  /** Of more than six letters. */
  readonly long: number;
  /** Of three syllables and more. */
  readonly manySyllables: number;
  readonly oneSyllable: number;
}

interface Formula {
  readonly name: string;
  readonly index: (counts: Counts) => number;
  /** Where text becomes hard, and where it is hard to the end; between them the level falls from 1 to 0. */
  readonly easy: number;
  readonly hard: number;
}

const perSentence = ({ words, sentences }: Counts) => words / sentences;
const perWord = ({ syllables, words }: Counts) => syllables / words;
const lix: Formula = {
  name: 'LIX (Björnsson 1968)',
  index: (counts) => perSentence(counts) + (100 * counts.long) / counts.words,
  easy: 50,
  hard: 70,
};

/** Each language's own formula; Flesch's family runs from 0 (hard) to 100 (easy), LIX the other way. */
const FORMULAS: Readonly<Partial<Record<Language, Formula>>> = {
  en: {
    name: 'Flesch Reading Ease (1948)',
    index: (counts) => 206.835 - 1.015 * perSentence(counts) - 84.6 * perWord(counts),
    easy: 50,
    hard: 10,
  },
  de: {
    name: 'Flesch for German (Amstad 1978)',
    index: (counts) => 180 - perSentence(counts) - 58.5 * perWord(counts),
    easy: 45,
    hard: 5,
  },
  fr: {
    name: 'Flesch for French (Kandel and Moles 1958)',
    index: (counts) => 207 - 1.015 * perSentence(counts) - 73.6 * perWord(counts),
    easy: 50,
    hard: 10,
  },
  es: {
    name: 'Flesch-Szigriszt (Szigriszt Pazos 1993)',
    index: (counts) => 206.835 - 62.3 * perWord(counts) - perSentence(counts),
    easy: 50,
    hard: 10,
  },
  it: {
    name: 'Gulpease (Lucisano and Piemontese 1988)',
    index: ({ sentences, letters, words }) => 89 + (300 * sentences - 10 * letters) / words,
    easy: 45,
    hard: 25,
  },
  nl: {
    name: 'Flesch for Dutch (Douma 1960)',
    index: (counts) => 206.84 - 0.93 * perSentence(counts) - 77 * perWord(counts),
    easy: 45,
    hard: 5,
  },
  pt: {
    name: 'Flesch for Portuguese (Martins and others 1996)',
    index: (counts) => 248.835 - 1.015 * perSentence(counts) - 84.6 * perWord(counts),
    easy: 50,
    hard: 10,
  },
  sv: lix,
  da: lix,
};

export interface Readability {
  readonly formula: string;
  /** One place behind the point. */
  readonly index: number;
  /** 1 easy to 0 hard. */
  readonly level: number;
  readonly wordsPerSentence: number;
  /** For German: years of school, after the first Vienna formula (Bamberger and Vanecek 1984). */
  readonly schoolYears: number | null;
  readonly longest: readonly string[];
}

/** Undefined for languages without a formula and for short texts. */
export async function readabilityOf(
  blocks: readonly Block[],
  language: Language,
  pace: Pace,
): Promise<Readability | undefined> {
  const formula = FORMULAS[language];
  if (!formula) return undefined;
  const sentences: string[] = [];
  const counts = new Counting(language);
  for (const { kind, own, text } of blocks) {
    if (!own || (kind !== 'paragraph' && kind !== 'item')) continue;
    if (pace.isDue()) await pace.rest();
    for (const sentence of sentencesOf(text, language)) {
      sentences.push(sentence);
      counts.add(sentence);
    }
  }
  if (counts.words < LEAST_WORDS) return undefined;
  await pace.rest();
  const index = formula.index(counts);
  const level = Math.max(0, Math.min(1, (index - formula.hard) / (formula.easy - formula.hard)));
  const lengths = new Map(sentences.map((text) => [text, text.match(/\p{L}+/gu)?.length ?? 0]));
  return {
    formula: formula.name,
    index: Math.round(index * 10) / 10,
    level,
    wordsPerSentence: Math.round(perSentence(counts) * 10) / 10,
    schoolYears: language === 'de' ? Math.round(vienna(counts) * 10) / 10 : null,
    longest: [...sentences].sort((left, right) => lengths.get(right)! - lengths.get(left)!).slice(0, 3),
  };
}

const vienna = ({ words, sentences, manySyllables, long, oneSyllable }: Counts) =>
  0.1935 * ((100 * manySyllables) / words) +
  0.1672 * (words / sentences) +
  0.1297 * ((100 * long) / words) -
  0.0327 * ((100 * oneSyllable) / words) -
  0.875;

/** Sums over sentences, as the formulas want them. */
class Counting implements Counts {
  words = 0;
  letters = 0;
  syllables = 0;
  long = 0;
  manySyllables = 0;
  oneSyllable = 0;
  #sentences = 0;
  readonly #known = new Map<string, number>();

  constructor(private readonly language: Language) {}

  get sentences(): number {
    return Math.max(1, this.#sentences);
  }

  add(sentence: string): void {
    this.#sentences++;
    for (const word of sentence.match(/\p{L}[\p{L}\p{M}'’]*/gu) ?? []) {
      const syllables = this.#known.get(word) ?? syllablesOf(word, this.language);
      this.#known.set(word, syllables);
      this.words++;
      this.letters += word.length;
      this.syllables += syllables;
      if (word.length > 6) this.long++;
      if (syllables >= 3) this.manySyllables++;
      if (syllables === 1) this.oneSyllable++;
    }
  }
}

/** Vowels that are spoken as one. */
const TOGETHER: Readonly<Partial<Record<Language, RegExp>>> = {
  de: /aa|ee|oo|ie|ei|ai|eu|äu|au|ui(?=$)|ey|ay|[aeiouyäöü]/g,
  nl: /aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|ei|ij|eu|oe|ou|au|ui|[aeiouyéëïöü]/g,
  fr: /eaux?|[aeiouyàâäéèêëîïôöùûüœ]+/g,
  es: /[aeoáéó]?[iuy][aeoáéó]|[aeoáéó][iuy]|[aeiouáéíóúüy]/g,
  it: /[iu][aeoàèéòó]|[aeoàèéòó][iu]|[aeiouàèéìíòóùú]/g,
  pt: /[iu][aeoáâãéêóôõ]|[aeoáâãéêóôõ][iu]|ã[eo]|õe|[aeiouáâãàéêíóôõúü]/g,
};

/** English by the package `syllable`, other languages by the groups of vowels that are spoken as one. */
export function syllablesOf(word: string, language: Language): number {
  const lower = word.toLowerCase();
  if (language === 'en') return Math.max(1, syllable(lower));
  const silent = language === 'fr' ? spokenFrench(lower) : lower;
  return Math.max(1, silent.match(TOGETHER[language] ?? /[aeiouyäöüåæø]+/g)?.length ?? 0);
}

/**
 * Without the letters that French writes and does not speak: u behind q and between g and e or i, e at the
 * end, and the end of "parlent" (that of "moment" is spoken, and nouns in -ment are far more than verbs).
 */
function spokenFrench(word: string): string {
  return word
    .replaceAll(/qu(?=\p{L})/gu, 'q')
    .replaceAll(/gu(?=[eiéèêîy])/g, 'g')
    .replace(/es?$|(?<!m)ent$/, '');
}
