import { syllable } from 'syllable';
import type { Language } from '#platform';
import { shown } from './shown.ts';
import type { Subject } from './subject.ts';
import type { Block, Finding } from './types.ts';
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
export function readabilityOf(blocks: readonly Block[], language: Language): Readability | undefined {
  const formula = FORMULAS[language];
  const sentences = blocks
    .filter(({ kind, own }) => own && (kind === 'paragraph' || kind === 'item'))
    .flatMap(({ text }) => sentencesOf(text, language));
  const counts = count(sentences, language);
  if (!formula || counts.words < LEAST_WORDS) return undefined;
  const index = formula.index(counts);
  const level = Math.max(0, Math.min(1, (index - formula.hard) / (formula.easy - formula.hard)));
  const words = (text: string) => text.match(/\p{L}+/gu)?.length ?? 0;
  return {
    formula: formula.name,
    index: Math.round(index * 10) / 10,
    level,
    wordsPerSentence: Math.round(perSentence(counts) * 10) / 10,
    schoolYears: language === 'de' ? Math.round(vienna(counts) * 10) / 10 : null,
    longest: [...sentences].sort((left, right) => words(right) - words(left)).slice(0, 3),
  };
}

const vienna = ({ words, sentences, manySyllables, long, oneSyllable }: Counts) =>
  0.1935 * ((100 * manySyllables) / words) +
  0.1672 * (words / sentences) +
  0.1297 * ((100 * long) / words) -
  0.0327 * ((100 * oneSyllable) / words) -
  0.875;

export function checkReadability(subject: Subject): Finding[] {
  const found = readabilityOf(subject.page.blocks, subject.language);
  if (!found || found.level >= 0.5) return [];
  const at = subject.page.blocks.find(({ text }) => text.includes(found.longest[0]!.slice(0, 60)))?.span ?? null;
  return [
    {
      kind: 'hard-to-read',
      severity: 'notice',
      at,
      before: `${found.formula}: ${found.index}, ${found.wordsPerSentence} words a sentence${found.schoolYears === null ? '' : `, ${found.schoolYears} years of school (Vienna formula)`}`,
      after: null,
      reason: `The longest sentence: "${shown(found.longest[0]!, 200)}"`,
      edits: [],
    },
  ];
}

function count(sentences: readonly string[], language: Language): Counts {
  const words = sentences.flatMap((sentence) => sentence.match(/\p{L}[\p{L}\p{M}'’]*/gu) ?? []);
  const known = new Map<string, number>();
  const syllables = words.map((word) => {
    const count = known.get(word) ?? syllablesOf(word, language);
    known.set(word, count);
    return count;
  });
  return {
    words: words.length,
    sentences: Math.max(1, sentences.length),
    letters: words.reduce((sum, word) => sum + word.length, 0),
    syllables: syllables.reduce((sum, one) => sum + one, 0),
    long: words.filter((word) => word.length > 6).length,
    manySyllables: syllables.filter((one) => one >= 3).length,
    oneSyllable: syllables.filter((one) => one === 1).length,
  };
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
  const silent = language === 'fr' && lower.length > 3 ? lower.replace(/e(?:s|nt)?$/, '') : lower;
  return Math.max(1, silent.match(TOGETHER[language] ?? /[aeiouyäöüåæø]+/g)?.length ?? 0);
}
