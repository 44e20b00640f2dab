import { type TableRow, tableRowsOf } from './tables.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
  /** Where it is the row of a table. */
  readonly row?: TableRow;
}

const ABBREVIATION =
  /(?:^|[\s(])(?:\p{L}|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|No|Nos|Inc|Ltd|Co|Corp|Gen|Col|Sgt|Lt|Capt|Rev|Hon|Vol|pp?|ca|approx|e\.g|i\.e|z\.\s?B|d\.\s?h|u\.\s?a|bzw|Nr|Abs|Art|Str|ggf|inkl|evtl|usw|\d{1,2})\.\s*$/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
/** A line longer than this without a full stop (a table, a log) is cut at a space, so that a quote stays readable. */
const MAX_SENTENCE = 600;

/**
 * Sentences, and the lines of lists and headings, as places in the text. Abbreviations and initials end none. The row of
 * a table is one; its header says nothing by itself and is none, but goes with each row.
 */
export function sentencesOf(text: string): Span[] {
  const spans: Span[] = [];
  const lines = text.split(/(?<=\n)/u);
  const rows = tableRowsOf(lines);
  let offset = 0;
  for (const [at, line] of lines.entries()) {
    const row = rows.get(at);
    if (row !== undefined) {
      const before = spans.length;
      if (row !== 'header') push(spans, text, offset, offset + line.length);
      // A row too long to be quoted in one piece is text like any other.
      if (row !== 'header' && spans.length === before + 1) spans.push({ ...spans.pop()!, row });
      offset += line.length;
      continue;
    }
    let open: number | undefined;
    for (const { segment, index } of segmenter.segment(line)) {
      open ??= index;
      const end = index + segment.length;
      if (end < line.length && ABBREVIATION.test(line.slice(open, end))) continue;
      push(spans, text, offset + open, offset + end);
      open = undefined;
    }
    if (open !== undefined) push(spans, text, offset + open, offset + line.length);
    offset += line.length;
  }
  return spans;
}

function push(spans: Span[], text: string, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && /[\s*\-•#>|]/u.test(text[start]!)) start += 1;
  while (end > start && /\s/u.test(text[end - 1]!)) end -= 1;
  while (end - start > MAX_SENTENCE) {
    const space = text.lastIndexOf(' ', start + MAX_SENTENCE);
    const cut = space > start ? space : start + MAX_SENTENCE;
    spans.push({ start, end: cut });
    start = cut + (space > start ? 1 : 0);
  }
  if (end > start && /[\p{L}\p{N}]/u.test(text.slice(start, end))) spans.push({ start, end });
}
