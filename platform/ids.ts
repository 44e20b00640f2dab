import { createHash } from 'node:crypto';
import { stringify, v7 } from 'uuid';

/** A new id: UUID version 7 (RFC 9562), so ids made later sort later. Opaque to everyone else. */
export function newId(): string {
  return v7();
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
