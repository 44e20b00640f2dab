import { readLines, type TextLine } from './lines.ts';
import type { ResolvedLimits } from './types.ts';

/** Lines that can be parsed by themselves. */
export interface MarkdownSegment {
  readonly lines: readonly TextLine[];
  /** `continued-code`: the middle of a fenced block that is longer than a segment may be. */
  readonly kind: 'markdown' | 'continued-code';
}

/** A parser's time grows faster than its text, so segments close at the first safe place after this many characters. */
const SEGMENT_CHARS = 8_000;
/** Without a safe place (one huge list, one huge code block) a segment ends here anyway. */
const SEGMENT_MAX_CHARS = 64_000;

const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const RAW_HTML: ReadonlyArray<readonly [open: RegExp, close: RegExp]> = [
  [/^ {0,3}<(script|pre|style|textarea)(\s|>|$)/i, /<\/(script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
];

/**
 * Cuts a stream of Markdown where a new block certainly begins: before a line that is not indented and is no list item,
 * after a blank line, outside code fences and raw HTML.
 */
export async function* readSegments(
  chunks: AsyncIterable<string>,
  options: { name: string; limits: ResolvedLimits },
): AsyncGenerator<MarkdownSegment> {
  let lines: TextLine[] = [];
  let chars = 0;
  let fence: string | undefined;
  let continued = false;
  let rawHtmlEnd: RegExp | undefined;
  let afterBlank = false;
  const close = (): MarkdownSegment => {
    const segment: MarkdownSegment = { lines, kind: continued ? 'continued-code' : 'markdown' };
    lines = [];
    chars = 0;
    continued = fence !== undefined;
    return segment;
  };
  const { name, limits } = options;
  for await (const batch of readLines(chunks, { name, maxLineChars: limits.maxLineChars })) {
    for (const line of batch) {
      const { text } = line;
      const safe =
        !fence && !rawHtmlEnd && afterBlank && /^[^\s]/.test(text) && !/^([-*+]|\d{1,9}[.)])(\s|$)/.test(text);
      if (lines.length > 0 && ((chars >= SEGMENT_CHARS && safe) || chars + text.length > SEGMENT_MAX_CHARS))
        yield close();
      lines.push(line);
      chars += text.length + 1;
      afterBlank = text.trim() === '';
      if (fence) {
        const end = FENCE_END.exec(text)?.[1];
        if (end && end[0] === fence[0] && end.length >= fence.length) {
          fence = undefined;
          if (continued) {
            yield close();
            continued = false;
          }
        }
      } else if (rawHtmlEnd) {
        if (rawHtmlEnd.test(text)) rawHtmlEnd = undefined;
      } else {
        fence = FENCE.exec(text)?.[1];
        const raw = RAW_HTML.find(([open]) => open.test(text));
        if (raw && !raw[1].test(text)) rawHtmlEnd = raw[1];
      }
    }
  }
  if (lines.length > 0) yield close();
}

const FENCE_END = /^ {0,3}(`{3,}|~{3,})[ \t]*$/;
