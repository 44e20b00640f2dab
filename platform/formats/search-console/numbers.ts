/** How numbers are written in a table whose locale nobody names. */

export type DecimalMark = ',' | '.';

export interface NumberCell {
  readonly text: string;
  readonly line: number;
  /** Whole numbers: a mark before exactly three digits parts thousands. */
  readonly whole: boolean;
}

/** Blanks (plain, no-break, narrow, thin) and apostrophes only ever part thousands. */
const NEUTRAL_GROUPS = /(?<=\d)[\s\u00a0\u2009\u202f'’](?=\d{3}(?!\d))/gu;

/** Without percent sign, blanks and apostrophes: digits, at most signs of grouping and decimals. Undefined: no number. */
export function bareNumber(text: string): string | undefined {
  const bare = text
    .normalize('NFKC')
    .trim()
    .replace(/^[%٪]\s*|\s*[%٪]$/u, '')
    .trim()
    .replaceAll(NEUTRAL_GROUPS, '');
  return /^-?\d+(?:[.,]\d+)*$/.test(bare) ? bare : undefined;
}

export const isPercent = (text: string) => /[%٪]/u.test(text.normalize('NFKC'));

/** Which decimal mark a cell speaks for, if for any. */
export function decimalVote(bare: string, whole: boolean): DecimalMark | undefined {
  const marks = bare.match(/[.,]/g) ?? [];
  if (marks.length === 0) return undefined;
  const last = marks.at(-1) as DecimalMark;
  const other = (mark: DecimalMark): DecimalMark => (mark === ',' ? '.' : ',');
  if (new Set(marks).size === 2) return marks.slice(0, -1).includes(last) ? undefined : last;
  if (marks.length > 1) return other(last);
  const [before = '', after = ''] = bare.replace('-', '').split(last);
  if (after.length !== 3 || before.length > 3 || before.startsWith('0')) return last;
  return whole ? other(last) : undefined;
}

export interface DecimalEvidence {
  /** Undefined: no cell tells. */
  readonly mark?: DecimalMark;
  /** One cell for each mark, when the table contradicts itself. */
  readonly conflict?: readonly [comma: NumberCell, point: NumberCell];
}

/** One convention for the whole table, from all its number cells; `first` carries what earlier parts of the table said. */
export function decimalEvidence(
  cells: Iterable<NumberCell>,
  first: Partial<Record<DecimalMark, NumberCell>> = {},
): DecimalEvidence {
  for (const cell of cells) {
    const bare = bareNumber(cell.text);
    const vote = bare === undefined ? undefined : decimalVote(bare, cell.whole);
    if (vote) first[vote] ??= cell;
  }
  if (first[','] && first['.']) return { conflict: [first[','], first['.']] };
  return { mark: first[','] ? ',' : first['.'] ? '.' : undefined };
}

/** Whether the cell reads differently with a comma and with a point as the decimal mark. */
export function isAmbiguous(text: string): boolean {
  const bare = bareNumber(text);
  return bare !== undefined && /^-?\d{1,3}[.,]\d{3}$/.test(bare);
}

/**
 * The number in a cell, or undefined when it is none by this convention: groups are of three digits, the decimal mark
 * stands once and last. Percent signs are passed over: "3,25 %" is 3.25.
 */
export function parseNumber(text: string, decimal: DecimalMark): number | undefined {
  const bare = bareNumber(text);
  if (bare === undefined) return undefined;
  const group = decimal === ',' ? '.' : ',';
  const pattern = decimal === ',' ? /^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/ : /^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/;
  if (!pattern.test(bare)) return undefined;
  return Number(bare.replaceAll(group, '').replace(decimal, '.'));
}

/** Decimals written in a cell: what its rounding can hide. */
export function decimalsOf(text: string, decimal: DecimalMark): number {
  const bare = bareNumber(text) ?? '';
  const at = bare.indexOf(decimal);
  return at < 0 ? 0 : bare.length - at - 1;
}
