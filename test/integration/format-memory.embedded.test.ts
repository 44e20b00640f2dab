import { describe, expect, it } from 'vitest';
import { type ByteSource, readDocument, readTable } from '#platform/formats';

const PARTS: Record<string, string> = {
  'big.txt': `${'Zeile mit Wörtern, die niemand zählt, und noch ein paar mehr davon.\n'.repeat(20)}\n`,
  'big.csv': '17,"Müller, Anna","said ""yes"" and\nleft",2.5\n',
  'big.md': `## Title\n\n${'Words without markup, as most of a handbook has them, line after line.\n'.repeat(40)}\n`,
};

function generated(name: string, totalBytes: number): ByteSource {
  const chunk = Buffer.from(PARTS[name]!.repeat(Math.ceil(65_536 / PARTS[name]!.length)));
  return {
    name,
    bytes: (async function* () {
      for (let sent = 0; sent < totalBytes; sent += chunk.length) yield chunk;
    })(),
  };
}

/** Peak growth of the JavaScript heap and of buffers while the items are read and thrown away, in bytes. */
async function peakGrowth(items: AsyncIterable<unknown>): Promise<{ count: number; growth: number }> {
  const used = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  let peak = before;
  let count = 0;
  for await (const _ of items) if (++count % 500 === 0) peak = Math.max(peak, used());
  return { count, growth: peak - before };
}

describe('what streams', { timeout: 180_000 }, () => {
  // Held whole, each of these would take at least its own size; garbage not yet collected is the rest of the allowance.
  it.each([
    ['big.txt', 120e6, 80_000],
    ['big.csv', 120e6, 2_000_000],
    ['big.md', 120e6, 80_000],
  ])('does not fill memory: %s of %d bytes', async (name, totalBytes, atLeast) => {
    const limits = { maxBytes: totalBytes * 2 };
    const source = generated(name, totalBytes);
    const items = name === 'big.csv' ? (await readTable(source, { limits })).rows : readDocument(source, { limits });
    const { count, growth } = await peakGrowth(items);
    expect(count).toBeGreaterThan(atLeast);
    expect(growth).toBeLessThan(96e6);
  });
});
