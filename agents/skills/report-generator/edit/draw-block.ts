import { Lexer, type Token, type Tokens } from 'marked';
import { escaped } from '../render-html.ts';
import { groups, type NumberRegister } from './number-register.ts';
import { type Piece, piecesOf } from './pieces.ts';
import { keyOf, type TextBlock } from './read-report.ts';

/** A line that opens so many quotes or items at once is no structure. */
const TOO_NESTED = /^(?:[ \t]*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s))){16}/m;
const CAPTION = /^\*([^*].*)\*$/s;
/** How tiles are written: `Clicks: **790[^s8]** (+110[^s16])`. */
const TILE = /^(.+?): \*\*(.+?)\*\*(?: \((.+)\))?$/;

/** Words of a block at the line where they begin. */
interface Words {
  readonly text: string;
  readonly line: number;
}

/** All that a block says, for those who only look at its numbers and marks. */
export function wordsOf(block: TextBlock): Piece[][] {
  const found: Piece[][] = [];
  new BlockWriter((words) => {
    found.push(piecesOf(words.text, words.line));
    return '';
  }).block(block);
  return found;
}

/** A block of an edited report as HTML; each of its numbers is a link to its source, or a problem of the register. */
export function drawBlock(block: TextBlock, register: NumberRegister, tiles: ReadonlyMap<string, string>): string {
  return new BlockWriter((words) => drawn(piecesOf(words.text, words.line), register), tiles).block(block);
}

function drawn(pieces: readonly Piece[], register: NumberRegister): string {
  let html = '';
  for (const { before, mark } of groups(pieces)) {
    const { target, numbers } = register.sourced(before, mark);
    // A mark behind words only, such as a name, is a link on the last of them.
    const last = numbers.size > 0 ? undefined : before.findLast(({ kind }) => kind === 'words');
    for (const piece of before) {
      if (piece.kind === 'tag') html += piece.html;
      else if (target && numbers.has(piece)) html += link('n', target.number, piece.text);
      else if (target && !target.isOwn && piece === last)
        html += piece.text.replace(/^(.*?)(\S*)(\s*)$/su, (_, start: string, word: string, end: string) =>
          word === '' ? escaped(piece.text) : escaped(start) + link('q', target.number, word) + escaped(end),
        );
      else html += escaped(piece.text);
    }
    if (target?.isOwn) html += `<sup class="own"><a href="#s${target.number}">[${target.number}]</a></sup>`;
  }
  return html;
}

const link = (kind: 'n' | 'q', to: number, text: string): string =>
  `<a class="${kind}" href="#s${to}">${escaped(text)}</a>`;

class BlockWriter {
  readonly #inline: (words: Words) => string;
  readonly #tiles: ReadonlyMap<string, string>;

  constructor(inline: (words: Words) => string, tiles: ReadonlyMap<string, string> = new Map()) {
    this.#inline = inline;
    this.#tiles = tiles;
  }

  block({ raw, line }: TextBlock): string {
    if (TOO_NESTED.test(raw)) return this.#paragraph({ text: raw, line });
    return this.#blocks(new Lexer({ gfm: true }).blockTokens(raw, []), line);
  }

  #blocks(tokens: readonly Token[], first: number): string {
    let line = first;
    let html = '';
    let caption: Words | undefined;
    for (const [at, token] of tokens.entries()) {
      const next = tokens.slice(at + 1, at + 3).find(({ type }) => type !== 'space');
      const words = token.type === 'paragraph' && next?.type === 'table' ? CAPTION.exec(token.raw.trim()) : null;
      if (words) caption = { text: words[1]!, line };
      else if (token.type === 'table') html += this.#table(token as Tokens.Table, line, caption);
      else html += this.#block(token, line);
      line += linesIn(token);
    }
    return html;
  }

  #block(token: Token, line: number): string {
    switch (token.type) {
      case 'space':
      case 'hr':
        return '';
      case 'heading': {
        const { depth, text } = token as Tokens.Heading;
        const name = `h${Math.min(depth, 3)}`;
        return `<${name}>${this.#inline({ text, line })}</${name}>`;
      }
      case 'blockquote':
        return this.#blocks((token as Tokens.Blockquote).tokens, line).replaceAll('<p>', '<p class="note">');
      case 'list':
        return this.#list(token as Tokens.List, line);
      case 'text':
        return this.#inline({ text: token.raw, line });
      default:
        return this.#paragraph({ text: token.raw, line });
    }
  }

  #paragraph(words: Words): string {
    return `<p>${this.#inline({ ...words, text: words.text.trim() })}</p>`;
  }

  #list({ raw, ordered, start, items }: Tokens.List, first: number): string {
    // "1990. A good year" is no list: a list counts, it does not say numbers.
    if (ordered && start !== 1) return this.#paragraph({ text: raw, line: first });
    const isTiles = items.every(({ text }) => TILE.test(text));
    let line = first;
    const drawn = items.map((item) => {
      const html = isTiles ? this.#tile({ text: item.text, line }) : `<li>${this.#blocks(item.tokens, line)}</li>`;
      line += linesIn(item);
      return html;
    });
    const [open, close] = isTiles ? ['ul class="tiles"', 'ul'] : ordered ? ['ol', 'ol'] : ['ul', 'ul'];
    return `<${open}>${drawn.join('')}</${close}>`;
  }

  #tile({ text, line }: Words): string {
    const parts = TILE.exec(text)!.slice(1);
    const spans = parts.map((part, at) =>
      part === undefined ? '' : `<span class="${'kvc'[at]}">${this.#inline({ text: part, line })}</span>`,
    );
    // One that was not touched has its colour as well.
    return this.#tiles.get(keyOf(text)) ?? `<li>${spans.join('')}</li>`;
  }

  #table({ header, align, rows }: Tokens.Table, first: number, caption: Words | undefined): string {
    const kind = (at: number) => (align[at] === 'right' ? ' class="num"' : '');
    const cell = ({ text }: Tokens.TableCell, line: number) => this.#inline({ text, line });
    const head = header.map((one, at) => `<th scope="col"${kind(at)}>${cell(one, first)}</th>`).join('');
    const body = rows.map(
      // The line of dashes stands between.
      (row, index) =>
        `<tr>${row.map((one, at) => `<td${kind(at)}>${cell(one, first + 2 + index)}</td>`).join('')}</tr>`,
    );
    const title = caption ? `<caption>${this.#inline(caption)}</caption>` : '';
    return `<table>${title}<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
  }
}

const linesIn = ({ raw }: { readonly raw: string }): number => raw.split('\n').length - 1;
