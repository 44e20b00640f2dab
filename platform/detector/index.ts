/**
 * Finds secrets, personal data and names in text without a network: keys, addresses, numbers, dates, money,
 * organisations, people, places. Structured kinds are checked by their own rules, known names by a dictionary that the caller passes in, and
 * only what is left is guessed, in English. Best effort: never the only barrier before text leaves a tenant.
 *
 * @example
 * const detector = await createDetector({ country: 'GB', dictionary: [{ name: 'Northgate Bank', kind: 'organisation' }] });
 * detector.detect('Call Northgate Bank on 0800 496 0145.', { language: 'en' });
 */
import { createDictionary, nameKey } from './names.ts';
import { findSecrets, holdsSecret } from './secrets.ts';
import type { DetectOptions, Detector, DetectorOptions, Finding } from './types.ts';

export type { DetectOptions, Detector, DetectorOptions, Finding, FindingKind, KnownName } from './types.ts';
export { findSecrets, holdsSecret, nameKey };

/** Loads the rules (some 0.3 s and 60 MB the first time) and binds them to a country and known names. */
export async function createDetector({ country, dictionary = [] }: DetectorOptions = {}): Promise<Detector> {
  const [{ findLinks, findNumbers, findPhones }, { findDates, findMoney }, { findOrganisations }, { findNames }] =
    await Promise.all([
      import('./structured.ts'),
      import('./amounts.ts'),
      import('./names.ts'),
      import('./parts-of-speech.ts'),
    ]);
  const known = createDictionary(dictionary);

  return {
    detect(text: string, { language = 'unknown', names = true, kinds }: DetectOptions = {}): readonly Finding[] {
      // In this order: what was checked first keeps its place, later guesses may not overlap it.
      const searches = [
        () => findSecrets(text),
        () => findLinks(text),
        () => findNumbers(text),
        () => findDates(text),
        () => findPhones(text, country),
        () => findMoney(text),
        () => known(text),
        () => findOrganisations(text),
        () => (names && /^en\b/.test(language) ? findNames(text) : []),
      ];
      const taken: Finding[] = [];
      for (const search of searches) {
        for (const finding of search()) {
          if (taken.every(({ start, end }) => finding.end <= start || finding.start >= end)) taken.push(finding);
        }
      }
      const wanted = kinds ? taken.filter(({ kind }) => kinds.includes(kind)) : taken;
      return wanted.sort((a, b) => a.start - b.start);
    },
  };
}
