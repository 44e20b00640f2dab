/** Files made in memory for these tests. */
import { deflateSync } from 'node:zlib';
import type { Block, ByteSource } from '#platform/formats';

export function chunked(name: string, content: string | Uint8Array, chunkBytes: number): ByteSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    name,
    bytes: (async function* () {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    })(),
  };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const texts = (blocks: readonly Block[]) => blocks.map((block) => block.text);

export interface PdfLineSpec {
  readonly text: string;
  readonly size?: number;
  /** Extra room above, in points. */
  readonly gap?: number;
}

interface PdfOptions {
  readonly title?: string;
  /** Entries of the catalogue, such as an OpenAction with JavaScript. */
  readonly catalog?: string;
  readonly locked?: boolean;
  /** Replaces the content stream of each page. */
  readonly content?: Uint8Array;
}

/** A PDF 1.4 with one font and one content stream a page. */
export function makePdf(pages: ReadonlyArray<readonly PdfLineSpec[]>, options: PdfOptions = {}): Uint8Array {
  const objects: Buffer[] = [];
  const add = (body: Buffer | string) => objects.push(Buffer.from(body as string)) && objects.length;
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`).join(' ');
  add(`<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) ${options.catalog ?? ''} >>`);
  add(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  for (const [index, lines] of pages.entries()) {
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + index * 2} 0 R >>`,
    );
    const stream = options.content ?? deflateSync(pageContent(lines));
    add(
      Buffer.concat([
        Buffer.from(`<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\n`),
        stream,
        Buffer.from('\nendstream'),
      ]),
    );
  }
  const info = add(`<< /Title (${options.title ?? ''}) >>`);
  const lock = options.locked
    ? add(`<< /Filter /Standard /V 1 /R 2 /P -4 /O <${'5a'.repeat(32)}> /U <${'a5'.repeat(32)}> >>`)
    : undefined;
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  let length = parts[0]!.length;
  for (const [index, body] of objects.entries()) {
    offsets.push(length);
    const object = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    parts.push(object);
    length += object.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const encrypt = lock
    ? `/Encrypt ${lock} 0 R /ID [<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]`
    : '';
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${info} 0 R ${encrypt} >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

function pageContent(lines: readonly PdfLineSpec[]): string {
  let y = 740;
  return lines
    .map(({ text, size = 11, gap = 0 }) => {
      y -= size * 1.2 + gap;
      return `BT /F1 ${size} Tf 1 0 0 1 72 ${y.toFixed(1)} Tm (${text.replaceAll(/[\\()]/g, '\\$&')}) Tj ET`;
    })
    .join('\n');
}
