import { encodingOfBom, utf16WithoutBom } from './encoding.ts';
import { formatErrors } from './errors.ts';
import type { Format, ReadableFormat } from './types.ts';

export interface Detection {
  readonly format: Format;
  /** What it is, for people: "a web page (HTML)", "an Excel workbook (xlsx)". */
  readonly label: string;
  /** What the name's extension claims, if it claims anything that readers know. */
  readonly claimed?: Format;
  /** What a person can do when the format is not wanted. */
  readonly wayOut: string;
}

const EXTENSIONS: Readonly<Record<string, Format>> = {
  md: 'markdown',
  markdown: 'markdown',
  mdown: 'markdown',
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  pdf: 'pdf',
  csv: 'csv',
  tsv: 'csv',
  txt: 'text',
  text: 'text',
  log: 'text',
  zip: 'zip',
  xlsx: 'zip',
  docx: 'zip',
  pptx: 'zip',
  ods: 'zip',
  odt: 'zip',
};

export const FORMAT_LABELS: Readonly<Record<Format, string>> = {
  markdown: 'Markdown',
  html: 'a web page (HTML)',
  pdf: 'a PDF document',
  csv: 'a CSV table',
  text: 'plain text',
  zip: 'a zip archive',
  unknown: 'binary data',
};

const SAVE_AS_CSV = 'open it and save the sheet as CSV (UTF-8)';
const CONVERT = 'convert it to Markdown, HTML, PDF, CSV or plain text';

/** Signatures of what is not read: hex of the first bytes, what it is, the way out. */
const SIGNATURES: ReadonlyArray<readonly [hex: string, label: string, wayOut: string]> = [
  ['1f8b', 'a gzip archive', 'unpack it first'],
  ['377abcaf271c', 'a 7-Zip archive', 'unpack it first'],
  ['526172211a07', 'a RAR archive', 'unpack it first'],
  ['425a68', 'a bzip2 archive', 'unpack it first'],
  ['fd377a585a00', 'an xz archive', 'unpack it first'],
  ['28b52ffd', 'a Zstandard archive', 'unpack it first'],
  ['89504e470d0a1a0a', 'a PNG image', 'run text recognition (OCR) on it'],
  ['ffd8ff', 'a JPEG image', 'run text recognition (OCR) on it'],
  ['47494638', 'a GIF image', 'run text recognition (OCR) on it'],
  ['7b5c727466', 'an RTF document', CONVERT],
  ['53514c69746520666f726d6174203300', 'an SQLite database', 'export its tables as CSV'],
  ['50415231', 'a Parquet file', 'export it as CSV'],
  ['7f454c46', 'a program', CONVERT],
  ['4d5a9000', 'a program', CONVERT],
];

/** Looks at the content first and at the name second. `firstBytes`: the more the better, 64 KB is plenty. */
export function detectFormat(name: string, firstBytes: Uint8Array): Detection {
  const extension = /\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const claimed = EXTENSIONS[extension];
  const found = detectBinary(extension, firstBytes) ?? detectText(claimed, firstBytes);
  return { claimed, wayOut: CONVERT, ...found, label: found.label ?? FORMAT_LABELS[found.format] };
}

interface Found {
  readonly format: Format;
  readonly label?: string;
  readonly wayOut?: string;
}

function detectBinary(extension: string, bytes: Uint8Array): Found | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pdfAt = head.subarray(0, 1024).indexOf('%PDF-');
  if (pdfAt === 0 || (pdfAt > 0 && (extension === 'pdf' || /^[\s\ufeff]*$/.test(head.toString('utf8', 0, pdfAt))))) {
    return { format: 'pdf', wayOut: 'rename it to .pdf' };
  }
  if (/^504b(0304|0506|0708)/.test(head.toString('hex', 0, 4))) return describeZip(head);
  if (head.toString('hex', 0, 8) === 'd0cf11e0a1b11ae1') {
    const workbook = head.includes(Buffer.from('Workbook', 'utf16le')) || ['xls', 'csv', 'tsv'].includes(extension);
    return workbook
      ? { format: 'unknown', label: 'an Excel 97-2003 workbook (xls)', wayOut: SAVE_AS_CSV }
      : { format: 'unknown', label: 'an Office 97-2003 document', wayOut: CONVERT };
  }
  for (const [hex, label, wayOut] of SIGNATURES) {
    if (head.toString('hex', 0, hex.length / 2) === hex) return { format: 'unknown', label, wayOut };
  }
  if (encodingOfBom(bytes) || utf16WithoutBom(bytes)) return undefined;
  let controls = 0;
  for (const byte of head)
    if (byte === 0 || (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13)) controls++;
  if (head.includes(0) || controls > head.length * 0.1) return { format: 'unknown' };
  return undefined;
}

function describeZip(head: Buffer): Found {
  const text = head.toString('latin1', 0, 65_536);
  if (text.includes('mimetypeapplication/vnd.oasis.opendocument.spreadsheet')) {
    return { format: 'zip', label: 'an OpenDocument spreadsheet (ods)', wayOut: SAVE_AS_CSV };
  }
  if (text.includes('mimetypeapplication/'))
    return { format: 'zip', label: 'an OpenDocument or EPUB file', wayOut: CONVERT };
  if (text.includes('[Content_Types].xml')) {
    if (text.includes('word/')) return { format: 'zip', label: 'a Word document (docx)', wayOut: CONVERT };
    if (text.includes('ppt/')) return { format: 'zip', label: 'a PowerPoint presentation (pptx)', wayOut: CONVERT };
    return { format: 'zip', label: 'an Excel workbook (xlsx)', wayOut: SAVE_AS_CSV };
  }
  return { format: 'zip', wayOut: 'unpack it and give the files inside; archives are never unpacked here' };
}

function detectText(claimed: Format | undefined, bytes: Uint8Array): Found {
  const utf16 = encodingOfBom(bytes)?.encoding ?? utf16WithoutBom(bytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1', 0, 65_536)
    .replaceAll(utf16?.startsWith('utf-16') ? /[\0\xfe\xff]/g : /^\xef\xbb\xbf/g, '');
  const start = withoutProlog(text);
  const isArchive =
    /^content-type:\s*multipart\/related/im.test(text.slice(0, 2_048)) && /^mime-version:/im.test(text.slice(0, 2_048));
  if (isArchive) return { format: 'unknown', label: 'a web archive (MHTML)', wayOut: 'save the page as "HTML only"' };
  if (/^<(!doctype\s+html|html[\s>])/i.test(start)) return { format: 'html', wayOut: 'rename it to .html' };
  // A page without its head, such as a server's error page: Markdown may begin with tags too, tables do not.
  const tags = /^<(head|body|title|meta|script|table|div|p|h1|center|span|section|article|main)[\s>]/i.test(start);
  if (tags && claimed !== 'markdown' && claimed !== 'text') return { format: 'html', wayOut: 'rename it to .html' };
  if (/^<(?:\w+:)?workbook[\s>]/i.test(start))
    return { format: 'unknown', label: 'an Excel 2003 spreadsheet (XML)', wayOut: SAVE_AS_CSV };
  const isExact = claimed === 'csv' || claimed === 'html';
  if (isExact && /^(?:\{\s*"[^"\n]{1,40}"\s*:|\[\s*[[{]\s*")/.test(start)) return { format: 'unknown', label: 'JSON' };
  if (isExact && /^\s*<\?xml\s/.test(text)) return { format: 'unknown', label: 'an XML file' };
  if (claimed === 'markdown' || claimed === 'html' || claimed === 'csv' || claimed === 'text')
    return { format: claimed };
  if (looksLikeTable(text)) return { format: 'csv' };
  if (/^#{1,6} \S|^```|^[-*] \S.*\n[-*] \S|\]\([^)\s]+\)/m.test(text.slice(0, 8192))) return { format: 'markdown' };
  return { format: 'text' };
}

/** What may stand before a page's first tag: blanks, an XML declaration, comments. */
function withoutProlog(text: string): string {
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at)) && at < text.length) at++;
    const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '>' : undefined;
    const close = end ? text.indexOf(end, at) : -1;
    if (!end || close < 0) return text.slice(at, at + 64);
    at = close + end.length;
  }
}

/** The same number (two or more) of one delimiter on each of the first lines. */
function looksLikeTable(text: string): boolean {
  const lines = text.split(/\r?\n/).slice(0, 6).filter(Boolean);
  if (lines.length < 3) return false;
  return [',', ';', '\t'].some((delimiter) => {
    const counts = lines.slice(0, 5).map((line) => line.split(delimiter).length - 1);
    return counts[0]! >= 1 && counts.every((count) => count === counts[0]) && !/\.$/m.test(lines[0]!);
  });
}

const ACCEPTS: Readonly<Record<ReadableFormat, readonly Format[]>> = {
  text: ['text', 'markdown', 'csv'],
  markdown: ['markdown', 'text', 'csv'],
  csv: ['csv', 'text', 'markdown'],
  html: ['html', 'text', 'markdown'],
  pdf: ['pdf'],
};

/** The format to read a file in; refuses what is not readable or is not what the name or the caller says. */
export function expectFormat(name: string, detection: Detection, expected?: ReadableFormat): ReadableFormat {
  const { format, label, claimed, wayOut } = detection;
  const wanted = expected ?? (claimed === 'zip' || claimed === 'unknown' ? undefined : claimed);
  if (wanted && !ACCEPTS[wanted].includes(format)) {
    throw formatErrors(
      'KAZE_FORMAT_MISMATCH',
      `${name} is ${label}, and ${FORMAT_LABELS[wanted]} was expected; ${wayOut}`,
      { fields: { name, found: format, foundLabel: label, expected: wanted, wayOut } },
    );
  }
  if (format === 'zip' || format === 'unknown') {
    throw formatErrors('KAZE_FORMAT_UNSUPPORTED', `${name} is ${label}, which is not read; ${wayOut}`, {
      fields: { name, found: format, foundLabel: label, wayOut },
    });
  }
  return wanted ?? format;
}
