/** Virtual keys of this process alone, gone with it: for tests, and for a gateway that a program embeds for a while. */
import type { VirtualKey } from '../../../domain/virtual-key.ts';
import { httpError } from '../../../http/errors.ts';
import type { VirtualKeys } from '../../../ports/virtual-keys.ts';

export function createMemoryVirtualKeys(): VirtualKeys {
  const byHash = new Map<string, VirtualKey>();
  return {
    async add(key, hash) {
      if (byHash.has(hash)) throw httpError('KAZE_GATEWAY_KEYS_UNAVAILABLE', 'this key is kept already');
      byHash.set(hash, key);
    },
    byHash: async (hash) => byHash.get(hash),
    async list({ tenant } = {}) {
      const all = [...byHash.values()].filter((key) => tenant === undefined || key.tenant === tenant);
      return all.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, 1_000);
    },
    async revoke(id, at) {
      for (const [hash, key] of byHash) {
        if (key.id !== id) continue;
        const revoked = { ...key, revokedAt: key.revokedAt ?? at };
        byHash.set(hash, revoked);
        return revoked;
      }
      return undefined;
    },
  };
}
