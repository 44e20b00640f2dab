import { defineErrors } from '../errors.ts';

/** The codes of the format readers. Positions are fields: `line` and `column` count from 1, `byteOffset` from 0. */
export const formatErrors = defineErrors({
  KAZE_FORMAT_MISMATCH: {
    kind: 'caller',
    status: 415,
    when: 'A file holds another format than its name or the caller says, such as a web page named .csv.',
    remedy: 'Give the file in the expected format, or rename it to what it is.',
  },
  KAZE_FORMAT_UNSUPPORTED: {
    kind: 'caller',
    status: 415,
    when: 'A file is of a format that is not read: archives, office documents, images, programs, other binary data.',
    remedy: 'Convert it to Markdown, HTML, PDF, CSV or plain text first. Archives are never unpacked.',
  },
  KAZE_FORMAT_EMPTY: {
    kind: 'caller',
    status: 422,
    when: 'A file has no bytes, or a table has a header and no rows where rows are needed.',
    remedy: 'Export or save the file again; for a search export choose a longer period or fewer filters.',
  },
  KAZE_FORMAT_LIMIT: {
    kind: 'caller',
    status: 413,
    when: 'A file, line, field, row, table or page count is larger than the limit of its reader.',
    remedy: 'Split the file, or raise the named limit if the file is trusted.',
  },
  KAZE_FORMAT_ENCODING: {
    kind: 'caller',
    status: 422,
    when: 'Text holds bytes that its encoding does not allow, and the policy is `strict`.',
    remedy: 'Save the file as UTF-8, name its encoding, or read it with the policy `replace`.',
  },
  KAZE_FORMAT_CSV_QUOTE: {
    kind: 'caller',
    status: 422,
    when: 'A quoted CSV field is never closed, or text follows its closing quote.',
    remedy: 'Close the quote on the named line; a quote inside a quoted field is written twice.',
  },
  KAZE_FORMAT_CSV_RAGGED: {
    kind: 'caller',
    status: 422,
    when: 'A CSV row has another number of fields than the header, and ragged rows are not allowed.',
    remedy: 'Mend the named row, or read the table with ragged rows padded.',
  },
  KAZE_FORMAT_CSV_HEADER: {
    kind: 'caller',
    status: 422,
    when: 'A CSV header names the same column twice and duplicates are not allowed.',
    remedy: 'Give every column its own name.',
  },
  KAZE_FORMAT_PDF_LOCKED: {
    kind: 'caller',
    status: 422,
    when: 'A PDF cannot be opened without a password.',
    remedy: 'Save a copy without a password.',
  },
  KAZE_FORMAT_PDF_BROKEN: {
    kind: 'caller',
    status: 422,
    when: 'A file starts like a PDF and cannot be parsed as one.',
    remedy: 'Download or export the PDF again.',
  },
  KAZE_FORMAT_PDF_WITHOUT_TEXT: {
    kind: 'caller',
    status: 422,
    when: 'A PDF has pages but no text, as scans have.',
    remedy: 'Run text recognition (OCR) on it and give the result.',
  },
  KAZE_FORMAT_HTML_DEPTH: {
    kind: 'caller',
    status: 422,
    when: 'A web page nests elements deeper than the limit.',
    remedy: 'Save the page as plain text; real pages do not nest this deep.',
  },
  KAZE_FORMAT_TIMEOUT: {
    kind: 'caller',
    status: 422,
    when: 'Parsing a PDF or a web page took longer than its time limit; the parser was ended.',
    remedy: 'Split the document, or raise `parseTimeoutMs` if it is trusted.',
  },
  KAZE_FORMAT_MEMORY: {
    kind: 'caller',
    status: 422,
    when: 'Parsing a PDF or a web page took more memory than its limit; the parser was ended.',
    remedy: 'Split the document, or raise `parseMemoryMiB` if it is trusted.',
  },
  KAZE_FORMAT_PARSER_LOST: {
    kind: 'environment',
    status: 503,
    when: 'The process that parses documents ended without an answer.',
    remedy: 'Try again; if it happens again with the same file, report that file.',
    retryable: true,
  },
  KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS: {
    kind: 'caller',
    status: 422,
    when: 'A table is not a Search Console performance export: a needed column is missing or appears twice.',
    remedy:
      'Export the Performance report from Google Search Console as CSV and give Queries.csv or Pages.csv unchanged.',
  },
  KAZE_FORMAT_NUMBER: {
    kind: 'caller',
    status: 422,
    when: 'A cell that must hold a number (or a percentage, or a date) holds something else.',
    remedy: 'Mend the named cell; exports need no editing by hand.',
  },
  KAZE_FORMAT_NUMBER_MIXED: {
    kind: 'caller',
    status: 422,
    when: 'One table writes decimals with a comma in one place and with a point in another.',
    remedy: 'Export the table again in one locale.',
  },
});
