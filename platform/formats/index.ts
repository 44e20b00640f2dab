/**
 * Readers of file formats: Markdown, HTML, PDF, CSV and text as blocks with their places, tables with lines, and Google
 * Search Console's exports.
 *
 * @example
 * const reading = readDocument({ name: 'handbook.md', bytes: createReadStream('handbook.md') });
 * for await (const block of reading) console.log(block.line, block.headingPath.join(' > '), block.text);
 * console.log(reading.summary.title, reading.summary.language);
 */
export type { CsvDialect } from './csv-dialect.ts';
export { readTable, type Table, type TableOptions, type TableRow } from './csv-table.ts';
export { formatCsvRow, neutraliseCell } from './csv-writer.ts';
export { type Detection, detectFormat } from './detect.ts';
export { type DocumentOptions, type DocumentReading, type DocumentSummary, readDocument } from './document.ts';
export { type DecodedText, type DecodeOptions, decodeText } from './encoding.ts';
export { formatErrors } from './errors.ts';
export type { HtmlFacts } from './html-facts.ts';
export { IsolatedParser } from './isolation/isolated-parser.ts';
export {
  readSearchConsole,
  type SearchConsoleDimension,
  type SearchConsoleExport,
  type SearchConsoleOptions,
  type SearchConsoleRow,
} from './search-console/index.ts';
export {
  bareNumber,
  type DecimalMark,
  decimalEvidence,
  type NumberCell,
  parseNumber,
} from './search-console/numbers.ts';
export {
  type Block,
  type BlockCell,
  type BlockKind,
  type ByteSource,
  type EncodingReport,
  type Format,
  type FormatWarning,
  type InvalidBytes,
  type ReadableFormat,
  type ReadLimits,
  sourceOf,
} from './types.ts';
