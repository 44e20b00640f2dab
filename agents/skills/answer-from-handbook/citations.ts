import type { Completion } from '#gateway';
import type { Json, Passage } from '../handler.ts';

/** What of a passage a quote is held to. */
export type Quotable = Pick<Passage, 'id' | 'text'>;

export interface CitedPassage<P extends Quotable = Passage> {
  /** As in the answer: [1]. */
  readonly number: number;
  readonly passage: P;
  /** Words of the passage, exactly. */
  readonly quote: string;
}

/**
 * What an answer rests on, in the order in which it uses it: the model's citations whose quote really stands in the
 * passage, else the passages that its text names by number, quoted whole up to 300 characters.
 */
export function citationsOf<P extends Quotable>(
  completion: Pick<Completion, 'citations' | 'text'>,
  passages: readonly P[],
): CitedPassage<P>[] {
  const byId = new Map(passages.map((passage) => [passage.id, passage]));
  const given = completion.citations.flatMap(({ documentId, number, quote }): CitedPassage<P>[] => {
    const passage = byId.get(documentId);
    return passage && quote.trim() !== '' && passage.text.includes(quote) ? [{ number, passage, quote }] : [];
  });
  if (given.length > 0)
    return given.filter(
      (one, at) => given.findIndex((other) => other.quote === one.quote && other.number === one.number) === at,
    );
  const numbers = [...new Set([...completion.text.matchAll(/\[(\d{1,2})\]/g)].map(([, number]) => Number(number)))];
  return numbers.flatMap((number): CitedPassage<P>[] => {
    const passage = passages[number - 1];
    return passage ? [{ number, passage, quote: opening(passage.text) }] : [];
  });
}

export function asJson({ number, passage, quote }: CitedPassage): Json {
  return {
    number,
    chunk: passage.id,
    source: passage.sourceId,
    source_name: passage.sourceName,
    heading: passage.headings.join(' > ') || null,
    line: passage.line,
    page: passage.page,
    quote,
  };
}

function opening(text: string): string {
  if (text.length <= 300) return text;
  const cut = text.slice(0, 300);
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), 200));
}
