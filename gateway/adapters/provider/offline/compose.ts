/** Puts the chosen sentences together: a text with [n] behind each quote, and the citations it stands on. */
import type { DocumentPart } from '../../../domain/messages.ts';
import type { Citation } from '../../../domain/response.ts';
import type { ExtractiveAnswer } from './answer/index.ts';
import { rowInWords } from './answer/tables.ts';
import { countTokens } from './text.ts';

export interface Composed {
  readonly text: string;
  readonly citations: readonly Citation[];
  /** True when sentences were left out for want of room. */
  readonly cut: boolean;
}

/** `room`: tokens that the text may take. The first sentence is cut rather than left out. */
export function compose(answer: ExtractiveAnswer, documents: readonly DocumentPart[], room: number): Composed {
  const pieces: string[] = [];
  const citations: Citation[] = [];
  let left = room;
  let cut = false;
  for (const { passage, start, end, row } of answer.sentences) {
    const document = documents[passage]!;
    const mark = ` [${passage + 1}]`;
    const quote = fitting(document.text.slice(start, end), left - countTokens(mark));
    if (quote === '' || (quote.length < end - start && pieces.length > 0)) {
      cut = true;
      break;
    }
    cut = quote.length < end - start;
    // A row is said with the names of its columns; the citation holds it as it stands.
    const said = row && !cut ? rowInWords(row) : quote;
    const words = countTokens(said + mark) <= left ? said : quote;
    left -= countTokens(words + mark);
    pieces.push(`${words.replace(/\s+/gu, ' ')}${mark}`);
    citations.push({
      number: passage + 1,
      documentId: document.id,
      title: document.title ?? null,
      quote,
      start,
      end: start + quote.length,
    });
    if (cut) break;
  }
  return { text: pieces.join(' '), citations, cut };
}

/** The text, or as many whole words of its beginning as there is room for. */
export function fitting(text: string, room: number): string {
  if (countTokens(text) <= room) return text;
  let end = 0;
  for (const match of text.matchAll(/\S+/gu)) {
    const next = match.index + match[0].length;
    if (countTokens(text.slice(0, next)) > room) break;
    end = next;
  }
  return text.slice(0, end);
}
