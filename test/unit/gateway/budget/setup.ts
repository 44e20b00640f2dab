import { createMemoryBudgetStore } from '#gateway/adapters/budget-store/memory';
import { silentLogger, systemClock } from '#platform';
import { createPriceList } from '../../../../gateway/domain/price/price-list.ts';
import type { BudgetStore } from '../../../../gateway/ports/budget-store.ts';
import {
  type BudgetsOptions,
  createBudgets,
  type ReserveRequest,
} from '../../../../gateway/use-cases/budget/budgets.ts';
import { noHistory } from '../../../../gateway/use-cases/budget/history.ts';
import type { Reservation } from '../../../../gateway/use-cases/budget/reservation.ts';

/** A dollar for a million tokens: a token costs a micro dollar. */
export const prices = createPriceList({
  date: '2026-11-22',
  source: 'test',
  currency: 'USD',
  per: '1,000,000 tokens',
  models: { 'test/even': { input: 1, output: 1 } },
});

export const even = { provider: 'test', name: 'even', maxOutputTokens: 64_000 };

export function memoryStore(): BudgetStore {
  return createMemoryBudgetStore({ clock: systemClock });
}

export function budgetsWith(options: Partial<BudgetsOptions> = {}) {
  return createBudgets({
    store: memoryStore(),
    prices,
    clock: systemClock,
    logger: silentLogger,
    history: noHistory,
    ...options,
  });
}

export function request(
  change: Partial<ReserveRequest> & { tenant?: string; agent?: string; task?: string | null } = {},
) {
  const { tenant = 'acme', agent = 'writer', task = null, ...rest } = change;
  return { attribution: { tenant, agent, task }, model: even, inputTokenBound: 10, ...rest } satisfies ReserveRequest;
}

export function usage(inputTokens: number, outputTokens: number) {
  return { inputTokens, outputTokens, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
}

/** A provider that takes a little while and gives `length` tokens, or fewer where its limit is lower. */
export async function answer(reservation: Reservation, input: number, length: number): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  const output = Math.min(length, reservation.outputTokens);
  await reservation.settle(usage(input, output));
  return input + output;
}
