import { stripVTControlCharacters } from 'node:util';

// Cc is tab, line feed and what moves the cursor; the rest are marks of embedding, overriding and isolating a direction.
const MOVING = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text that came from elsewhere must not move the cursor, recolour or retitle the terminal: control characters other
 * than tab and line feed are left out, and so are the marks that reorder text of both directions.
 */
export const harmless = (text: string): string => stripVTControlCharacters(text).replace(MOVING, '');

/** One line: line breaks and runs of white space become one space. */
export const oneLine = (text: string): string => harmless(text.replace(/\s+/g, ' ')).trim();

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WIDE =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** Columns that a text takes on a terminal, styles not counted. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII case needs no segmenting
  if (/^[\x00-\x7f]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of segmenter.segment(plain)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Cut to a width with an ellipsis; for unstyled text. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const more = widthOf(segment);
    if (used + more > width - 1) break;
    kept += segment;
    used += more;
  }
  return `${kept.trimEnd()}…`;
}

/** Breaks paragraphs between words; `indent` stands before every line. */
export function wrap(text: string, width: number, indent = ''): string {
  const room = Math.max(20, width - indent.length);
  const lines = text.split('\n').flatMap((paragraph) => {
    const made: string[] = [];
    let line = '';
    for (const word of paragraph.split(/ +/)) {
      if (line !== '' && widthOf(line) + 1 + widthOf(word) > room) {
        made.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...made, line];
  });
  return lines.map((line) => (line === '' ? '' : indent + line)).join('\n');
}
