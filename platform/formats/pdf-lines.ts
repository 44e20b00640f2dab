import type { BlockCell } from './types.ts';

/** A piece of text as a page shows it; `y` grows upwards, sizes and places are in points. */
export interface PdfPiece {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly size: number;
  /** Written from right to left: its order is the file's. */
  readonly rightToLeft: boolean;
  /** The file says that a line ends behind it. */
  readonly endsLine: boolean;
}

export interface PdfLine {
  readonly text: string;
  readonly page: number;
  readonly size: number;
  readonly y: number;
}

export interface PdfRow {
  readonly page: number;
  readonly cells: readonly BlockCell[];
}

/** In parts of the letters' size: nearer pieces are one word, further ones are cells of their own. */
const WORD_GAP = 0.2;
const CELL_GAP = 0.9;

/** Lines in the order of the file, which for running text is the order of reading. */
export function linesOf(pieces: readonly PdfPiece[], page: number): PdfLine[] {
  const lines: PdfLine[] = [];
  let open: PdfPiece[] = [];
  const close = () => {
    const text = textOf(inOrder(open)).replaceAll(/\s+/g, ' ').trim();
    if (text !== '') lines.push({ text, page, size: open[0]!.size, y: open[0]!.y });
    open = [];
  };
  for (const piece of pieces) {
    const first = open[0];
    if (piece.text !== '') {
      if (first && Math.abs(piece.y - first.y) > Math.max(piece.size, first.size) * 0.5) close();
      open.push(piece);
    }
    if (piece.endsLine) close();
  }
  close();
  return lines;
}

/**
 * What stands side by side on a page, from top to bottom: forms and tables are written in any order, and only the places
 * tell which value belongs to which label.
 */
export function rowsOf(pieces: readonly PdfPiece[], page: number): PdfRow[] {
  const rows: Array<{ readonly y: number; readonly size: number; readonly pieces: PdfPiece[] }> = [];
  const shown = pieces.filter(({ text }) => text.trim() !== '').sort((one, other) => other.y - one.y);
  for (const piece of shown) {
    const row = rows.at(-1);
    if (row && Math.abs(row.y - piece.y) <= Math.min(row.size, piece.size) * 0.4) row.pieces.push(piece);
    else rows.push({ y: piece.y, size: piece.size, pieces: [piece] });
  }
  return rows.map((row) => ({ page, cells: cellsOf(row.pieces.sort((one, other) => one.left - other.left)) }));
}

function cellsOf(pieces: readonly PdfPiece[]): BlockCell[] {
  const groups: PdfPiece[][] = [];
  for (const piece of pieces.flatMap(partsOf)) {
    const last = groups.at(-1)?.at(-1);
    if (last && piece.left - last.right <= CELL_GAP * Math.max(last.size, piece.size)) groups.at(-1)!.push(piece);
    else groups.push([piece]);
  }
  return groups.map((group) => ({
    text: textOf(group).replaceAll(/\s+/g, ' ').trim(),
    left: group[0]!.left,
    right: Math.max(...group.map(({ right }) => right)),
  }));
}

/** Columns that were set with blanks, as typewriters do. */
function partsOf(piece: PdfPiece): PdfPiece[] {
  const perChar = (piece.right - piece.left) / piece.text.length;
  return [...piece.text.matchAll(/\S+(?: \S+)*/g)].map((part) => ({
    ...piece,
    text: part[0],
    left: piece.left + part.index * perChar,
    right: piece.left + (part.index + part[0].length) * perChar,
  }));
}

/** Programs that write forms put the right cell of a line before the left one. */
function inOrder(pieces: readonly PdfPiece[]): readonly PdfPiece[] {
  const goesBack = pieces.some((piece, at) => at > 0 && piece.left < pieces[at - 1]!.right - piece.size);
  if (!goesBack || pieces.some(({ rightToLeft }) => rightToLeft)) return pieces;
  return [...pieces].sort((one, other) => one.left - other.left);
}

function textOf(pieces: readonly PdfPiece[]): string {
  let text = '';
  let end = 0;
  for (const piece of pieces) {
    const apart = piece.left - end > piece.size * WORD_GAP && !/\s$/.test(text) && !/^\s/.test(piece.text);
    text += (text !== '' && apart ? ' ' : '') + piece.text;
    end = piece.right;
  }
  return text;
}
