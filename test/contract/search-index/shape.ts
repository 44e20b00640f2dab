/** What the suite and the process that writes for it agree on. */
import { createHash } from 'node:crypto';

export const DIMENSIONS = 8;
export const FINGERPRINT = { storeId: 'store-1', generation: 3, model: 'test/one@1' };

export function tokenOf(scope: string): string {
  return createHash('sha256').update(scope).digest('hex').slice(0, 32);
}
