import { guessLanguage } from '../guess-language.ts';
import { collectBytes, limitBytes, peekBytes } from './bytes.ts';
import { readTable } from './csv-table.ts';
import { detectFormat, expectFormat } from './detect.ts';
import { type DecodedText, decodeText } from './encoding.ts';
import { formatErrors } from './errors.ts';
import type { HtmlFacts } from './html-facts.ts';
import { sharedParser } from './isolation/isolated-parser.ts';
import { type DocumentFacts, readMarkdownBlocks } from './markdown.ts';
import { cutText, readTextBlocks } from './text.ts';
import {
  type Block,
  type ByteSource,
  type EncodingReport,
  type FormatWarning,
  type InvalidBytes,
  type PdfLayout,
  type ReadableFormat,
  type ReadLimits,
  type ResolvedLimits,
  resolveLimits,
} from './types.ts';

export interface DocumentOptions {
  /** What the file must be; without it, what its name claims, and without that, what it is. */
  readonly format?: ReadableFormat;
  readonly encoding?: string;
  /** Default `strict`. */
  readonly onInvalid?: InvalidBytes;
  readonly limits?: ReadLimits;
  /** Default `paragraphs`. */
  readonly pdfLayout?: PdfLayout;
  /** Ends the parsing of a PDF or web page. */
  readonly signal?: AbortSignal;
}

export interface DocumentSummary {
  format?: ReadableFormat;
  /** From the title element, front matter, PDF metadata or the first top heading. */
  title?: string;
  /** What the document says (`lang`, BCP 47), else what its words look like, else `unknown`. */
  language: string;
  languageOrigin: 'declared' | 'guessed' | 'none';
  /** Absent for PDF. */
  encoding?: EncodingReport;
  /** PDF pages. */
  pages?: number;
  /** Of web pages: metadata, links, images, structured data. */
  html?: HtmlFacts;
  /** Of Markdown. */
  frontMatter?: ReadonlyArray<{ readonly name: string; readonly value: string; readonly line: number }>;
  warnings: FormatWarning[];
}

/** Blocks in reading order, read once; `summary` is complete when they have ended. */
export interface DocumentReading extends AsyncIterable<Block> {
  readonly summary: Readonly<DocumentSummary>;
}

/** Enough to recognise every format and encoding. */
const PEEK_BYTES = 64 * 1024;
const LANGUAGE_CHARS = 20_000;

/**
 * Reads Markdown, HTML, PDF, CSV or plain text as blocks. Text, Markdown and CSV stream in bounded memory; HTML and PDF
 * are parsed whole in a process of their own, within limits of size, time and memory.
 * Errors come while iterating: every code of this folder but those of Search Console exports.
 */
export function readDocument(source: ByteSource, options: DocumentOptions = {}): DocumentReading {
  const summary: DocumentSummary = { language: 'unknown', languageOrigin: 'none', warnings: [] };
  return { summary, [Symbol.asyncIterator]: () => read(source, options, summary) };
}

async function* read(
  source: ByteSource,
  options: DocumentOptions,
  summary: DocumentSummary,
): AsyncGenerator<Block, void, undefined> {
  const { name } = source;
  const { head, bytes } = await peekBytes(source.bytes, PEEK_BYTES);
  if (head.length === 0) {
    throw formatErrors('KAZE_FORMAT_EMPTY', `${name} is empty (0 bytes); save or export it again`, {
      fields: { name },
    });
  }
  const format = expectFormat(name, detectFormat(name, head), options.format);
  const limits = resolveLimits(format, options.limits);
  summary.format = format;
  const facts: DocumentFacts = {};
  const reader = { name, options, limits, facts, summary };
  const limited = limitBytes(bytes, { name, maxBytes: limits.maxBytes });
  let sample = '';
  for await (const block of blocksOf({ name, bytes: limited }, head, reader)) {
    if (sample.length < LANGUAGE_CHARS) sample += ` ${block.text.slice(0, LANGUAGE_CHARS)}`;
    if (facts.title !== undefined) summary.title = facts.title;
    yield block;
  }
  summary.title = facts.title;
  if (facts.frontMatter) summary.frontMatter = facts.frontMatter;
  const guessed = guessLanguage(sample);
  summary.language = facts.lang || guessed;
  summary.languageOrigin = facts.lang ? 'declared' : guessed === 'unknown' ? 'none' : 'guessed';
  const { encoding } = summary;
  if (encoding?.firstReplaced) {
    const { line, byteOffset } = encoding.firstReplaced;
    summary.warnings.push({
      kind: 'replaced-bytes',
      message: `${encoding.replacedCount} broken characters were replaced, the first on line ${line} (byte ${byteOffset})`,
      line,
    });
  }
}

interface Reader {
  readonly name: string;
  readonly options: DocumentOptions;
  readonly limits: ResolvedLimits;
  readonly facts: DocumentFacts;
  readonly summary: DocumentSummary;
}

function blocksOf(source: ByteSource, head: Uint8Array, reader: Reader): AsyncIterable<Block> {
  const { name, limits, facts } = reader;
  switch (reader.summary.format) {
    case 'markdown':
      return readMarkdownBlocks(decoded(source, reader).chunks, { name, limits, facts });
    case 'csv':
      return readRowBlocks(source, reader);
    case 'html':
      return readHtml(source, head, reader);
    case 'pdf':
      return readPdf(source, reader);
    default:
      return readTextBlocks(decoded(source, reader).chunks, { name, limits });
  }
}

function decoded(source: ByteSource, reader: Reader, declared?: string): DecodedText {
  const { encoding = declared, onInvalid } = reader.options;
  const text = decodeText(source.bytes, { name: source.name, encoding, onInvalid });
  reader.summary.encoding = text.report;
  return text;
}

async function* readRowBlocks(source: ByteSource, reader: Reader): AsyncGenerator<Block> {
  const { encoding, onInvalid } = reader.options;
  // Untidy tables are still worth reading as text; who needs exact columns reads them with readTable.
  const table = await readTable(source, { encoding, onInvalid, limits: reader.limits, ragged: 'pad' });
  reader.summary.encoding = table.encoding;
  for await (const { line, cells, offset } of table.rows) {
    const text = cells
      .map((cell, index) =>
        cell.trim() === '' ? '' : `${table.columns[index] ?? `column ${index + 1}`}: ${cell.trim()}`,
      )
      .filter(Boolean)
      .join('; ');
    for (const piece of cutText(text, reader.limits.maxBlockChars)) {
      yield { kind: 'row', text: piece.text, headingPath: [], line, offset };
    }
  }
  reader.summary.warnings.push(...table.warnings);
}

async function* readHtml(source: ByteSource, head: Uint8Array, reader: Reader): AsyncGenerator<Block> {
  const { chunks } = decoded(source, reader, declaredCharset(head));
  let text = '';
  for await (const chunk of chunks) text += chunk;
  const { options, limits, facts, name, summary } = reader;
  const document = await sharedParser().parse({ kind: 'html', name, text }, limits, options.signal);
  summary.html = document.facts;
  facts.title = document.title;
  facts.lang = document.lang;
  yield* document.blocks;
}

/** What a `<meta>` tag says; `utf-8` is what detection assumes anyway, and is believed only when it is true. */
function declaredCharset(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 4096)).toString('latin1');
  const charset = /<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{2,40})/i.exec(text)?.[1]?.toLowerCase();
  if (charset === undefined || /^utf-?(8|16.*)$/.test(charset)) return undefined;
  // Browsers read these three names as Windows-1252 (WHATWG Encoding Standard).
  return /^(iso-8859-1|latin1|us-ascii)$/.test(charset) ? 'windows-1252' : charset;
}

async function* readPdf(source: ByteSource, reader: Reader): AsyncGenerator<Block> {
  const bytes = await collectBytes(source.bytes);
  const { options, limits, facts, name, summary } = reader;
  const job = { kind: 'pdf', name, bytes, layout: options.pdfLayout ?? 'paragraphs' } as const;
  const document = await sharedParser().parse(job, limits, options.signal);
  facts.title = document.title;
  facts.lang = document.lang;
  summary.pages = document.pages;
  if (document.hasScripts) {
    summary.warnings.push({ kind: 'scripts-ignored', message: `${name} carries JavaScript; it was not run` });
  }
  yield* document.blocks;
}
