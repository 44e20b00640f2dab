import type { Language } from '../text/languages.ts';
import type { Stemmer } from '../text/stems.ts';
import { asksQuestion } from './question-words.ts';
import type { WordForms } from './word-forms.ts';

/** Words that say how a page is built and not what it is about. */
const BUILDING =
  /^(?:introduction|overview|summary|conclusion|contents?|contact|tips?|steps?|guide|questions?|answers?|frequently|asked|related|articles?|read|learn|more|about|things?|best|top|good|need|know|einleitung|überblick|fazit|zusammenfassung|inhalt|kontakt|tipps?|schritte?|anleitung|fragen?|antworten?|häufige?|mehr|weitere|alles|beste[nrs]?)$/i;

export const isBuilding = (word: string): boolean => BUILDING.test(word);

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}'’&+.-]*/gu;
const SHORTEST_WORD = 3;

/**
 * Words and pairs of neighbouring words of a heading that may name what it is about. Stop words aside, a question is not
 * about what it asks with: not about its first word, nor in English about its verbs ("How long does it take?"). In German
 * no heading is about what is written small ("Wie lange dauert das?").
 */
export function headingTerms(
  heading: string,
  { language, stemmer, forms }: { readonly language: Language; readonly stemmer: Stemmer; readonly forms: WordForms },
): string[] {
  const words = [...heading.matchAll(WORD)].map(([word]) => word.replace(/[.'’-]+$/u, ''));
  const isAsked = asksQuestion(heading, language);
  const asked = isAsked && language === 'en' ? forms.within(heading) : undefined;
  const isContent = (at: number) => {
    const word = words[at];
    return (
      word !== undefined &&
      word.length >= SHORTEST_WORD &&
      !isBuilding(word) &&
      !/^\p{N}+$/u.test(word) &&
      !stemmer.isStopWord(word.toLowerCase()) &&
      !asked?.verbs.has(word.toLowerCase()) &&
      !(isAsked && at === 0)
    );
  };
  const canEnd = (word: string) =>
    language === 'de' ? !/^\p{Ll}+$/u.test(word) : !asked?.describing.has(word.toLowerCase());
  const single = words.filter((word, at) => isContent(at) && canEnd(word));
  const pairs = words.flatMap((word, at) =>
    isContent(at) && isContent(at + 1) && canEnd(words[at + 1]!) ? [`${word} ${words[at + 1]}`] : [],
  );
  return [...pairs, ...single];
}
