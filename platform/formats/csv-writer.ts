/**
 * Makes a cell safe to open in a spreadsheet: one that would run as a formula gets a leading apostrophe (OWASP, "CSV
 * Injection"). Plain numbers, negative ones too, stay as they are.
 */
export function neutraliseCell(cell: string): string {
  // Full-width forms count as their narrow ones in some spreadsheets; tab, CR and LF may hide what follows them.
  if (!/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(cell)) return cell;
  if (/^[+-]?\d+(?:[.,]\d+)*\s?%?$/.test(cell)) return cell;
  return `'${cell}`;
}

/** One line of CSV with CRLF (RFC 4180), cells neutralised unless told otherwise. */
export function formatCsvRow(
  cells: readonly string[],
  options: { delimiter?: string; neutralise?: boolean } = {},
): string {
  const { delimiter = ',', neutralise = true } = options;
  const written = cells.map((cell) => {
    const safe = neutralise ? neutraliseCell(cell) : cell;
    // A separator of another locale is quoted too, else the cell splits where the file is opened as that one.
    const quote = safe.includes(delimiter) || /["\r\n,;\t]|^\s|\s$/.test(safe);
    return quote ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  // A row of one empty cell would be a blank line, which is no row.
  return `${written.length === 1 && written[0] === '' ? '""' : written.join(delimiter)}\r\n`;
}
