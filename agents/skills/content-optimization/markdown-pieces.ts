const HEADING = /^#{1,6}(?:[ \t]|$)/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
/** Blocks of HTML that go on over blank lines until they are closed. */
const OPENS = /^ {0,3}<(?:(!--)|(\?)|(!\[CDATA\[)|(![a-z])|(?:script|pre|style|textarea)(?=[\s>]|$))/i;

/**
 * Cuts Markdown before headings that stand at the beginning of a line behind a blank one, where no other block can go
 * on: read one after the other, the pieces give the blocks of the whole. Nothing is cut within fenced code and within
 * blocks of HTML.
 */
export function* markdownPieces(text: string): Generator<string> {
  let from = 0;
  let fence = '';
  let closing: RegExp | undefined;
  let isBehindBlank = false;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const next = end < 0 ? text.length : end + 1;
    const line = text.slice(at, next);
    if (closing) {
      if (closing.test(line)) closing = undefined;
    } else if (fence !== '') {
      const closes = FENCE.exec(line)?.[1];
      if (closes?.startsWith(fence) && line.trim() === closes) fence = '';
    } else if (isBehindBlank && at > from && HEADING.test(line)) {
      yield text.slice(from, at);
      from = at;
    } else {
      fence = FENCE.exec(line)?.[1] ?? '';
      closing = closingOf(line);
    }
    isBehindBlank = line.trim() === '';
    at = next;
  }
  if (from < text.length) yield text.slice(from);
}

function closingOf(line: string): RegExp | undefined {
  const opens = OPENS.exec(line);
  if (!opens) return undefined;
  const [, comment, instruction, data, declaration] = opens;
  const closing = comment
    ? /-->/
    : instruction
      ? /\?>/
      : data
        ? /]]>/
        : declaration
          ? />/
          : /<\/(?:script|pre|style|textarea)>/i;
  return closing.test(line.slice(opens[0].length)) ? undefined : closing;
}
