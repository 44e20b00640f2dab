/** Where UTF-8 is broken, by the rules of the WHATWG decoder (one replacement for each maximal broken prefix). */
export interface BrokenUtf8 {
  readonly index: number;
  readonly length: number;
}

/** The first sequence at or after `from` that is not UTF-8, or undefined. A cut-off last sequence counts as broken. */
export function nextBrokenUtf8(bytes: Uint8Array, from = 0): BrokenUtf8 | undefined {
  let index = from;
  while (index < bytes.length) {
    const lead = bytes[index]!;
    if (lead < 0x80) {
      index++;
      continue;
    }
    const needed =
      lead >= 0xc2 && lead <= 0xdf ? 1 : lead >= 0xe0 && lead <= 0xef ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
    if (needed === 0) return { index, length: 1 };
    // The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF.
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    let got = 0;
    while (got < needed) {
      const byte = bytes[index + 1 + got];
      if (byte === undefined || byte < low || byte > high) return { index, length: got + 1 };
      low = 0x80;
      high = 0xbf;
      got++;
    }
    index += needed + 1;
  }
  return undefined;
}

/** How many bytes at the end belong to a sequence that the next chunk may complete (0 to 3). */
export function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? back : 0;
  }
  return 0;
}

/** Counts of whole multi-byte sequences and of broken ones: which of them prevail tells broken UTF-8 from other encodings. */
export function weighUtf8(bytes: Uint8Array): { multibyte: number; broken: number } {
  const whole = bytes.subarray(0, bytes.length - incompleteTail(bytes));
  let leads = 0;
  for (const byte of whole) if (byte >= 0xc2 && byte <= 0xf4) leads++;
  let broken = 0;
  let brokenLeads = 0;
  let from = 0;
  for (let hit = nextBrokenUtf8(whole, from); hit; hit = nextBrokenUtf8(whole, from)) {
    broken++;
    const lead = whole[hit.index]!;
    if (lead >= 0xc2 && lead <= 0xf4) brokenLeads++;
    from = hit.index + hit.length;
  }
  return { multibyte: leads - brokenLeads, broken };
}
