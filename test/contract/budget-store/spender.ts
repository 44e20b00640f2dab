// Makes calls at once under one budget of 20 calls in the Redis given, and prints what it spent.

import { createRedisBudgetStore } from '#gateway/adapters/budget-store/redis';
import { silentLogger, systemClock } from '#platform';
import { createPriceList } from '../../../gateway/domain/price/price-list.ts';
import { createBudgets } from '../../../gateway/use-cases/budget/budgets.ts';
import { noHistory } from '../../../gateway/use-cases/budget/history.ts';

const [url = '', cell = '', tenant = '', cap = '0', calls = '0', mode = 'plain'] = process.argv.slice(2);
const models = { 'test/even': { input: 1, output: 1 } };
const prices = createPriceList({
  date: '2026-11-22',
  source: 'test',
  currency: 'USD',
  per: '1,000,000 tokens',
  models,
});
const store = createRedisBudgetStore({ url, cell, logger: silentLogger });
const rules = [{ scope: { level: 'cell' }, window: 'total', maxMicros: Number(cap) } as const];
const options = { store, prices, rules, clock: systemClock, logger: silentLogger, history: noHistory };
const budgets = createBudgets({ ...options, maxWaitMs: 30_000 });
let spent = 0;
const codes: Record<string, number> = {};
await Promise.all(
  Array.from({ length: Number(calls) }, async () => {
    try {
      const reservation = await budgets.reserve({
        attribution: { tenant, agent: 'a', task: null },
        model: { provider: 'test', name: 'even', maxOutputTokens: 64_000 },
        inputTokenBound: 10,
        timeoutMs: mode === 'dies' ? -29_500 : undefined,
      });
      await new Promise((resolve) => setTimeout(resolve, 5));
      const outputTokens = Math.min(90, reservation.outputTokens);
      if (mode === 'dies') process.kill(process.pid, 'SIGKILL');
      await reservation.settle({ inputTokens: 10, outputTokens, cachedTokens: 0 });
      spent += 10 + outputTokens;
    } catch (error) {
      const { code } = error as { code: string };
      codes[code] = (codes[code] ?? 0) + 1;
    }
  }),
);
await budgets.close();
await store.close();
console.log(JSON.stringify({ spent, codes }));
