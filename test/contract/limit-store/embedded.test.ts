import { createMemoryLimitStore } from '#gateway/adapters/limit-store/memory';
import { limitStoreContract } from './suite.ts';

limitStoreContract('memory', async () => {
  let now = 1_000_000;
  return {
    store: createMemoryLimitStore({ clock: { now: () => now } }),
    pass: async (ms) => {
      now += ms;
    },
    dispose: async () => {},
  };
});
