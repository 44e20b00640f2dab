import { describe, expect, it } from 'vitest';
import type { Language } from '#platform';
import { readabilityFigures } from '../../../../../agents/skills/content-optimization/outputs.ts';
import { syllablesOf } from '../../../../../agents/skills/content-optimization/readability.ts';
import { htmlPage, optimised } from './pages.ts';

interface Counts {
  /** A sentence. */
  readonly words: number;
  readonly letters: number;
  readonly syllables: number;
  /** Of more than six letters. */
  readonly long: number;
}

/** A sentence of each language with its counts by hand, and the published formula over them. */
const TEXTS: ReadonlyArray<{
  readonly language: Language;
  readonly sentence: string;
  readonly counts: Counts;
  readonly formula: string;
  readonly index: (counts: Counts) => number;
}> = [
  {
    language: 'en',
    sentence: 'We mend the roof and dry it out by water line.',
    counts: { words: 11, letters: 35, syllables: 12, long: 0 },
    formula: 'Flesch Reading Ease (1948)',
    index: ({ words, syllables }) => 206.835 - 1.015 * words - 84.6 * (syllables / words),
  },
  {
    language: 'de',
    sentence: 'Wir decken das Dach und die Rinne mit der Hand.',
    counts: { words: 10, letters: 37, syllables: 12, long: 0 },
    formula: 'Flesch for German (Amstad 1978)',
    index: ({ words, syllables }) => 180 - words - 58.5 * (syllables / words),
  },
  {
    language: 'fr',
    sentence: 'Nous avons un bon pain pour les enfants de la ville.',
    counts: { words: 11, letters: 41, syllables: 13, long: 1 },
    formula: 'Flesch for French (Kandel and Moles 1958)',
    index: ({ words, syllables }) => 207 - 1.015 * words - 73.6 * (syllables / words),
  },
  {
    language: 'es',
    sentence: 'La casa de mi padre no tiene una puerta para los gatos.',
    counts: { words: 12, letters: 43, syllables: 19, long: 0 },
    formula: 'Flesch-Szigriszt (Szigriszt Pazos 1993)',
    index: ({ words, syllables }) => 206.835 - 62.3 * (syllables / words) - words,
  },
  {
    language: 'it',
    sentence: 'Il pane della nostra casa non ha mai lo zucchero.',
    counts: { words: 10, letters: 39, syllables: 16, long: 1 },
    formula: 'Gulpease (Lucisano and Piemontese 1988)',
    index: ({ words, letters }) => 89 + (300 - 10 * letters) / words,
  },
  {
    language: 'nl',
    sentence: 'Wij maken het dak van uw huis met de hand.',
    counts: { words: 10, letters: 32, syllables: 11, long: 0 },
    formula: 'Flesch for Dutch (Douma 1960)',
    index: ({ words, syllables }) => 206.84 - 0.93 * words - 77 * (syllables / words),
  },
  {
    language: 'pt',
    sentence: 'A casa do meu pai não tem uma porta para os gatos.',
    counts: { words: 12, letters: 38, syllables: 17, long: 0 },
    formula: 'Flesch for Portuguese (Martins and others 1996)',
    index: ({ words, syllables }) => 248.835 - 1.015 * words - 84.6 * (syllables / words),
  },
  {
    language: 'sv',
    sentence: 'Vi lagar taket och torkar brädorna innan det regnar.',
    counts: { words: 9, letters: 43, syllables: 16, long: 1 },
    formula: 'LIX (Björnsson 1968)',
    index: ({ words, long }) => words + (100 * long) / words,
  },
];

describe('readability', () => {
  it.each(TEXTS)('follows the formula of $language', async ({ language, sentence, counts, formula, index }) => {
    const body = `<h1>A</h1><p>${`${sentence} `.repeat(Math.ceil(100 / counts.words))}</p>`;
    const figures = readabilityFigures(await optimised('page.html', htmlPage({ lang: language, body })));
    expect(sentence.match(/\p{L}+/gu)!.reduce((sum, word) => sum + syllablesOf(word, language), 0)).toBe(
      counts.syllables,
    );
    expect(figures).toMatchObject({
      formula,
      index: Math.round(index(counts) * 10) / 10,
      words_per_sentence: counts.words,
    });
  });

  it('tells years of school in German, by the first Vienna formula', async () => {
    // A sentence of ten words: eight of one syllable, none of three, none of more than six letters.
    const body = `<h1>A</h1><p>${'Wir decken das Dach und die Rinne mit der Hand. '.repeat(10)}</p>`;
    const figures = readabilityFigures(await optimised('page.html', htmlPage({ lang: 'de', body })));
    expect(figures).toMatchObject({ school_years: Math.round((0.1672 * 10 - 0.0327 * 80 - 0.875) * 10) / 10 });
  });

  it.each([
    ['de', 'Dachrinnenreinigung', 6],
    ['de', 'Häuser', 2],
    ['fr', 'toiture', 2],
    ['es', 'cubierta', 3],
    ['it', 'riparazione', 5],
    ['en', 'repair', 2],
  ] as const)('counts syllables in %s: %s has %d', (language, word, syllables) => {
    expect(syllablesOf(word, language)).toBe(syllables);
  });
});
