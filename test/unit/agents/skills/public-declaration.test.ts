import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guessLanguage, type Language, languageOf, Pace } from '#platform';
import { readabilityOf, syllablesOf } from '../../../../agents/skills/content-optimization/readability.ts';
import type { Block } from '../../../../agents/skills/content-optimization/types.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../../fixtures/public/declaration/${name}`, import.meta.url), 'utf8');
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'sv', 'da'] as const;
const paragraphsOf = (language: Language) => read(`${language}.txt`).trim().split('\n');
const reference = JSON.parse(read('reference.json')) as Record<string, { readonly index: number }>;
/** By language and word: syllables as spoken, and how often the word stands in the text. */
const syllables = JSON.parse(read('syllables.json')) as Record<string, Record<string, readonly [number, number]>>;

describe('the Declaration of Human Rights in nine languages', () => {
  it('is told by its words: always as a whole, and nearly always by a single paragraph', () => {
    const wrong: string[] = [];
    let [right, paragraphs] = [0, 0];
    for (const language of LANGUAGES) {
      for (const text of paragraphsOf(language)) {
        paragraphs++;
        const found = languageOf(text);
        if (found === language) right++;
        else if (found !== 'unknown') wrong.push(`${text.slice(0, 44)} (${language}, taken for ${found})`);
      }
    }
    // "Ingen" is Danish too, and the list of Danish stop words lacks it.
    expect(wrong).toEqual(['Ingen må underkastes vilkårlig anholdelse, t (da, taken for sv)']);
    // The other 17 are not told: sentences of a dozen words.
    expect([right, paragraphs]).toEqual([432, 450]);
    for (const language of LANGUAGES) {
      const whole = read(`${language}.txt`);
      expect(languageOf(whole)).toBe(language);
      expect(guessLanguage(whole)).toBe(language === 'en' || language === 'de' ? language : 'unknown');
    }
  });

  it.each(Object.keys(syllables) as Language[])('has the syllables of the spoken words in %s', (language) => {
    let [words, right, ours, theirs] = [0, 0, 0, 0];
    for (const [word, [spoken, times]] of Object.entries(syllables[language]!)) {
      const counted = syllablesOf(word, language);
      words += times;
      ours += counted * times;
      theirs += spoken * times;
      if (counted === spoken) right += times;
    }
    expect(right / words).toBeGreaterThan(0.95);
    // The formula multiplies this figure by up to 85; half of one of Flesch's classes, five points, bears so much.
    expect(Math.abs(ours - theirs) / words).toBeLessThan(5 / 85);
  });

  it.each(Object.keys(reference) as Language[])('is as readable as others find it in %s', async (language) => {
    const blocks = paragraphsOf(language).map((text) => ({ kind: 'paragraph', own: true, text }) as unknown as Block);
    const found = await readabilityOf(blocks, language, new Pace());
    // Flesch's classes are ten points wide: within half of one, both call a text equally hard.
    expect(Math.abs(found!.index - reference[language]!.index)).toBeLessThan(5);
  });
});
