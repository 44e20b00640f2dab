import { getDocumentProxy } from 'unpdf';
import { formatErrors } from './errors.ts';
import { HeadingPath } from './heading-path.ts';
import { linesOf, type PdfLine, type PdfPiece, rowsOf } from './pdf-lines.ts';
import { cutText } from './text.ts';
import type { Block, PdfLayout } from './types.ts';

export interface PdfDocument {
  readonly title?: string;
  readonly lang?: string;
  readonly pages: number;
  readonly blocks: Block[];
  /** Whether the file carries JavaScript; it was not run. */
  readonly hasScripts: boolean;
}

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

/** Text of a PDF, by page. Scripts, attachments, images and fonts are not touched and nothing is fetched. */
export async function readPdfBlocks(
  bytes: Uint8Array,
  options: { name: string; maxPages: number; maxBlockChars: number; layout?: PdfLayout },
): Promise<PdfDocument> {
  const pdf = await open(bytes, options.name);
  const pages = pdf.numPages;
  if (pages > options.maxPages) {
    throw formatErrors(
      'KAZE_FORMAT_LIMIT',
      `${options.name} has ${pages} pages, more than the ${options.maxPages} that are read (maxPages); split it or raise the limit`,
      { fields: { name: options.name, limit: 'maxPages', allowed: options.maxPages, found: pages } },
    );
  }
  const byPage: PdfPiece[][] = [];
  for (let number = 1; number <= pages; number++) byPage.push(await piecesOf(pdf, number, options.name));
  if (byPage.every((pieces) => pieces.every(({ text }) => text.trim() === ''))) {
    throw formatErrors(
      'KAZE_FORMAT_PDF_WITHOUT_TEXT',
      `${options.name} has ${pages} page${pages === 1 ? '' : 's'} and no text, as scans have; run text recognition (OCR) on it first`,
      { fields: { name: options.name, pages } },
    );
  }
  const info = ((await pdf.getMetadata().catch(() => undefined))?.info ?? {}) as Record<string, unknown>;
  const text = (key: string) => (typeof info[key] === 'string' && info[key].trim() ? info[key].trim() : undefined);
  const hasScripts = await pdf.hasJSActions().catch(() => false);
  const { maxBlockChars } = options;
  const blocks =
    options.layout === 'rows'
      ? toRows(byPage, maxBlockChars)
      : toBlocks(
          byPage.flatMap((pieces, at) => linesOf(pieces, at + 1)),
          maxBlockChars,
        );
  const heading = blocks.find((block) => block.kind === 'heading' && block.level === 1)?.text;
  return { title: text('Title') ?? heading, lang: text('Language'), pages, blocks, hasScripts };
}

async function open(bytes: Uint8Array, name: string): Promise<Pdf> {
  try {
    return await getDocumentProxy(new Uint8Array(bytes), {
      isEvalSupported: false,
      disableFontFace: true,
      useSystemFonts: false,
      enableXfa: false,
      stopAtErrors: false,
      verbosity: 0,
    });
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    if (cause.name === 'PasswordException') {
      throw formatErrors('KAZE_FORMAT_PDF_LOCKED', `${name} is protected by a password; save a copy without one`, {
        fields: { name },
      });
    }
    throw broken(name, cause);
  }
}

function broken(name: string, cause: unknown, page?: number): Error {
  const reason = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
  const where = page === undefined ? '' : ` on page ${page}`;
  return formatErrors(
    'KAZE_FORMAT_PDF_BROKEN',
    `${name} cannot be parsed as a PDF${where} (${reason}); download or export it again`,
    {
      fields: { name, page, reason },
    },
  );
}

async function piecesOf(pdf: Pdf, number: number, name: string): Promise<PdfPiece[]> {
  try {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    return items.flatMap((item): PdfPiece[] => {
      if (!('str' in item)) return [];
      const [a = 0, b = 0, , , left = 0, y = 0] = item.transform as number[];
      const size = Math.round((Math.hypot(a, b) || item.height) * 10) / 10;
      const { str: text, width, hasEOL: endsLine } = item;
      return [{ text, left, right: left + width, y, size, rightToLeft: item.dir === 'rtl', endsLine }];
    });
  } catch (error) {
    throw broken(name, error, number);
  }
}

function toRows(pages: ReadonlyArray<readonly PdfPiece[]>, maxBlockChars: number): Block[] {
  const blocks: Block[] = [];
  let offset = 0;
  for (const { page, cells } of pages.flatMap((pieces, at) => rowsOf(pieces, at + 1))) {
    const full = cells.map(({ text }) => text).join(' ');
    for (const { text } of cutText(full, maxBlockChars)) {
      const end = offset + text.length;
      blocks.push({
        kind: 'row',
        text,
        headingPath: [],
        page,
        ...(text === full ? { cells } : {}),
        offset: { start: offset, end },
      });
      offset = end + 2;
    }
  }
  return blocks;
}

const BULLET = /^([•‣▪◦●–-]|\d{1,3}[.)])\s+\S/;

/** Lines become paragraphs by distance and size; text clearly larger than the body is a heading. */
function toBlocks(lines: readonly PdfLine[], maxBlockChars: number): Block[] {
  const body = bodySize(lines);
  const sizes = [...new Set(lines.map((line) => line.size).filter((size) => size >= body * 1.15))].sort(
    (a, b) => b - a,
  );
  const levelOf = (line: PdfLine) => (line.size >= body * 1.15 ? Math.min(6, sizes.indexOf(line.size) + 1) : 0);
  const groups: PdfLine[][] = [];
  for (const line of lines) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const joins =
      last &&
      last.page === line.page &&
      Math.abs(last.size - line.size) <= 0.1 * last.size &&
      last.y - line.y <= Math.max(last.size, line.size) * 1.6 &&
      last.y - line.y >= 0 &&
      BULLET.test(group![0]!.text) === (BULLET.test(line.text) || BULLET.test(group![0]!.text));
    if (joins) group!.push(line);
    else groups.push([line]);
  }
  const path = new HeadingPath();
  const blocks: Block[] = [];
  let offset = 0;
  for (const group of groups) {
    const first = group[0]!;
    const list = BULLET.test(first.text);
    const full = list ? group.map((line) => line.text).join('\n') : joinLines(group);
    const level = full.length <= 200 && group.length <= 3 ? levelOf(first) : 0;
    for (const { text } of cutText(full, maxBlockChars)) {
      const kind = level > 0 ? 'heading' : list ? 'list' : 'paragraph';
      const headingPath = level > 0 ? path.enter(level, text) : path.current();
      const end = offset + text.length;
      blocks.push({
        kind,
        level: level || undefined,
        text,
        headingPath,
        page: first.page,
        ...(group.length > 1 && text === full ? { lines: group.map((line) => line.text) } : {}),
        offset: { start: offset, end },
      });
      offset = end + 2;
    }
  }
  return blocks;
}

/** The size that most characters have. */
function bodySize(lines: readonly PdfLine[]): number {
  const chars = new Map<number, number>();
  for (const line of lines) chars.set(line.size, (chars.get(line.size) ?? 0) + line.text.length);
  return [...chars].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 0;
}

/** A word parted by a hyphen at the line end is put together again. */
function joinLines(lines: readonly PdfLine[]): string {
  let text = '';
  for (const line of lines) {
    if (/\p{Ll}-$/u.test(text) && /^\p{Ll}/u.test(line.text)) text = text.slice(0, -1) + line.text;
    else text += (text ? ' ' : '') + line.text;
  }
  return text;
}
