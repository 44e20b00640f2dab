import { cut, oneLine, widthOf } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** May be cut to fit the terminal; ids never are. */
  readonly flexible?: boolean;
  readonly right?: boolean;
  /** Applied after cutting, so that colour does not count as width. */
  readonly paint?: (text: string) => string;
}

const GAP = '  ';
const NARROWEST = 8;

/**
 * Rows under their titles. Flexible columns share what a terminal of `width` columns leaves; without a width (a pipe)
 * nothing is cut. A table that still is too wide drops no column: the terminal breaks the line.
 */
export function table<Row>(rows: readonly Row[], columns: ReadonlyArray<Column<Row>>, width?: number): string {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.value(row))));
  const natural = columns.map((column, at) =>
    Math.max(widthOf(column.title), ...cells.map((line) => widthOf(line[at] ?? ''))),
  );
  const widths = width === undefined ? natural : fit(natural, columns, width);
  const line = (values: readonly string[], paint: boolean): string =>
    values
      .map((value, at) => {
        const column = columns[at]!;
        const text = cut(value, widths[at]!);
        const space = ' '.repeat(Math.max(0, widths[at]! - widthOf(text)));
        const painted = paint && column.paint ? column.paint(text) : text;
        return column.right ? space + painted : painted + space;
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map((column) => column.title),
      false,
    ),
    ...cells.map((values) => line(values, true)),
  ].join('\n');
}

function fit(natural: readonly number[], columns: ReadonlyArray<Column<never>>, width: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1) - width;
  while (excess > 0) {
    // The widest flexible column gives first.
    let widest = -1;
    for (const [at, column] of columns.entries()) {
      if (column.flexible && widths[at]! > NARROWEST && (widest < 0 || widths[at]! > widths[widest]!)) widest = at;
    }
    if (widest < 0) break;
    widths[widest]!--;
    excess--;
  }
  return widths;
}

/** `name  value` lines for one thing; empty values are left out. */
export function details(pairs: ReadonlyArray<readonly [name: string, value: string | null | undefined]>): string {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${oneLine(value!)}`).join('\n');
}
