/** The formats that readers know. `zip` and `unknown` are recognised in order to be refused. */
export type Format = 'markdown' | 'html' | 'pdf' | 'csv' | 'text' | 'zip' | 'unknown';
export type ReadableFormat = Exclude<Format, 'zip' | 'unknown'>;

/** Bytes with the name they came under. The name is for people and for its extension; it is never opened as a path. */
export interface ByteSource {
  readonly name: string;
  /** Read once. `fs.createReadStream` and request bodies fit; the iterator is closed when a reader stops early. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * What to do with bytes that the encoding does not allow: `strict` ends with KAZE_FORMAT_ENCODING (byte offset, line),
 * `replace` puts U+FFFD in their place and counts them.
 */
export type InvalidBytes = 'strict' | 'replace';

export interface EncodingReport {
  /** Lower-case name, such as `utf-8`, `utf-16le`, `windows-1252`. Pure ASCII is `utf-8`. */
  encoding: string;
  bom: boolean;
  /** U+FFFD written by the policy `replace`. */
  replacedCount: number;
  firstReplaced?: { byteOffset: number; line: number };
}

export interface ReadLimits {
  /** Default: 20 MB for HTML, 50 MB for PDF, 4 GB for what streams (text, Markdown, CSV). */
  readonly maxBytes?: number;
  /** Longest line of text and Markdown, in characters. Default 1,000,000. */
  readonly maxLineChars?: number;
  /** Longest CSV field, in characters. Default 1,000,000. */
  readonly maxFieldChars?: number;
  /** Longest CSV row, in characters. Default 4,000,000. */
  readonly maxRowChars?: number;
  /** Most CSV columns. Default 4,096. */
  readonly maxColumns?: number;
  /** Most CSV rows. Default 20,000,000. */
  readonly maxRows?: number;
  /** Most PDF pages. Default 3,000. */
  readonly maxPages?: number;
  /** Longest text of a block, in characters; longer ones are cut at a line end. Default 16,000. */
  readonly maxBlockChars?: number;
  /** Time for parsing one PDF or HTML file, in ms. Default 60,000. */
  readonly parseTimeoutMs?: number;
  /** Resident memory of the process that parses PDF and HTML, in MiB. Default 768. */
  readonly parseMemoryMiB?: number;
}

export type ResolvedLimits = Required<ReadLimits>;

const MAX_BYTES: Record<ReadableFormat, number> = { html: 20e6, pdf: 50e6, text: 4e9, markdown: 4e9, csv: 4e9 };

export function resolveLimits(format: ReadableFormat, limits: ReadLimits = {}): ResolvedLimits {
  return {
    maxBytes: limits.maxBytes ?? MAX_BYTES[format],
    maxLineChars: limits.maxLineChars ?? 1_000_000,
    maxFieldChars: limits.maxFieldChars ?? 1_000_000,
    maxRowChars: limits.maxRowChars ?? 4_000_000,
    maxColumns: limits.maxColumns ?? 4_096,
    maxRows: limits.maxRows ?? 20_000_000,
    maxPages: limits.maxPages ?? 3_000,
    maxBlockChars: limits.maxBlockChars ?? 16_000,
    parseTimeoutMs: limits.parseTimeoutMs ?? 60_000,
    parseMemoryMiB: limits.parseMemoryMiB ?? 768,
  };
}

export type BlockKind = 'heading' | 'paragraph' | 'list' | 'table' | 'code' | 'row';

/**
 * How a PDF is read: `paragraphs` follow the order of the file, as running text wants it; `rows` give what stands side by
 * side on the page, with the places of the cells, as forms and tables want it.
 */
export type PdfLayout = 'paragraphs' | 'rows';

/** A cell of a printed row; the places are points from the left edge of the page. */
export interface BlockCell {
  readonly text: string;
  readonly left: number;
  readonly right: number;
}

/** One piece of a document in reading order, with where it stands, for citation. */
export interface Block {
  readonly kind: BlockKind;
  /** Of headings, 1 to 6. */
  readonly level?: number;
  /** Plain text: markup removed, never empty. Rows read `column: value; column: value`. */
  readonly text: string;
  /** Texts of the headings above, outermost first; a heading's own text is not in its path. */
  readonly headingPath: readonly string[];
  /** First line in the decoded text, from 1. Absent for PDF. */
  readonly line?: number;
  /** PDF page, from 1. */
  readonly page?: number;
  /** Of PDF: the printed lines that `text` was put together from, where there are several; tables need them. */
  readonly lines?: readonly string[];
  /** Of the rows of a PDF, from left to right; `text` has them joined by blanks. */
  readonly cells?: readonly BlockCell[];
  /**
   * Characters (UTF-16 units) of the decoded text, end exclusive: the file without its byte order mark for everything
   * but PDF; for PDF the texts of all blocks joined by blank lines ("\n\n").
   */
  readonly offset: { readonly start: number; readonly end: number };
}

export interface FormatWarning {
  /** A stable word: `replaced-bytes`, `ragged-row`, `duplicate-column`, `ctr-disagrees`, ... */
  readonly kind: string;
  readonly message: string;
  readonly line?: number;
}

const PART_BYTES = 64 * 1024;

export function sourceOf(name: string, content: string | Uint8Array): ByteSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    name,
    bytes: (async function* () {
      // In parts, as a file comes: readers give way between them.
      for (let at = 0; at < bytes.length; at += PART_BYTES) yield bytes.subarray(at, at + PART_BYTES);
    })(),
  };
}
