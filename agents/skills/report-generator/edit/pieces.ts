import { Lexer, type Token, type Tokens } from 'marked';
import { parseFragment } from 'parse5';
import { NUMBER } from '../numbers-in-words.ts';
import { withoutUnseen } from '../plain-words.ts';

/** What a line of Markdown is made of: markup, words, numbers, and marks such as `[^s8]`. Texts are plain, not escaped. */
export type Piece =
  | { readonly kind: 'tag'; readonly html: string }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string; readonly line: number }
  | { readonly kind: 'mark'; readonly label: string; readonly line: number };

/** Inline markup of longer texts is left as it stands: the lexer's time grows with the square of hostile ones. */
const INLINE_MAX_CHARS = 8_000;
const MARK = /\[\^([^\]\s]{1,64})\]/;
const TAGS: Readonly<Record<string, string>> = { strong: 'strong', em: 'em', del: 's' };

/** The pieces of a paragraph, an item or a cell that begins on the given line. */
export function piecesOf(markdown: string, line: number): Piece[] {
  const reader = new PieceReader(line);
  if (markdown.length > INLINE_MAX_CHARS) reader.words(markdown);
  else reader.walk(Lexer.lexInline(markdown, { gfm: true }));
  return reader.pieces;
}

class PieceReader {
  readonly pieces: Piece[] = [];
  #line: number;

  constructor(line: number) {
    this.#line = line;
  }

  walk(tokens: readonly Token[]): void {
    for (const token of tokens) {
      const inner = 'tokens' in token ? token.tokens : undefined;
      const tag = TAGS[token.type];
      if (tag && inner) {
        this.pieces.push({ kind: 'tag', html: `<${tag}>` });
        this.walk(inner);
        this.pieces.push({ kind: 'tag', html: `</${tag}>` });
      } else if (token.type === 'br') {
        this.pieces.push({ kind: 'tag', html: '<br>' });
        this.#line += 1;
      } else if (token.type === 'link' || token.type === 'image') {
        // A report links to its sources only: an address is told, not followed.
        const { text, href } = token as Tokens.Link;
        this.words(text === href ? text : `${text} (${href})`);
      } else if (inner) this.walk(inner);
      else this.words('text' in token && token.type !== 'html' ? String(token.text) : token.raw);
    }
  }

  words(markdown: string): void {
    const parts = withoutUnseen(plain(markdown)).split(MARK);
    for (const [at, part] of parts.entries()) {
      if (at % 2 === 1) this.pieces.push({ kind: 'mark', label: part, line: this.#line });
      else this.#numbersOf(part);
    }
  }

  #numbersOf(text: string): void {
    let end = 0;
    for (const found of text.matchAll(NUMBER)) {
      this.#plain(text.slice(end, found.index));
      this.pieces.push({ kind: 'number', text: found[0], line: this.#line });
      end = found.index + found[0].length;
    }
    this.#plain(text.slice(end));
  }

  #plain(text: string): void {
    if (text !== '') this.pieces.push({ kind: 'words', text });
    this.#line += text.split('\n').length - 1;
  }
}

/** With the characters that entities stand for. */
function plain(text: string): string {
  if (!text.includes('&')) return text;
  const { childNodes } = parseFragment(text.replaceAll('<', '&lt;'));
  return childNodes.map((node) => ('value' in node ? node.value : '')).join('');
}
