import { LANGUAGES, languageOf } from '#platform';
import type { Embedder } from '../ports/embedder.ts';

/** Whether the embedder's vector of a question means anything. A language that cannot be told is taken to be read. */
export function readsQuestion({ languages }: Pick<Embedder, 'languages'>, text: string): boolean {
  const language = languageOf(text);
  if (language !== 'unknown') return readsLanguage({ languages }, language);
  // An embedder of languages in Latin letters reads no others.
  const latin = languages.every((one) => primary(one) in LANGUAGES);
  return !latin || !/\p{L}/u.test(text) || /\p{Script=Latin}/u.test(text);
}

/** @param language BCP 47 or `unknown`, which is taken to be read */
export function readsLanguage({ languages }: Pick<Embedder, 'languages'>, language: string): boolean {
  return language === 'unknown' || languages.some((one) => primary(one) === primary(language));
}

function primary(language: string): string {
  return language.toLowerCase().split('-', 1)[0]!;
}
