import { applyPatch, createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
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

  /** Both from 1. */
  placeOf(offset: number): { readonly line: number; readonly column: number } {
    const line = below(this.#lineStarts, offset + 1);
    return { line, column: offset - this.#lineStarts[line - 1]! + 1 };
  }

  /** The given text with edits made in it; line ends that edits bring are those of most lines. */
  apply(edits: readonly Edit[]): string {
    const lineEnd = this.#returns.length * 2 > this.#lineStarts.length - 1 ? '\r\n' : '\n';
    let result = '';
    let from = 0;
    for (const { start, end, text } of inOrder(edits)) {
      result += this.given.slice(from, this.#given(start)) + text.replaceAll('\n', lineEnd);
      from = this.#given(end);
    }
    return result + this.given.slice(from);
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

/** Insertions at the edge of a span do not meet it. */
export function meets(left: Span, right: Span): boolean {
  if (left.start === left.end || right.start === right.end) {
    const [point, span] = left.start === left.end ? [left, right] : [right, left];
    return point.start > span.start && point.start < span.end;
  }
  return left.start < right.end && right.start < left.end;
}

/** A unified diff of two texts of one file; empty when they are equal. Line ends stand in it as they are. */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return '';
  const file = name.replaceAll(/[\s\p{C}]+/gu, ' ').slice(0, 200);
  return createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/** Undefined when the diff does not fit the text. */
export function applyDiff(diff: string, before: string): string | undefined {
  if (diff === '') return before;
  const after = applyPatch(before, diff, { autoConvertLineEndings: false, fuzzFactor: 0 });
  return after === false ? undefined : after;
}
