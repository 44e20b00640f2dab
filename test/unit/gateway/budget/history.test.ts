import { expect, test } from 'vitest';
import type { UsageFilter, UsageSum } from '#platform';
import { createLedgerHistory } from '../../../../gateway/use-cases/budget/history.ts';
import { budgetsWith, request, usage } from './setup.ts';

const rules = [
  { scope: { level: 'cell' as const }, window: 'month' as const, maxMicros: 100_000 },
  { scope: { level: 'tenant' as const, tenant: '*' }, window: 'total' as const, maxMicros: 50_000 },
];

/** Answers later, or fails as often as told. */
class SlowLedger {
  readonly asked: UsageFilter[] = [];
  constructor(private failures = 0) {}
  async sumUsage(filter: UsageFilter): Promise<readonly UsageSum[]> {
    this.asked.push(filter);
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.failures -= 1;
    if (this.failures >= 0) throw new Error('away');
    return [{ group: {}, calls: 1, ...usage(10, 20), costMicros: 40_000 }];
  }
}

test('a crowd that comes right after the start has each budget summed once', async () => {
  const ledger = new SlowLedger();
  const budgets = budgetsWith({ rules, history: createLedgerHistory(ledger) });
  const crowd = Array.from({ length: 300 }, (_, at) =>
    budgets.reserve(request({ tenant: at % 2 === 0 ? 'acme' : 'other', outputTokensWanted: 1 })),
  );
  const reservations = await Promise.all(crowd);
  expect(ledger.asked.map(({ tenant = 'cell' }) => tenant).sort()).toEqual(['acme', 'cell', 'other']);
  for (const reservation of reservations) await reservation.release();
  const [cell, tenant] = await budgets.status({ tenant: 'acme', agent: 'writer', task: null });
  expect([cell?.settledMicros, tenant?.settledMicros]).toEqual([40_000, 40_000]);
  await budgets.close();
});

test('a sum that failed is asked for anew', async () => {
  const ledger = new SlowLedger(1);
  const history = createLedgerHistory(ledger);
  const budgets = budgetsWith({ rules: rules.slice(0, 1), history });
  const both = await Promise.allSettled([budgets.reserve(request()), budgets.reserve(request())]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(ledger.asked).toHaveLength(1);
  await (await budgets.reserve(request())).release();
  expect(ledger.asked).toHaveLength(2);
  await budgets.close();
});
