import { Lexer, type Token, type Tokens } from 'marked';
import { HeadingPath } from './heading-path.ts';
import { decodeEntities, htmlToText } from './html-blocks.ts';
import type { TextLine } from './lines.ts';
import { type MarkdownSegment, readSegments } from './markdown-segments.ts';
import { cutText } from './text.ts';
import type { Block, ResolvedLimits } from './types.ts';

/** A line that opens 64 quotes or list items at once. */
const TOO_NESTED = /^(?:[ \t]*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s))){64}/;

/** What a document says about itself, gathered while it is read. */
export interface DocumentFacts {
  title?: string;
  /** BCP 47, as the document writes it. */
  lang?: string;
  /** Plain `name: value` lines of the front matter, names in lower case. */
  frontMatter?: Array<{ readonly name: string; readonly value: string; readonly line: number }>;
}

/** Inline markup of longer texts is left as it stands: the inline lexer's time grows with the square of hostile ones. */
const INLINE_MAX_CHARS = 8_000;

/** Blocks of a stream of Markdown (CommonMark and GitHub's tables). Reference links resolve within some 8,000 characters. */
export async function* readMarkdownBlocks(
  chunks: AsyncIterable<string>,
  options: { name: string; limits: ResolvedLimits; facts: DocumentFacts },
): AsyncGenerator<Block> {
  const path = new HeadingPath();
  let first = true;
  for await (const segment of readSegments(chunks, options)) {
    const lines = first ? withoutFrontMatter(segment.lines, options.facts) : segment.lines;
    first = false;
    if (lines.length === 0) continue;
    yield* segmentBlocks({ ...segment, lines }, path, options);
  }
}

function withoutFrontMatter(lines: readonly TextLine[], facts: DocumentFacts): readonly TextLine[] {
  if (lines[0]?.text.trimEnd() !== '---') return lines;
  const end = lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)\s*$/.test(line.text));
  if (end < 0 || !/^[\w-]+\s*:/.test(lines[1]?.text ?? '')) return lines;
  for (const { text, line } of lines.slice(1, end)) {
    const field = /^([\w-]{1,60})\s*:\s*(["']?)(.{1,500}?)\2\s*$/i.exec(text);
    if (!field) continue;
    const name = field[1]!.toLowerCase();
    facts.frontMatter ??= [];
    facts.frontMatter.push({ name, value: field[3]!, line });
    if (name === 'title') facts.title ??= field[3];
    if (name === 'lang' || name === 'language') facts.lang ??= field[3];
  }
  return lines.slice(end + 1);
}

function* segmentBlocks(
  segment: MarkdownSegment,
  path: HeadingPath,
  options: { limits: ResolvedLimits; facts: DocumentFacts },
): Generator<Block> {
  const { lines, kind } = segment;
  if (kind === 'continued-code') {
    const body = lines.filter((line, index) => index < lines.length - 1 || !/^ {0,3}[`~]{3,}\s*$/.test(line.text));
    const text = body.map((line) => line.text).join('\n');
    if (text.trim()) yield* placed({ kind: 'code', text, path: path.current() }, body, options.limits);
    return;
  }
  if (lines.some((line) => TOO_NESTED.test(line.text))) {
    // The lexer recurses into quotes and lists and would run out of stack; such text is kept as it is written.
    const text = lines.map((line) => line.text).join('\n');
    yield* placed({ kind: 'paragraph', text, path: path.current() }, trimBlank(lines), options.limits);
    return;
  }
  const lexer = new Lexer({ gfm: true });
  let lineIndex = 0;
  // The block lexer alone: inline markup is resolved per block, where its length is known.
  for (const token of lexer.blockTokens(lines.map((line) => line.text).join('\n'), lexer.tokens)) {
    const height = newlines(token.raw);
    const endsLine = token.raw.endsWith('\n');
    const covered = lines.slice(lineIndex, lineIndex + height + (endsLine ? 0 : 1));
    lineIndex += height;
    const found = describe(token, lexer);
    if (!found?.text.trim()) continue;
    let headingPath = path.current();
    if (found.kind === 'heading') {
      headingPath = path.enter(found.level ?? 1, found.text);
      if (found.level === 1) options.facts.title ??= found.text;
    }
    yield* placed({ ...found, path: headingPath }, trimBlank(covered), options.limits);
  }
}

type Found = { kind: Block['kind']; text: string; level?: number };

function describe(token: Token, lexer: Lexer): Found | undefined {
  switch (token.type) {
    case 'heading': {
      const heading = token as Tokens.Heading;
      return {
        kind: 'heading',
        level: heading.depth,
        text: inline(heading.text, lexer).replaceAll(/\s+/g, ' ').trim(),
      };
    }
    case 'code':
      return { kind: 'code', text: (token as Tokens.Code).text };
    case 'list':
      return { kind: 'list', text: listText(token as Tokens.List, lexer, 0) };
    case 'table': {
      const table = token as Tokens.Table;
      const rows = [table.header, ...table.rows];
      return {
        kind: 'table',
        text: rows.map((row) => row.map((cell) => inline(cell.text, lexer)).join(' | ')).join('\n'),
      };
    }
    case 'blockquote':
      return { kind: 'paragraph', text: innerText((token as Tokens.Blockquote).tokens, lexer, 0) };
    case 'html':
      return { kind: 'paragraph', text: htmlToText(token.raw) };
    case 'paragraph':
    case 'text':
      return { kind: 'paragraph', text: inline((token as Tokens.Paragraph).text, lexer) };
    default:
      return undefined;
  }
}

/** Nesting deeper than this is kept as it is written. */
const MAX_DEPTH = 20;

function listText(list: Tokens.List, lexer: Lexer, depth: number): string {
  const indent = '  '.repeat(depth);
  return list.items
    .map((item, index) => {
      const bullet = list.ordered ? `${Number(list.start || 1) + index}.` : '-';
      const text = depth >= MAX_DEPTH ? item.text : innerText(item.tokens, lexer, depth + 1);
      return `${indent}${bullet} ${text}`;
    })
    .join('\n');
}

function innerText(tokens: readonly Token[], lexer: Lexer, depth: number): string {
  return tokens
    .map((token) => {
      if (depth >= MAX_DEPTH) return token.raw.trim();
      if (token.type === 'list') return listText(token as Tokens.List, lexer, depth);
      return describe(token, lexer)?.text ?? '';
    })
    .filter(Boolean)
    .join('\n');
}

function inline(text: string, lexer: Lexer): string {
  if (text.length > INLINE_MAX_CHARS || !/[*_`[\]<>&\\~!]/.test(text)) return text;
  return inlineText(lexer.inlineTokens(text)).trim();
}

function inlineText(tokens: readonly Token[]): string {
  return tokens
    .map((token): string => {
      if (token.type === 'br') return '\n';
      if (token.type === 'html') return '';
      if (token.type === 'image') return (token as Tokens.Image).text;
      const inner = (token as { tokens?: Token[] }).tokens;
      if (inner && inner.length > 0) return inlineText(inner);
      const text = (token as { text?: string }).text ?? token.raw;
      return token.type === 'codespan' || !text.includes('&') ? text : decodeEntities(text);
    })
    .join('');
}

function* placed(
  found: Found & { path: readonly string[] },
  lines: readonly TextLine[],
  limits: ResolvedLimits,
): Generator<Block> {
  const first = lines[0];
  const last = lines.at(-1);
  if (!first || !last) return;
  const offset = { start: first.start, end: last.end };
  const base = { kind: found.kind, level: found.level, headingPath: found.path, line: first.line };
  const pieces = found.text.length > limits.maxBlockChars ? cutText(found.text, limits.maxBlockChars) : undefined;
  // Pieces of one block cite the whole block: its text is not the source's, character by character.
  if (!pieces) yield { ...base, text: found.text, offset };
  else for (const piece of pieces) yield { ...base, text: piece.text, offset };
}

function trimBlank(lines: readonly TextLine[]): readonly TextLine[] {
  let start = 0;
  let end = lines.length;
  while (start < end && lines[start]!.text.trim() === '') start++;
  while (end > start && lines[end - 1]!.text.trim() === '') end--;
  return lines.slice(start, end);
}

function newlines(text: string): number {
  let count = 0;
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) count++;
  return count;
}
