/** The offline model's own sentences, in the language of the question. */
import type { Language } from './answer/words.ts';

export const SUFFIX: Readonly<Record<Language, string>> = {
  en: '(Offline model: sentences quoted from the passages above, not written by a language model.)',
  de: '(Offline-Modell: Sätze aus den genannten Passagen, nicht von einem Sprachmodell geschrieben.)',
};

export const PLAIN_SUFFIX: Readonly<Record<Language, string>> = {
  en: '(Offline model, no language model is configured.)',
  de: '(Offline-Modell, es ist kein Sprachmodell eingerichtet.)',
};

export const UNKNOWN: Readonly<Record<Language, string>> = {
  en: 'I do not know: none of the passages I was given answers this question.',
  de: 'Das weiß ich nicht: Keine der Passagen, die ich habe, beantwortet diese Frage.',
};

export const NO_PASSAGES: Readonly<Record<Language, string>> = {
  en: 'I do not know: I was given no passages to answer from, and I can only quote.',
  de: 'Das weiß ich nicht: Ich habe keine Passagen, aus denen ich antworten könnte, und kann nur zitieren.',
};

export const TOOL_RESULT: Readonly<Record<Language, string>> = { en: 'Result of', de: 'Ergebnis von' };

/** The offline model's tokens: words, numbers and single other marks. */
export function countTokens(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu)) count += 1;
  return count;
}
