import { type ByteSource, decodeText, detectFormat, readDocument } from '#platform/formats';

export type { ByteSource } from '#platform/formats';

const PEEK_BYTES = 4_096;

/** The words of a file with their lines: text and Markdown as they stand, PDF and HTML by their blocks. */
export async function collectText(source: ByteSource, signal?: AbortSignal): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of source.bytes) parts.push(part);
  const bytes = Buffer.concat(parts);
  const again = {
    name: source.name,
    bytes: (async function* () {
      yield bytes;
    })(),
  };
  const { format } = detectFormat(source.name, bytes.subarray(0, PEEK_BYTES));
  if (format === 'text' || format === 'markdown' || format === 'csv') {
    let text = '';
    for await (const chunk of decodeText(again.bytes, { name: source.name }).chunks) text += chunk;
    return text;
  }
  const lines: string[] = [];
  for await (const block of readDocument(again, { signal })) lines.push(...(block.lines ?? block.text.split('\n')));
  return lines.join('\n');
}
