/** What the suite and the process that writes for it agree on. */
import { createHash } from 'node:crypto';
import type { SearchDocument } from '../../../graph-schema/ports/search-index.ts';

export const DIMENSIONS = 8;
export const FINGERPRINT = { storeId: 'store-1', generation: 3, model: 'test/one@1' };

export function tokenOf(scope: string): string {
  return createHash('sha256').update(scope).digest('hex').slice(0, 32);
}

export const ACME = tokenOf('tenant:acme');
/** As like the first as a token can be: its last digit differs, in the way that English stemming would cut. */
export const ACME_TWIN = `${ACME.slice(0, -1)}${ACME.endsWith('e') ? 'd' : 'e'}`;
export const BAKERY = tokenOf('tenant:acme-bakery');

export function document(id: string, text: string, more: Partial<SearchDocument> = {}): SearchDocument {
  return { id, label: 'Chunk', scopeToken: ACME, text, ...more };
}

export function vector(...values: number[]): Float32Array {
  const padded = Float32Array.from({ length: DIMENSIONS }, (_, i) => values[i] ?? 0);
  const length = Math.hypot(...padded);
  return padded.map((value) => value / length);
}
