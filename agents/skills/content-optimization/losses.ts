import { Stemmer } from '../text/stems.ts';
import type { SourceText } from './edits.ts';
import { saidBy, wordsWithNext } from './invention.ts';
import type { Finding, Page } from './types.ts';

/** Numbers, and numbers with what they count ("24 hours"), that a page says and the changed one no longer does. */
export function lostNumbers(before: Page, after: Page): string[] {
  const stemmer = new Stemmer(before.language);
  const kept = new Set(numbersOf(after, stemmer).map(({ key }) => key));
  return [...new Map(numbersOf(before, stemmer).map(({ key, text }) => [key, text]))].flatMap(([key, text]) =>
    kept.has(key) ? [] : text,
  );
}

function numbersOf(page: Page, stemmer: Stemmer): Array<{ readonly key: string; readonly text: string }> {
  return saidBy(page).flatMap((text) =>
    [...wordsWithNext(text)].flatMap(({ word, next }) => {
      if (!/\d/.test(word)) return [];
      const counts = next !== undefined && !stemmer.isStopWord(next);
      return [
        { key: word, text: word },
        ...(counts ? [{ key: `${word} ${stemmer.stem(next)}`, text: `${word} ${next}` }] : []),
      ];
    }),
  );
}

/** A finding whose edits would take the last mention of a number from the page is left to people; others stay as they are. */
export function keepingNumbers(finding: Finding, lost: readonly string[], source: SourceText): Finding {
  const gone = lost.filter((number) =>
    finding.edits.some(({ start, end, text }) => {
      const [whole] = number.split(' ') as [string];
      return source.text.slice(start, end).includes(whole) && !text.includes(whole);
    }),
  );
  if (gone.length === 0) return finding;
  const numbers = [...new Set(gone)].slice(0, 3).map((number) => `"${number}"`);
  return {
    ...finding,
    after: null,
    edits: [],
    reason: `${finding.reason} No edit is proposed: with it the page would no longer say ${numbers.join(', ')}.`,
  };
}
