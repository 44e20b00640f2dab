/**
 * File of vectors that are known beforehand. One line of JSON, `{"model","dimensions","count"}`, then `count` records:
 * 16 bytes of the SHA-256 of the text, then `dimensions` signed 16-bit integers, little endian, in 1/32,767ths. Components
 * of unit vectors lie in -1 to 1, so each is kept to 1.6e-5.
 */
import { createHash } from 'node:crypto';
import { graphError } from '../../../errors.ts';

const DIGEST_BYTES = 16;
const STEPS = 32_767;

export interface KnownVectors {
  readonly model: string;
  readonly dimensions: number;
  /** Texts that have one. */
  readonly count: number;
  find(text: string): Float32Array | undefined;
}

export interface VectorSource {
  readonly model: string;
  readonly dimensions: number;
  readonly entries: ReadonlyArray<{ readonly text: string; readonly vector: Float32Array }>;
}

function textDigest(text: string): string {
  return createHash('sha256').update(text).digest().toString('latin1', 0, DIGEST_BYTES);
}

/** Ordered by digest, so that equal vectors give equal bytes. */
export function encodeKnownVectors({ model, dimensions, entries }: VectorSource): Buffer {
  const byDigest = new Map(entries.map(({ text, vector }) => [textDigest(text), vector]));
  const header = Buffer.from(`${JSON.stringify({ model, dimensions, count: byDigest.size })}\n`);
  const records = [...byDigest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([digest, vector]) => {
      const record = Buffer.alloc(DIGEST_BYTES + 2 * dimensions);
      record.write(digest, 'latin1');
      vector.forEach((value, at) => {
        record.writeInt16LE(Math.round(value * STEPS), DIGEST_BYTES + 2 * at);
      });
      return record;
    });
  return Buffer.concat([header, ...records]);
}

/** Errors: KAZE_EMBEDDER_FAILED when the bytes are not such a file. */
export function decodeKnownVectors(bytes: Buffer, file: string): KnownVectors {
  const end = bytes.indexOf('\n');
  const { model, dimensions, count } = headerOf(bytes.toString('utf8', 0, Math.max(end, 0)), file);
  const size = DIGEST_BYTES + 2 * dimensions;
  if (bytes.length !== end + 1 + count * size) {
    throw broken(file, `${count} vectors take ${count * size} bytes, and ${bytes.length - end - 1} are there`);
  }
  // Most starts of a cell ask for none of them: each is made when it is asked for.
  const starts = new Map<string, number>();
  for (let start = end + 1; start < bytes.length; start += size) {
    starts.set(bytes.toString('latin1', start, start + DIGEST_BYTES), start + DIGEST_BYTES);
  }
  const find = (text: string) => {
    const start = starts.get(textDigest(text));
    if (start === undefined) return undefined;
    return Float32Array.from({ length: dimensions }, (_, at) => bytes.readInt16LE(start + 2 * at) / STEPS);
  };
  return { model, dimensions, count: starts.size, find };
}

function headerOf(line: string, file: string): { model: string; dimensions: number; count: number } {
  try {
    const { model, dimensions, count } = JSON.parse(line);
    if (typeof model === 'string' && dimensions > 0 && count >= 0) return { model, dimensions, count };
  } catch {
    // Told below, like a header with other fields.
  }
  throw broken(file, 'its first line does not say model, dimensions and count');
}

function broken(file: string, why: string): Error {
  return graphError(
    'KAZE_EMBEDDER_FAILED',
    `${file} is no file of vectors: ${why}. Make it again with npm run vectors`,
  );
}
