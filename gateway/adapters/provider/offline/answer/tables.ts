/** Rows of tables in plain text: cells between bars, below a line that names them. */

export interface TableRow {
  readonly cells: readonly string[];
  /** What each cell is; empty where the table does not say. */
  readonly header: readonly string[];
}

const RULE = /^[\s|:-]*-[\s|:-]*$/u;

/** Of lines that belong to a table: its rows by line, and its header and the rule below it. One line alone is no table. */
export function tableRowsOf(lines: readonly string[]): Map<number, TableRow | 'header'> {
  const rows = new Map<number, TableRow | 'header'>();
  for (let first = 0; first < lines.length; first += 1) {
    const header = cellsOf(lines[first]!);
    if (!header) continue;
    let end = first + 1;
    while (end < lines.length && cellsOf(lines[end]!)?.length === header.length) end += 1;
    if (end - first < 2) continue;
    rows.set(first, 'header');
    for (let at = first + 1; at < end; at += 1) {
      rows.set(at, RULE.test(lines[at]!) ? 'header' : { cells: cellsOf(lines[at]!)!, header });
    }
    first = end - 1;
  }
  return rows;
}

/** `Dinner: Limit 32 pounds`, a row as one says it. */
export function rowInWords({ cells, header }: TableRow): string {
  const [subject = '', ...values] = cells;
  const said = values.flatMap((value, at) => {
    const name = header[at + 1] ?? '';
    return value === '' ? [] : [name === '' ? value : `${name}: ${value}`];
  });
  return [subject, said.join('; ')].filter((part) => part !== '').join(' \u2013 ');
}

/** Undefined for a line without a bar between cells. */
function cellsOf(line: string): string[] | undefined {
  const bare = line.trim();
  const framed = bare.length > 1 && bare.startsWith('|') && bare.endsWith('|');
  const cells = (framed ? bare.slice(1, -1) : line.replace(/\n$/u, '')).split('|').map((cell) => cell.trim());
  return cells.length > 1 ? cells : undefined;
}
