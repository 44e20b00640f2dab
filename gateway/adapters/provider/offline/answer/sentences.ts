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
/** Characters from which on a line without an end was broken for its length. */
const WRAPPED = 50;

/**
 * Sentences, over the ends of wrapped lines, and the lines of lists and headings, as places in the text. Abbreviations and initials end none. The row of
 * a table is one; its header says nothing by itself and is none, but goes with each row.
 */
export function sentencesOf(text: string): Span[] {
  const spans: Span[] = [];
  const lines = text.split(/(?<=\n)/u);
  const rows = tableRowsOf(lines);
  let offset = 0;
  let paragraph = '';
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
    paragraph += line;
    offset += line.length;
    const next = lines[at + 1];
    if (next !== undefined && !rows.has(at + 1) && goesOn(line, next)) continue;
    sentences(spans, text, { from: offset - paragraph.length, paragraph: paragraph.replaceAll('\n', ' ') });
    paragraph = '';
  }
  return spans;
}

/** Whether a line was broken for its length alone, as editors wrap paragraphs: it is long, ends nothing, and prose follows. */
function goesOn(line: string, next: string): boolean {
  return (
    line.trimEnd().length >= WRAPPED &&
    !/[.!?:;…]["'”»)\]]*\s*$/u.test(line) &&
    /^ {0,3}[\p{L}\p{N}("'“„«]/u.test(next) &&
    !/^ {0,3}\d{1,9}[.)]\s/u.test(next)
  );
}

function sentences(spans: Span[], text: string, { from, paragraph }: { from: number; paragraph: string }): void {
  let open: number | undefined;
  for (const { segment, index } of segmenter.segment(paragraph)) {
    open ??= index;
    const end = index + segment.length;
    if (end < paragraph.length && ABBREVIATION.test(paragraph.slice(open, end))) continue;
    push(spans, text, from + open, from + end);
    open = undefined;
  }
  if (open !== undefined) push(spans, text, from + open, from + paragraph.length);
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
