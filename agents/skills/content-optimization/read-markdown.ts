import { Lexer, type Token, type Tokens } from 'marked';
import type { Pace } from '#platform';
import { skillErrors } from '../errors.ts';
import { type FrontMatter, readFrontMatter } from './front-matter.ts';
import { parsePiece, squeeze } from './html-tree.ts';
import { HtmlWalker, nothingWalked, type Walked } from './html-walk.ts';
import { markdownPieces } from './markdown-pieces.ts';
import { languageFor, ownText } from './read-html.ts';
import type { Block, Edit, Page, Slot, Span } from './types.ts';

/** A line that opens 64 quotes or list items at once, or an item that is indented by a hundred columns. */
const TOO_NESTED = /^(?:(?:[ \t]*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s))){64}|[ \t]{100,}(?:[-*+>]|\d{1,9}[.)])\s)/m;
/** Inline markup of longer blocks is left as it stands: the inline lexer's time grows with the square of hostile ones. */
const INLINE_MAX_CHARS = 8_000;

/**
 * Reads Markdown (CommonMark and GitHub's tables, front matter in YAML) with the places of what can be changed.
 * Errors: KAZE_SKILL_INPUT_INVALID for quotes and lists nested beyond reason; those of `parsePiece`.
 */
export async function readMarkdown(
  { name, text: source, url }: { readonly name: string; readonly text: string; readonly url?: string | undefined },
  pace: Pace,
): Promise<Page> {
  refuseNesting(name, source);
  const front = readFrontMatter(source);
  const reader = new MarkdownReader(name, source);
  await reader.read(front?.span.end ?? 0, pace);
  const { found } = reader;
  const text = ownText(found.blocks);
  const field = (...names: string[]): Slot[] =>
    names.flatMap((one) => (front?.fields.has(one) ? [front.fields.get(one)!] : []));
  const [declared] = field('lang', 'language');
  const [canonical] = field('canonical', 'permalink', 'url', 'slug');
  const [published, modified, author] = [field('date', 'published'), field('lastmod', 'updated'), field('author')];
  return {
    ...found,
    name,
    format: 'markdown',
    source,
    ...((url ?? canonical?.text) ? { url: url ?? canonical!.text } : {}),
    ...(declared?.text ? { declared: declared.text } : {}),
    language: languageFor(text, declared?.text),
    hasHead: front !== undefined,
    titles: field('title').filter((slot) => slot.text !== ''),
    descriptions: field('description', 'summary', 'excerpt').slice(0, 1),
    ...(front ? adders(front) : {}),
    facts: {
      ...(published[0]?.text ? { published: published[0].text } : {}),
      ...(modified[0]?.text ? { modified: modified[0].text } : {}),
      ...(author[0]?.text ? { author: author[0].text } : {}),
    },
    text,
  };
}

function adders(front: FrontMatter): Pick<Page, 'addTitle' | 'addDescription'> {
  const title = front.fields.get('title');
  return {
    addTitle: (text) => title?.rewrite(text) ?? front.add('title', text),
    addDescription: (text) =>
      front.fields.get('description')?.rewrite(text) ?? front.add('description', text, title ? 'title' : undefined),
  };
}

function refuseNesting(name: string, source: string): void {
  const found = TOO_NESTED.exec(source);
  if (!found) return;
  const line = source.slice(0, found.index).split('\n').length;
  throw skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `${name}, line ${line}, column 1: quotes or lists nest 64 deep or more; give the page as it is published`,
    { fields: { input: name, line, column: 1 } },
  );
}

class MarkdownReader {
  readonly found: Walked = nothingWalked();
  readonly #lexer = new Lexer({ gfm: true });
  /** Inline tokens carry no place: each is found behind the one before it. */
  #cursor = 0;

  constructor(
    readonly name: string,
    readonly source: string,
  ) {}

  async read(from: number, pace: Pace): Promise<void> {
    const tokens: Token[] = [];
    // All blocks before any line within them: an address may stand at the end of the page.
    for (const piece of markdownPieces(this.source.slice(from))) {
      if (pace.isDue()) await pace.rest();
      for (const token of this.#lexer.blockTokens(piece, [])) tokens.push(token);
    }
    let at = from;
    for (const token of tokens) {
      if (pace.isDue()) await pace.rest();
      // The lexer widens tabs and drops carriage returns here and there; then the place is found by the first line.
      const start = this.source.startsWith(token.raw, at) ? at : this.#resync(token.raw, at);
      const raw = token.raw.trimEnd();
      this.#block(token, { start, end: start + raw.length });
      at = start + token.raw.length;
    }
    for (const { text } of this.found.headings) this.found.anchors.add(slug(text));
  }

  #resync(raw: string, at: number): number {
    const line = raw.trimStart().split('\n')[0]!;
    const found = this.source.indexOf(line, at);
    return found < 0 ? at : found;
  }

  #block(token: Token, span: Span): void {
    this.#cursor = span.start;
    switch (token.type) {
      case 'heading':
        this.#heading(token as Tokens.Heading, span);
        break;
      case 'list':
        this.#list(token as Tokens.List, span);
        break;
      case 'code':
        this.#push('code', (token as Tokens.Code).text, span, false);
        break;
      case 'table':
        this.#table(token as Tokens.Table, span);
        break;
      case 'blockquote':
        this.#nested((token as Tokens.Blockquote).tokens, span);
        break;
      case 'html': {
        new HtmlWalker({ text: this.source, offset: span.start }, this.found).walk(parsePiece(this.name, token.raw));
        break;
      }
      case 'paragraph':
      case 'text':
        this.#push('paragraph', this.#inline((token as Tokens.Paragraph).text, span, true), span, true);
        break;
      default:
    }
  }

  #heading(token: Tokens.Heading, span: Span): void {
    const text = squeeze(this.#inline(token.text, span, false));
    const raw = this.source.slice(span.start, span.end);
    const hashes = /^( {0,3})(#{1,6})/.exec(raw);
    const relevel = (level: number): Edit[] => {
      if (hashes) {
        const start = span.start + hashes[1]!.length;
        return [{ start, end: start + token.depth, text: '#'.repeat(level) }];
      }
      // Underlined headings have two levels; others are written with number signs.
      const underline = raw.lastIndexOf('\n');
      const line = { start: span.start + underline, end: span.end };
      if (level <= 2) return [{ ...line, text: `\n${(level === 1 ? '=' : '-').repeat(Math.max(3, text.length))}` }];
      return [
        { start: span.start, end: span.start, text: `${'#'.repeat(level)} ` },
        { ...line, text: '' },
      ];
    };
    this.found.headings.push({ level: token.depth, text, span, relevel });
    this.#push('heading', text, span, true);
  }

  #list(list: Tokens.List, span: Span): void {
    let at = span.start;
    for (const item of list.items) {
      const start = Math.max(at, this.source.indexOf(item.raw.split('\n')[0]!, at));
      const inner = { start, end: Math.min(span.end, start + item.raw.trimEnd().length) };
      this.#cursor = start;
      this.#push('item', this.#innerText(item.tokens, inner), inner, false);
      at = inner.end;
    }
  }

  #nested(tokens: readonly Token[], span: Span): void {
    this.#push('paragraph', this.#innerText(tokens, span), span, false);
  }

  /** Text of what a list item or quote holds; links and images in it are kept with their places. */
  #innerText(tokens: readonly Token[], span: Span): string {
    return tokens
      .map((token) => {
        if (token.type === 'list') {
          return (token as Tokens.List).items.map((item) => this.#innerText(item.tokens, span)).join('\n');
        }
        if (token.type === 'blockquote') return this.#innerText((token as Tokens.Blockquote).tokens, span);
        if (token.type === 'code') return (token as Tokens.Code).text;
        const text = (token as { text?: string }).text;
        return text === undefined || token.type === 'html' ? '' : this.#inline(text, span, true);
      })
      .filter(Boolean)
      .join('\n');
  }

  #table(table: Tokens.Table, span: Span): void {
    for (const row of [table.header, ...table.rows]) {
      for (const cell of row) this.#push('cell', this.#inline(cell.text, span, false), span, false);
    }
  }

  #push(kind: Block['kind'], text: string, span: Span, removable: boolean): void {
    if (text.trim() === '') return;
    this.found.blocks.push({ kind, text: squeeze(text), span, own: true, removable });
  }

  #inline(text: string, span: Span, linkable: boolean): string {
    if (text.length > INLINE_MAX_CHARS) return text;
    const tokens = this.#lexer.inlineTokens(text);
    const alone = tokens.length === 1;
    return this.#inlineText(tokens, { span, linkable, alone });
  }

  #inlineText(tokens: readonly Token[], around: { span: Span; linkable: boolean; alone: boolean }): string {
    return tokens
      .map((token): string => {
        switch (token.type) {
          case 'br':
            return ' ';
          case 'html':
            this.#inlineHtml(token.raw, around.span);
            return '';
          case 'image':
            return this.#image(token as Tokens.Image, around.span);
          case 'link':
            return this.#link(token as Tokens.Link, around);
          case 'codespan':
            this.#find(token.raw, around.span);
            return (token as Tokens.Codespan).text;
          default: {
            const inner = (token as { tokens?: Token[] }).tokens;
            if (inner && inner.length > 0) return this.#inlineText(inner, { ...around, alone: false });
            return this.#textToken(token, around);
          }
        }
      })
      .join('');
  }

  #textToken(token: Token, { span, linkable }: { span: Span; linkable: boolean }): string {
    const text = (token as { text?: string }).text ?? token.raw;
    for (const line of token.raw.split('\n')) {
      if (line.trim() === '') continue;
      const at = this.#find(line, span);
      if (at && linkable && token.type === 'text') this.found.runs.push({ text: line, span: at });
    }
    return text;
  }

  #inlineHtml(raw: string, span: Span): void {
    const at = this.#find(raw, span);
    if (!at) return;
    const { found } = new HtmlWalker({ text: this.source, offset: at.start });
    new HtmlWalker({ text: this.source, offset: at.start }, found).walk(parsePiece(this.name, raw));
    // A lone tag: its text stands in the tokens behind it.
    this.found.images.push(...found.images);
    this.found.unsafe.push(...found.unsafe);
    for (const anchor of found.anchors) this.found.anchors.add(anchor);
  }

  #image({ raw, href, title, text }: Tokens.Image, span: Span): string {
    const at = this.#find(raw, span);
    const close = raw.indexOf('](');
    const alt = text.trim();
    this.found.images.push({
      src: href,
      alt: alt === '' ? null : alt,
      span: at ?? span,
      caption: '',
      title: title ?? '',
      own: true,
      ...(at && close >= 2
        ? {
            rewriteAlt: (to: string): Edit => ({
              start: at.start + 2,
              end: at.start + close,
              text: escapeMarkdown(to),
            }),
          }
        : {}),
    });
    return ` ${alt} `;
  }

  #link(token: Tokens.Link, { span, alone }: { span: Span; alone: boolean }): string {
    const { raw, href } = token;
    const before = this.#cursor;
    const at = this.#find(raw, span);
    const end = this.#cursor;
    if (at) this.#cursor = at.start + 1;
    else this.#cursor = before;
    const text = this.#inlineText(token.tokens, { span, linkable: false, alone: false });
    this.#cursor = at ? end : before;
    const open = at && raw.startsWith(`[${token.text}](`) ? token.text.length + 3 : undefined;
    const plain = open !== undefined && token.tokens.every(({ type }) => type === 'text');
    const target = open !== undefined && raw.startsWith(href, open) ? open : undefined;
    if (/^[\s\p{C}]*(javascript|vbscript|data:text\/html)/iu.test(href)) {
      this.found.unsafe.push({ what: 'a link that runs a script', span: at ?? span });
    }
    this.found.links.push({
      href,
      text: squeeze(text),
      span: at ?? span,
      own: true,
      alone,
      ...(at && target !== undefined
        ? {
            rewriteHref: (to: string): Edit => ({
              start: at.start + target,
              end: at.start + target + href.length,
              text: addressInMarkdown(to),
            }),
          }
        : {}),
      ...(at && plain
        ? {
            rewriteText: (to: string): Edit => ({
              start: at.start + 1,
              end: at.start + 1 + token.text.length,
              text: escapeMarkdown(to),
            }),
          }
        : {}),
    });
    return text;
  }

  #find(raw: string, { end }: Span): Span | undefined {
    const start = this.source.indexOf(raw, this.#cursor);
    if (start < 0 || start + raw.length > end) return undefined;
    this.#cursor = start + raw.length;
    return { start, end: start + raw.length };
  }
}

export const escapeMarkdown = (text: string) => text.replaceAll(/[\\`*_[\]<>]/g, '\\$&');

/** An address that ends where it should, whatever it holds. */
export const addressInMarkdown = (href: string) =>
  encodeURI(decodeSafely(href)).replaceAll(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'));

function decodeSafely(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}

/** As GitHub and most generators of sites name the anchors of headings. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replaceAll(/\s+/g, '-');
}
