import { randomBytes } from 'node:crypto';
import { contentHash } from '#platform';

/** `kaze_` and 32 random bytes, base64url: 256 bits, so a plain hash is enough at rest. */
export function newTokenText(): string {
  return `kaze_${randomBytes(32).toString('base64url')}`;
}

/** Ours, and those that are given from outside. */
const SHAPE = /^[\w~+/.=-]{16,512}$/;

/** Whether a text can be a token at all; spares the graph what is none. */
export function looksLikeToken(text: string): boolean {
  return SHAPE.test(text);
}

export function tokenHash(text: string): string {
  return contentHash(text);
}
