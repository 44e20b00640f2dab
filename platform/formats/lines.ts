import { formatErrors } from './errors.ts';

export interface TextLine {
  /** Without its line end. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Characters of the decoded text; `end` stands before the line end. */
  readonly start: number;
  readonly end: number;
}

/**
 * Lines of a stream of text, a batch per chunk (an await per line would cost more than the reading). CRLF, LF and lone
 * CR end a line. Memory is one chunk and one line.
 */
export async function* readLines(
  chunks: AsyncIterable<string>,
  limit: { name: string; maxLineChars: number },
): AsyncGenerator<TextLine[]> {
  let rest = '';
  let base = 0;
  let line = 1;
  const cut = (buffer: string, atEnd: boolean): TextLine[] => {
    const lines: TextLine[] = [];
    let from = 0;
    // Lone CR is old and rare: look for it only where a chunk has any.
    const hasCr = buffer.includes('\r');
    for (;;) {
      let end = buffer.indexOf('\n', from);
      let next = end + 1;
      if (hasCr) {
        const cr = buffer.indexOf('\r', from);
        if (cr >= 0 && (end < 0 || cr < end)) {
          if (cr === buffer.length - 1 && !atEnd) break;
          next = buffer.charCodeAt(cr + 1) === 10 ? cr + 2 : cr + 1;
          end = cr;
        }
      }
      if (end < 0) break;
      tooLong(end - from, line);
      lines.push({ text: buffer.slice(from, end), line: line++, start: base + from, end: base + end });
      from = next;
    }
    rest = buffer.slice(from);
    base += from;
    tooLong(rest.length, line);
    return lines;
  };
  const tooLong = (length: number, at: number) => {
    if (length <= limit.maxLineChars) return;
    throw formatErrors(
      'KAZE_FORMAT_LIMIT',
      `${limit.name}: line ${at} is longer than ${limit.maxLineChars} characters (maxLineChars); break the line or raise the limit`,
      { fields: { name: limit.name, limit: 'maxLineChars', allowed: limit.maxLineChars, line: at } },
    );
  };
  for await (const chunk of chunks) {
    const lines = cut(rest + chunk, false);
    if (lines.length > 0) yield lines;
  }
  const lines = cut(rest, true);
  if (rest) lines.push({ text: rest, line, start: base, end: base + rest.length });
  if (lines.length > 0) yield lines;
}
