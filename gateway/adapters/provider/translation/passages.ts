/** Documents for vendors without citations of their own: numbered text on the way out, marks read back on the way in. */
import type { DocumentPart } from '../../../domain/messages.ts';
import type { Citation } from '../../../domain/response.ts';

/** One document as text under its number among all documents of the request. */
export function passageText(document: DocumentPart, number: number): string {
  const about = [document.title, document.source].filter((one) => one !== undefined && one !== '').join(', ');
  return `[${number}]${about ? ` ${about}` : ''}\n${document.text}`;
}

export const CITE_BY_NUMBER =
  'The numbered passages are material to answer from. Behind each statement that rests on one, put its number in square brackets, like [1].';

const MARK = /\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]/g;
/** The least share of a statement's words that the cited sentence has to hold. */
const LEAST_SHARED = 0.5;

/**
 * Citations for the marks in an answer: for each the words of the document that the statement before it rests on,
 * exactly. First what the statement puts in quotation marks, then the statement itself, then the sentence that shares
 * most of its words. A mark for which none is found gives no citation.
 */
export function citationsIn(text: string, documents: readonly DocumentPart[]): Citation[] {
  const found: Citation[] = [];
  let from = 0;
  let statement = '';
  for (const mark of text.matchAll(MARK)) {
    const between = text.slice(from, mark.index);
    // Marks that stand side by side belong to the same statement.
    if (between.trim() !== '') statement = lastStatement(between);
    from = mark.index + mark[0].length;
    for (const number of (mark[1] ?? '').split(/[,;]/).map(Number)) {
      const document = documents[number - 1];
      const place = document ? placeOf(statement, document.text) : undefined;
      if (!document || !place) continue;
      const known = found.some((one) => one.number === number && one.start === place.start && one.end === place.end);
      if (!known) found.push(citation(document, number, place));
    }
  }
  return found;
}

export function citation(document: DocumentPart, number: number, place: { start: number; end: number }): Citation {
  const { start, end } = place;
  const { id, title = null } = document;
  return { number, documentId: id, title, quote: document.text.slice(start, end), start, end };
}

interface Place {
  readonly start: number;
  readonly end: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

function sentences(text: string): Place[] {
  return [...segmenter.segment(text)].flatMap(({ segment, index }) => {
    const kept = segment.trimEnd();
    const lead = kept.length - kept.trimStart().length;
    return kept.trim() === '' ? [] : [{ start: index + lead, end: index + kept.length }];
  });
}

function lastStatement(text: string): string {
  const last = sentences(text).at(-1);
  return last ? text.slice(last.start, last.end) : text.trim();
}

function placeOf(statement: string, text: string): Place | undefined {
  for (const [, quoted = ''] of statement.matchAll(/["“„«]([^"“”„«»]{3,600})["”“»]/g)) {
    const place = literal(quoted, text);
    if (place) return place;
  }
  return literal(statement.replace(/[.!?]+$/, ''), text) ?? likest(statement, text);
}

/** Word for word, whatever the spaces and the case. */
function literal(words: string, text: string): Place | undefined {
  const parts = words
    .trim()
    .split(/\s+/u)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (parts.join('').length < 3) return undefined;
  const match = new RegExp(parts.join('\\s+'), 'iu').exec(text);
  return match ? { start: match.index, end: match.index + match[0].length } : undefined;
}

function likest(statement: string, text: string): Place | undefined {
  const wanted = wordsOf(statement);
  if (wanted.size === 0) return undefined;
  let best: { place: Place; share: number } | undefined;
  for (const place of sentences(text)) {
    const held = wordsOf(text.slice(place.start, place.end));
    const share = [...wanted].filter((word) => held.has(word)).length / wanted.size;
    if (share >= LEAST_SHARED && share > (best?.share ?? 0)) best = { place, share };
  }
  return best?.place;
}

/** Words that carry meaning: numbers, and words of four letters and more. */
function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{N}+|\p{L}{4,}/gu) ?? []);
}
