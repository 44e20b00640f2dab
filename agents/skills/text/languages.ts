import { LANGUAGES, type Language } from '#platform';

export { LANGUAGES, type Language, type LanguageTools, languageOf, wordsOf } from '#platform';

/** True when a short text carries stop words of another language and none of the given one, or another script. */
export function isOtherLanguage(words: readonly string[], language: Language): boolean {
  if (language === 'unknown') return false;
  const letters = words.join('');
  if (letters.length > 0 && !/\p{Script=Latin}|\p{N}/u.test(letters)) return true;
  const own = LANGUAGES[language].stopWords;
  if (words.some((word) => own.has(word))) return false;
  // One foreign particle may be a name ("los angeles", "de niro"); two of one language are a sentence in it.
  return Object.entries(LANGUAGES).some(
    ([other, { stopWords }]) => other !== language && words.filter((word) => stopWords.has(word)).length >= 2,
  );
}
