import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createBudgets, createLedgerHistory, createPriceList, openJournal } from '#gateway';
import { createMemoryBudgetStore } from '#gateway/adapters/budget-store/memory';
import { silentLogger, systemClock } from '#platform';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { createPgliteLedger } from '#platform/adapters/ledger/pglite';
import { usage } from '../contract/ledger/rows.ts';

const models = { 'test/even': { input: 1, output: 1 } };
const prices = createPriceList({
  date: '2026-11-22',
  source: 'test',
  currency: 'USD',
  per: '1,000,000 tokens',
  models,
});
const clock = systemClock;
const logger = silentLogger;

test('budgets in memory know after a death what was spent, what was on its way to the ledger, and what was lost', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-budgets-'));
  const database = await openPgliteDatabase({ folder: join(folder, 'ledger') });
  onTestFinished(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });
  const ledger = await createPgliteLedger({ database });
  const start = async () => {
    const journal = await openJournal({
      folder: join(folder, 'journal'),
      ledger,
      clock,
      logger,
      batchDelayMs: 600_000,
    });
    const budgets = createBudgets({
      store: createMemoryBudgetStore({ clock }),
      prices,
      clock,
      logger,
      history: createLedgerHistory(ledger, journal),
      rules: [
        { scope: { level: 'tenant', tenant: 'acme' }, window: 'total', maxMicros: 1_000 },
        { scope: { level: 'agent', tenant: 'acme', agent: '*' }, window: 'rolling-hour', maxMicros: 600 },
      ],
    });
    return { journal, budgets };
  };
  const call = async (
    { journal, budgets }: Awaited<ReturnType<typeof start>>,
    agent: string,
    outputTokens?: number,
  ) => {
    const reservation = await budgets.reserve({
      attribution: { tenant: 'acme', agent, task: null },
      model: { provider: 'test', name: 'even', maxOutputTokens: 64_000 },
      inputTokenBound: 10,
      outputTokensWanted: 190,
    });
    const { id, atMs: at, amount } = reservation;
    const row = usage(id, { at, tenant: 'acme', agent, inputTokens: 10, reservedMicros: amount.micros });
    await journal.begin({ ...row, outputTokens: 190, costMicros: amount.micros, outcome: 'lost' });
    if (outputTokens === undefined) return;
    const { costMicros } = await reservation.settle({ inputTokens: 10, outputTokens, cachedTokens: 0 });
    await journal.end({ ...row, outputTokens, costMicros });
  };

  const first = await start();
  await call(first, 'writer', 90);
  await first.journal.flush();
  await call(first, 'writer', 40);
  await call(first, 'editor');
  // Nothing is closed: the process is gone, with 150 settled and 200 reserved.
  const second = await start();
  expect(second.journal.recovered).toEqual({ attempts: 3, lost: 1 });
  const status = async (agent: string) =>
    (await second.budgets.status({ tenant: 'acme', agent, task: null })).map((one) => one.settledMicros);
  expect(await status('writer')).toEqual([350, 150]);
  expect(await status('editor')).toEqual([350, 200]);
  expect(
    (await ledger.sumUsage({ tenant: 'acme' }, ['outcome'])).map(({ group, costMicros }) => [
      group.outcome,
      costMicros,
    ]),
  ).toEqual([
    ['lost', 200],
    ['ok', 150],
  ]);

  await call(second, 'editor', 190);
  await call(second, 'editor', 190);
  await expect(call(second, 'editor', 190)).rejects.toMatchObject({
    fields: { budget: 'agent:acme/editor:rolling-hour' },
  });
  await call(second, 'writer', 190);
  await expect(call(second, 'writer', 190)).rejects.toMatchObject({
    code: 'KAZE_BUDGET_EXHAUSTED',
    fields: { budget: 'tenant:acme:total', spentMicros: 950 },
  });
  await second.budgets.close();
  await second.journal.close();
  expect((await ledger.sumUsage({ tenant: 'acme' }, []))[0]).toMatchObject({ calls: 6, costMicros: 950 });
  await first.journal.close();
});
