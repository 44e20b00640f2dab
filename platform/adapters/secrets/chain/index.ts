/**
 * Several stores as one: a secret is the first store's that has it, and is written to the first. The cell puts the
 * encrypted file before the environment.
 */
import type { Secrets } from '../../../ports/secrets.ts';

export function createSecretsChain(stores: readonly [Secrets, ...Secrets[]]): Secrets {
  const [first] = stores;
  return {
    async get(path) {
      for (const store of stores) {
        const secret = await store.get(path);
        if (secret) return secret;
      }
      return undefined;
    },
    async list(prefix) {
      const lists = await Promise.all(stores.map((store) => store.list(prefix)));
      return [...new Set(lists.flat())].sort();
    },
    put: (path, value) => first.put(path, value),
    remove: (path) => first.remove(path),
    describe: () => stores.map((store) => store.describe()).join(', then '),
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
    },
  };
}
