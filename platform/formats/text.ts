import { readLines, type TextLine } from './lines.ts';
import type { Block, ResolvedLimits } from './types.ts';

/** Paragraphs of plain text, parted by blank lines; one longer than `maxBlockChars` is cut at a line end. */
export async function* readTextBlocks(
  chunks: AsyncIterable<string>,
  options: { name: string; limits: ResolvedLimits },
): AsyncGenerator<Block> {
  const { name, limits } = options;
  let open: TextLine[] = [];
  let openChars = 0;
  const close = (): Block[] => {
    const blocks = open.length > 0 ? paragraphs(open, limits.maxBlockChars) : [];
    open = [];
    openChars = 0;
    return blocks;
  };
  for await (const lines of readLines(chunks, { name, maxLineChars: limits.maxLineChars })) {
    for (const line of lines) {
      const blank = line.text.trim() === '';
      if (blank || openChars + line.text.length > limits.maxBlockChars) yield* close();
      if (blank) continue;
      open.push(line);
      openChars += line.text.length + 1;
    }
  }
  yield* close();
}

function paragraphs(lines: TextLine[], maxBlockChars: number): Block[] {
  const first = lines[0]!;
  const text = lines.map((line) => line.text.trimEnd()).join('\n');
  const base = { kind: 'paragraph', headingPath: [], line: first.line } as const;
  const end = lines.at(-1)!.end;
  if (lines.length > 1 || text.length <= maxBlockChars) return [{ ...base, text, offset: { start: first.start, end } }];
  return cutText(text, maxBlockChars).map((piece) => ({
    ...base,
    text: piece.text,
    offset: { start: first.start + piece.start, end: first.start + piece.start + piece.text.length },
  }));
}

/** Pieces of at most `maxChars`, cut after a line end or a blank where one is near. Never inside a surrogate pair. */
export function cutText(text: string, maxChars: number): Array<{ text: string; start: number }> {
  const pieces: Array<{ text: string; start: number }> = [];
  let start = 0;
  while (text.length - start > maxChars) {
    const window = text.slice(start, start + maxChars);
    const newline = window.lastIndexOf('\n');
    const blank = newline > maxChars / 2 ? newline : window.lastIndexOf(' ');
    let length = blank > maxChars / 2 ? blank + 1 : maxChars;
    const last = text.charCodeAt(start + length - 1);
    if (length > 1 && last >= 0xd800 && last <= 0xdbff) length--;
    pieces.push({ text: text.slice(start, start + length), start });
    start += length;
  }
  if (start < text.length) pieces.push({ text: text.slice(start), start });
  return pieces.filter((piece) => piece.text.trim() !== '');
}
