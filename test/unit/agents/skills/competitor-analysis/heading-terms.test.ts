import { describe, expect, it } from 'vitest';
import { headingTerms } from '../../../../../agents/skills/competitor-analysis/heading-terms.ts';
import type { PageReading } from '../../../../../agents/skills/competitor-analysis/read-pages.ts';
import { termsOf } from '../../../../../agents/skills/competitor-analysis/terms.ts';
import { loadWordForms } from '../../../../../agents/skills/competitor-analysis/word-forms.ts';
import type { Language } from '../../../../../agents/skills/text/languages.ts';
import { Stemmer } from '../../../../../agents/skills/text/stems.ts';

const forms = await loadWordForms();
const terms = (heading: string, language: Language) =>
  headingTerms(heading, { language, stemmer: new Stemmer(language), forms });

describe('what a heading is about', () => {
  it('is in English not the verb that a question asks with', () => {
    expect(terms('How long does it take?', 'en')).toEqual([]);
    expect(terms('What does it cost in an average home?', 'en')).toEqual(['average home', 'home']);
    expect(terms('Does rye flour keep?', 'en')).toEqual(['rye flour', 'rye', 'flour']);
  });

  it('is in German not the word that asks, nor what is written small', () => {
    expect(terms('Wann ist der richtige Zeitpunkt?', 'de')).toEqual(['richtige Zeitpunkt', 'Zeitpunkt']);
    expect(terms('Wie lange dauert das?', 'de')).toEqual([]);
    expect(terms('Ameisensäure gegen Varroa', 'de')).toContain('Ameisensäure');
  });

  it('is not a word that says how pages are built', () => {
    expect(terms('A guide to pin blocks', 'en')).toEqual(['pin blocks', 'pin', 'blocks']);
    expect(terms('Overview', 'en')).toEqual([]);
  });
});

it('takes no run of words around a verb for a term, and no word of page building by itself', () => {
  const said = ['Humidity control takes patience', 'Good control takes patience', 'Our guide helps', 'A guide'];
  const blocks = said.map((text, at) => ({ kind: 'paragraph', text: `${text}. A pin block holds.`, line: at + 1 }));
  const page = { language: 'en', blocks } as unknown as PageReading;
  const names = termsOf(page, forms).map(({ name }) => name);
  expect(names).toContain('pin block');
  expect(names).not.toContain('control takes patience');
  expect(names).not.toContain('guide');
});
