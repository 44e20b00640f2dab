import { applyPatch, FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk } from 'diff';
import type { Pace } from '#platform';
import type { Edit, Span } from './types.ts';

/** A text as it was given, and the same with LF alone, which is what spans count in. */
export class SourceText {
  /** With LF. */
  readonly text: string;
  readonly given: string;
  /** Where, in `text`, a CR was taken out before the LF. */
  readonly #returns: readonly number[] = [];
  readonly #lineStarts: readonly number[];

  constructor(given: string) {
    this.given = given;
    const returns: number[] = [];
    let text = '';
    let from = 0;
    for (let at = given.indexOf('\r\n'); at >= 0; at = given.indexOf('\r\n', at + 2)) {
      text += given.slice(from, at);
      returns.push(text.length);
      from = at + 1;
    }
    this.text = text + given.slice(from);
    this.#returns = returns;
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  /** The line behind a last line end counts. */
  get lines(): number {
    return this.#lineStarts.length;
  }

  /** Both from 1. */
  placeOf(offset: number): { readonly line: number; readonly column: number } {
    const line = below(this.#lineStarts, offset + 1);
    return { line, column: offset - this.#lineStarts[line - 1]! + 1 };
  }

  /** The given text with edits made in it; line ends that edits bring are those of most lines. */
  apply(edits: readonly Edit[]): string {
    return this.#edited(edits, { start: 0, end: this.text.length });
  }

  /** Some lines as they are, and with edits made in them. Lines from 1, both included, the last at most the text's. */
  linesWith(edits: readonly Edit[], lines: { readonly first: number; readonly last: number }): [string, string] {
    const start = this.#lineStarts[lines.first - 1]!;
    const end = this.#lineStarts[lines.last] ?? this.text.length;
    return [this.given.slice(this.#given(start), this.#given(end)), this.#edited(edits, { start, end })];
  }

  #edited(edits: readonly Edit[], within: Span): string {
    const lineEnd = this.#returns.length * 2 > this.#lineStarts.length - 1 ? '\r\n' : '\n';
    let result = '';
    let from = this.#given(within.start);
    for (const { start, end, text } of inOrder(edits)) {
      result += this.given.slice(from, this.#given(start)) + text.replaceAll('\n', lineEnd);
      from = this.#given(end);
    }
    return result + this.given.slice(from, this.#given(within.end));
  }

  #given(offset: number): number {
    return offset + below(this.#returns, offset);
  }
}

/** How many of ascending numbers are less than `limit`. */
function below(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By place; those that insert at one place stay in the order they came. */
export function inOrder(edits: readonly Edit[]): Edit[] {
  return [...edits].sort((left, right) => left.start - right.start || left.end - right.end);
}

/** Edits that go together, for asking of another one whether it meets one of them: in few steps, however many there are. */
export class KeptEdits {
  /** Ascending; no two spans overlap. */
  readonly #points: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** Insertions at the edge of a span do not meet it, nor each other. */
  meet({ start, end }: Span): boolean {
    // The last span that begins before the end, or before the point.
    const last = below(this.#starts, end) - 1;
    if (last >= 0 && this.#ends[last]! > start) return true;
    return start !== end && below(this.#points, end) > below(this.#points, start + 1);
  }

  add({ start, end }: Span): void {
    if (start === end) {
      this.#points.splice(below(this.#points, start), 0, start);
      return;
    }
    const at = below(this.#starts, start);
    this.#starts.splice(at, 0, start);
    this.#ends.splice(at, 0, end);
  }
}

const CONTEXT_LINES = 3;
const NO_LINE_END = '\\ No newline at end of file';

/**
 * A unified diff of a text and the same with edits made in it; empty when they change nothing. Line ends stand in it as
 * they are. It is put together from the edits, so that its time grows with them and not with the square of the lines.
 */
export async function diffOfEdits(
  name: string,
  source: SourceText,
  { edits, pace }: { readonly edits: readonly Edit[]; readonly pace: Pace },
): Promise<string> {
  const hunks: StructuredPatchHunk[] = [];
  let more = 0;
  for (const changes of neighbours(changesOf(source, edits))) {
    if (pace.isDue()) await pace.rest();
    const hunk = hunkOf(source, changes);
    hunks.push({ ...hunk, newStart: hunk.newStart + more });
    more += hunk.newLines - hunk.oldLines;
  }
  if (hunks.length === 0) return '';
  const file = name.replaceAll(/[\s\p{C}]+/gu, ' ').slice(0, 200);
  const names = { oldFileName: `a/${file}`, newFileName: `b/${file}`, oldHeader: undefined, newHeader: undefined };
  return formatPatch({ ...names, hunks }, FILE_HEADERS_ONLY);
}

/** Lines with their ends that others take the place of. */
interface Change {
  /** The first line, from 1. */
  readonly at: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** By lines: edits on the same lines are one change. */
function* changesOf(source: SourceText, edits: readonly Edit[]): Generator<Change> {
  const groups: Array<{ first: number; last: number; edits: Edit[] }> = [];
  for (const edit of inOrder(edits)) {
    const [first, last] = [source.placeOf(edit.start).line, source.placeOf(edit.end).line];
    const open = groups.at(-1);
    if (open && first <= open.last) {
      open.last = Math.max(open.last, last);
      open.edits.push(edit);
    } else groups.push({ first, last, edits: [edit] });
  }
  for (const { first, last, edits: here } of groups) {
    const [before, after] = source.linesWith(here, { first, last }).map(linesOf) as [string[], string[]];
    const least = Math.min(before.length, after.length);
    let same = 0;
    while (same < least && before[same] === after[same]) same++;
    let behind = 0;
    while (behind < least - same && before.at(-1 - behind) === after.at(-1 - behind)) behind++;
    const change = {
      at: first + same,
      before: before.slice(same, before.length - behind),
      after: after.slice(same, after.length - behind),
    };
    if (change.before.length + change.after.length > 0) yield change;
  }
}

/** Changes whose surroundings touch, together. */
function* neighbours(changes: Iterable<Change>): Generator<readonly [Change, ...Change[]]> {
  let open: [Change, ...Change[]] | undefined;
  for (const change of changes) {
    const last = open?.at(-1);
    if (open && last && change.at - (last.at + last.before.length) <= 2 * CONTEXT_LINES) open.push(change);
    else {
      if (open) yield open;
      open = [change];
    }
  }
  if (open) yield open;
}

function hunkOf(source: SourceText, changes: readonly [Change, ...Change[]]): StructuredPatchHunk {
  const lines: string[] = [];
  const say = (mark: string, said: readonly string[]) => {
    for (const line of said) {
      if (line.endsWith('\n')) lines.push(mark + line.slice(0, -1));
      else lines.push(mark + line, NO_LINE_END);
    }
    return said.length;
  };
  const around = (first: number, last: number) =>
    first > last ? [] : linesOf(source.linesWith([], { first: Math.max(1, first), last })[0]);
  const start = Math.max(1, changes[0].at - CONTEXT_LINES);
  let at = start;
  let [oldLines, newLines] = [0, 0];
  for (const change of changes) {
    const kept = say(' ', around(at, change.at - 1));
    oldLines += kept + say('-', change.before);
    newLines += kept + say('+', change.after);
    at = change.at + change.before.length;
  }
  const kept = say(' ', around(at, Math.min(source.lines, at + CONTEXT_LINES - 1)));
  return { oldStart: start, oldLines: oldLines + kept, newStart: start, newLines: newLines + kept, lines };
}

/** With their ends; none of an empty text. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Undefined when the diff does not fit the text. */
export function applyDiff(diff: string, before: string): string | undefined {
  if (diff === '') return before;
  const after = applyPatch(before, diff, { autoConvertLineEndings: false, fuzzFactor: 0 });
  return after === false ? undefined : after;
}
