import { createMemoryBudgetStore } from '#gateway/adapters/budget-store/memory';
import { budgetStoreContract } from './suite.ts';

budgetStoreContract('memory', async () => {
  let now = 1_000_000;
  return {
    store: createMemoryBudgetStore({ clock: { now: () => now } }),
    pass: async (ms) => {
      now += ms;
    },
    dispose: async () => {},
  };
});
