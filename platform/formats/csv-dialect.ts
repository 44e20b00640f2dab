import { isKazeError } from '../errors.ts';
import { CsvScanner } from './csv-scanner.ts';

export interface CsvDialect {
  readonly delimiter: ',' | ';' | '\t' | '|' | string;
  /** `named`: by the caller; `declared`: a `sep=` line; `detected`: from the first rows; `assumed`: one column, nothing to tell by. */
  readonly origin: 'named' | 'declared' | 'detected' | 'assumed';
  /** Characters before the header: a `sep=` line of Excel. */
  readonly skipChars: number;
}

const DELIMITERS = [',', ';', '\t', '|'];
const SAMPLE_ROWS = 100;

/** Tells the delimiter by how evenly it cuts the first rows; quoted fields are respected. */
export function detectDialect(sample: string): CsvDialect {
  const declared = /^sep=(.)\r?\n/i.exec(sample);
  if (declared) return { delimiter: declared[1]!, origin: 'declared', skipChars: declared[0].length };
  let best: { delimiter: string; score: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const score = evenness(sample, delimiter);
    if (score > (best?.score ?? 0)) best = { delimiter, score };
  }
  return best
    ? { delimiter: best.delimiter, origin: 'detected', skipChars: 0 }
    : { delimiter: ',', origin: 'assumed', skipChars: 0 };
}

/** Share of rows as wide as the header, with a slight preference for more columns; 0 for a single column. */
function evenness(sample: string, delimiter: string): number {
  const widths = sampleWidths(sample, delimiter);
  const header = widths[0] ?? 0;
  if (header < 2) return 0;
  const even = widths.filter((width) => width === header).length / widths.length;
  return even + Math.min(header, 50) / 1000;
}

function sampleWidths(sample: string, delimiter: string): number[] {
  const scanner = new CsvScanner({
    name: 'sample',
    delimiter,
    maxFieldChars: sample.length + 1,
    maxRowChars: sample.length + 1,
    maxColumns: sample.length + 1,
  });
  const widths: number[] = [];
  // Line by line, so that a broken quote leaves the rows before it to judge by.
  try {
    for (const line of sample.split(/(?<=\n)/)) {
      for (const row of scanner.push(line)) widths.push(row.cells.length);
      if (widths.length >= SAMPLE_ROWS) break;
    }
    if (widths.length === 0) for (const row of scanner.end()) widths.push(row.cells.length);
  } catch (error) {
    // The reader proper will tell what is wrong, in the dialect that fits the rest.
    if (!isKazeError(error)) throw error;
    widths.push(-1);
  }
  return widths;
}
