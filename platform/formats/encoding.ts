import { isAscii, isUtf8 } from 'node:buffer';
import chardet from 'chardet';
import iconv from 'iconv-lite';
import { formatErrors } from './errors.ts';
import type { EncodingReport, InvalidBytes } from './types.ts';
import { incompleteTail, nextBrokenUtf8, weighUtf8 } from './utf8.ts';

export interface DecodeOptions {
  /** Name of the file, for messages. */
  readonly name: string;
  /** Overrides detection (but not a byte order mark). Any name that iconv-lite knows. */
  readonly encoding?: string;
  /** Default `strict`. */
  readonly onInvalid?: InvalidBytes;
}

export interface DecodedText {
  readonly chunks: AsyncIterable<string>;
  /** Complete once `chunks` has ended; the encoding is settled at the first character that is not ASCII. */
  readonly report: EncodingReport;
}

/** Enough non-ASCII text for statistics, small enough to hold. */
const SNIFF_BYTES = 64 * 1024;

/** The encoding that a byte order mark names, and the mark's length. */
export function encodingOfBom(bytes: Uint8Array): { encoding: string; length: number } | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', length: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', length: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', length: 2 };
  return undefined;
}

/** UTF-16 without a mark: nearly every second byte of Western text is zero, and never both. */
export function utf16WithoutBom(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const length = Math.min(bytes.length, 4096) & ~1;
  if (length < 4) return undefined;
  let even = 0;
  let odd = 0;
  for (let index = 0; index < length; index += 2) {
    if (bytes[index] === 0) even++;
    if (bytes[index + 1] === 0) odd++;
  }
  const pairs = length / 2;
  if (odd > pairs * 0.4 && even < pairs * 0.02) return 'utf-16le';
  if (even > pairs * 0.4 && odd < pairs * 0.02) return 'utf-16be';
  return undefined;
}

/**
 * The encoding of bytes that are not ASCII: UTF-8 when whole sequences outnumber broken ones (so a damaged UTF-8 file
 * is still named UTF-8), else what the statistics say, else Windows-1252, which contains ISO-8859-1's letters.
 */
export function guessEncoding(sample: Uint8Array): string {
  const { multibyte, broken } = weighUtf8(sample);
  if (broken === 0 || multibyte > broken) return 'utf-8';
  const matches = chardet.analyse(sample).filter((match) => iconv.encodingExists(match.name));
  const western = Math.max(0, ...matches.filter((match) => isWestern(match.name)).map((match) => match.confidence));
  const best = matches.find((match) => !/^utf/i.test(match.name));
  const convincing = best && !isWestern(best.name) && best.confidence >= 40 && best.confidence >= western + 15;
  return convincing ? best.name.toLowerCase() : 'windows-1252';
}

const isWestern = (name: string) => /^(iso-8859-1|windows-1252|ascii)$/i.test(name);

/** Decodes a stream of bytes chunk by chunk; offsets of later readers count the characters it yields. */
export function decodeText(bytes: AsyncIterable<Uint8Array>, options: DecodeOptions): DecodedText {
  const report: EncodingReport = { encoding: 'utf-8', bom: false, replacedCount: 0 };
  return { report, chunks: decode(bytes, options, report) };
}

async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  options: DecodeOptions,
  report: EncodingReport,
): AsyncGenerator<string> {
  const progress = new Progress(options, report);
  let decoder: Decoder | undefined;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let started = false;
  const settle = (atEnd: boolean): string => {
    let held = Buffer.concat(waiting);
    if (!started) {
      started = true;
      const bom = encodingOfBom(held);
      if (bom) {
        report.bom = true;
        progress.byteOffset = bom.length;
        held = held.subarray(bom.length);
      }
      const named = bom?.encoding ?? options.encoding ?? utf16WithoutBom(held);
      if (named) decoder = makeDecoder(named, progress);
    }
    if (!decoder && isAscii(held)) {
      waiting = [];
      waitingBytes = 0;
      return progress.accept(held.toString('latin1'), held.length);
    }
    if (!decoder && !atEnd && waitingBytes < SNIFF_BYTES) return '';
    decoder ??= makeDecoder(guessEncoding(held), progress);
    waiting = [];
    waitingBytes = 0;
    return decoder.push(held);
  };
  for await (const chunk of bytes) {
    if (chunk.length === 0) continue;
    if (decoder) {
      const text = decoder.push(chunk);
      if (text) yield text;
      continue;
    }
    waiting.push(chunk);
    waitingBytes += chunk.length;
    // The first look needs a few hundred bytes; a mark or UTF-16 must not be missed in a source that drips.
    if (!started && waitingBytes < 4096) continue;
    const text = settle(false);
    if (text) yield text;
  }
  if (waiting.length > 0) {
    const text = settle(true);
    if (text) yield text;
  }
  const last = decoder?.end();
  if (last) yield last;
}

/** Position, NUL policy and replacement count, common to all encodings. */
class Progress {
  byteOffset = 0;
  line = 1;

  constructor(
    readonly options: DecodeOptions,
    readonly report: EncodingReport,
  ) {}

  accept(text: string, byteLength: number): string {
    let result = text;
    if (text.includes('\0')) {
      // No store keeps NUL in text, and it is a sign of binary data.
      let index = text.indexOf('\0');
      const line = this.line + countLines(text.slice(0, index));
      this.broken({ byteOffset: this.byteOffset, line, found: 'a NUL character' });
      for (index = text.indexOf('\0', index + 1); index >= 0; index = text.indexOf('\0', index + 1)) {
        this.report.replacedCount++;
      }
      result = text.replaceAll('\0', '\ufffd');
    }
    this.line += countLines(text);
    this.byteOffset += byteLength;
    return result;
  }

  broken(at: { byteOffset: number; line: number; found: string }): void {
    const { name, onInvalid } = this.options;
    if (onInvalid === 'replace') {
      this.report.replacedCount++;
      this.report.firstReplaced ??= { byteOffset: at.byteOffset, line: at.line };
      return;
    }
    throw formatErrors(
      'KAZE_FORMAT_ENCODING',
      `${name}: line ${at.line} (byte ${at.byteOffset}) has ${at.found}, which ${this.report.encoding} text cannot hold; ` +
        'save the file as UTF-8, name its encoding, or read it with broken bytes replaced',
      { fields: { name, encoding: this.report.encoding, line: at.line, byteOffset: at.byteOffset } },
    );
  }
}

interface Decoder {
  push(chunk: Uint8Array): string;
  end(): string;
}

function makeDecoder(encoding: string, progress: Progress): Decoder {
  const name = /^utf-?8$/i.test(encoding) ? 'utf-8' : encoding.toLowerCase();
  progress.report.encoding = name;
  if (name === 'utf-8') return new Utf8Decoder(progress);
  if (!iconv.encodingExists(name)) {
    throw formatErrors('KAZE_FORMAT_ENCODING', `${progress.options.name}: there is no encoding named "${encoding}"`, {
      fields: { name: progress.options.name, encoding },
    });
  }
  return new LegacyDecoder(name, progress);
}

class Utf8Decoder implements Decoder {
  private tail: Uint8Array = new Uint8Array(0);

  constructor(private readonly progress: Progress) {}

  push(chunk: Uint8Array): string {
    const joined = this.tail.length > 0 ? Buffer.concat([this.tail, chunk]) : asBuffer(chunk);
    const whole = joined.length - incompleteTail(joined);
    this.tail = joined.subarray(whole);
    return this.decode(joined.subarray(0, whole));
  }

  end(): string {
    const rest = asBuffer(this.tail);
    this.tail = new Uint8Array(0);
    return rest.length > 0 ? this.decode(rest) : '';
  }

  private decode(bytes: Buffer): string {
    if (isUtf8(bytes)) return this.progress.accept(bytes.toString('utf8'), bytes.length);
    const { byteOffset, line } = this.progress;
    let from = 0;
    let linesBefore = 0;
    for (let hit = nextBrokenUtf8(bytes); hit; hit = nextBrokenUtf8(bytes, from)) {
      linesBefore += countLines(bytes.toString('latin1', from, hit.index));
      const hex = [...bytes.subarray(hit.index, hit.index + hit.length)].map((byte) =>
        byte.toString(16).padStart(2, '0'),
      );
      this.progress.broken({
        byteOffset: byteOffset + hit.index,
        line: line + linesBefore,
        found: `the byte${hex.length > 1 ? 's' : ''} ${hex.join(' ')}`,
      });
      from = hit.index + hit.length;
    }
    return this.progress.accept(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), bytes.length);
  }
}

/** UTF-16 and the single- and multi-byte encodings before Unicode. */
class LegacyDecoder implements Decoder {
  private readonly decoder: ReturnType<typeof iconv.getDecoder>;
  private held = '';

  constructor(
    encoding: string,
    private readonly progress: Progress,
  ) {
    this.decoder = iconv.getDecoder(encoding);
  }

  push(chunk: Uint8Array): string {
    let text = this.held + this.decoder.write(asBuffer(chunk));
    this.held = '';
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      // The pair's second half comes with the next chunk.
      this.held = text.slice(-1);
      text = text.slice(0, -1);
    }
    return this.check(text, chunk.length);
  }

  end(): string {
    const text = this.held + (this.decoder.end() ?? '');
    this.held = '';
    return text ? this.check(text, 0) : '';
  }

  private check(text: string, byteLength: number): string {
    // iconv-lite writes U+FFFD for what the encoding does not hold; half a surrogate pair is broken UTF-16.
    for (const match of text.matchAll(/[\ufffd\p{Surrogate}]/gu)) {
      const line = this.progress.line + countLines(text.slice(0, match.index));
      this.progress.broken({ byteOffset: this.progress.byteOffset, line, found: 'bytes' });
    }
    return this.progress.accept(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'), byteLength);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function countLines(text: string): number {
  let lines = 0;
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) lines++;
  return lines;
}
