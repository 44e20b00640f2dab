/** The words of a question that are worth looking up, in the form that both engines' full-text indexes take. */
import { stopwords as english } from '@orama/stopwords/english';
import { stopwords as german } from '@orama/stopwords/german';

/** The English list lacks `a`. */
const STOP_WORDS = new Set(['a', ...english, ...german]);
/** A question has ten words; a pasted document has thousands, and each costs a look-up. */
const MAX_TERMS = 96;
/** Enough to hold `MAX_TERMS` words of any language; the rest of a pasted document is not looked at. */
const MAX_CHARACTERS = 4_000;

/**
 * Letters and digits only, so nothing of a query language can remain; each word once, in order, stop words left out
 * unless there is nothing else (`The Who`). Empty when the text holds no word at all.
 */
export function searchTerms(text: string): string[] {
  const words = new Map<string, string>();
  for (const word of text
    .slice(0, MAX_CHARACTERS)
    .normalize('NFC')
    .split(/[^\p{L}\p{N}\p{M}]+/u)) {
    const key = word.toLowerCase();
    if (word !== '' && !words.has(key)) words.set(key, word);
  }
  const all = [...words.values()];
  const telling = all.filter((word) => !STOP_WORDS.has(word.toLowerCase()));
  return (telling.length > 0 ? telling : all).slice(0, MAX_TERMS);
}
