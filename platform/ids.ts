import { createHash, randomFillSync } from 'node:crypto';
import { stringify, v7 } from 'uuid';

/** A new id: UUID version 7 (RFC 9562), so ids made later sort later. Opaque to everyone else. */
export function newId(): string {
  const random = randomBytes16();
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    seq = random.readUInt32BE() >>> 1;
  } else {
    seq += 1;
    // Within one millisecond ids count on; a count that runs over takes the next one.
    if (seq > MOST_IN_SEQUENCE) {
      seq = 0;
      msecs += 1;
    }
  }
  v7({ random, msecs, seq }, id);
  return textOf(id);
}

/** In one piece: a text that is put together is taken apart again by whoever looks it up. */
function textOf(bytes: Uint8Array): string {
  let at = 0;
  for (let place = 0; place < ID_BYTES; place += 1) {
    if (place === 4 || place === 6 || place === 8 || place === 10) text[at++] = HYPHEN;
    const byte = bytes[place]!;
    text[at++] = HEX[byte >> 4]!;
    text[at++] = HEX[byte & 15]!;
  }
  return text.toString('latin1');
}

const HYPHEN = 45;
const HEX = Buffer.from('0123456789abcdef');
const text = Buffer.allocUnsafe(36);

const MOST_IN_SEQUENCE = 0xffffffff;
let msecs = Number.NEGATIVE_INFINITY;
let seq = 0;

const ID_BYTES = 16;
const id = Buffer.allocUnsafe(ID_BYTES);
/** Asked of the system for many ids at once: one question costs more than all else about an id. */
const pool = Buffer.allocUnsafe(256 * ID_BYTES);
let used = pool.length;

function randomBytes16(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.subarray(used - ID_BYTES, used);
}

/**
 * The id of something that is found again by what it is, not by when it was made: the same scope, root and natural key
 * always give the same id, and another scope never does. UUID version 8 (RFC 9562) over SHA-256; nothing of the input
 * can be read from it.
 */
export function derivedId(scope: string, root: string, ...naturalKey: readonly string[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([scope, root, ...naturalKey]))
    .digest();
  const bytes = new Uint8Array(digest.subarray(0, 16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return stringify(bytes);
}

/** SHA-256 of bytes or UTF-8 text, lower-case hex (64 characters). */
export function contentHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Names of tenants, verticals, agents and skills at every edge. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;
