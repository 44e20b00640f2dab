import type { VirtualKey } from '../domain/virtual-key.ts';

/** Where virtual keys are kept. Errors of every call: KAZE_GATEWAY_KEYS_UNAVAILABLE. */
export interface VirtualKeys {
  /** @param hash SHA-256 of the key, hex; two keys never share one */
  add(key: VirtualKey, hash: string): Promise<void>;
  byHash(hash: string): Promise<VirtualKey | undefined>;
  /** The newest first, revoked and expired ones too; 1,000 at most. */
  list(filter?: { readonly tenant?: string }): Promise<readonly VirtualKey[]>;
  /** The key as it then is: one that is revoked already keeps its moment. Undefined when there is none. */
  revoke(id: string, at: number): Promise<VirtualKey | undefined>;
}
