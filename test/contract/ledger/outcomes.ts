import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Ledger } from '#platform';
import type { SqlDatabase } from '../../../platform/adapters/database/sql-database.ts';
import { outcome, usage } from './rows.ts';

/** How tasks were judged, beside what models did for them. */
export function outcomesContract(open: () => { readonly ledger: Ledger; readonly database: SqlDatabase }): void {
  test('joins the last judgement of each task, a person before criteria, with what models did for it', async () => {
    const { ledger } = open();
    const of = (task: string, more: Parameters<typeof usage>[1]) => ({
      tenant: 'judged',
      task,
      taskType: 'ad',
      ...more,
    });
    const big = { provider: 'a', model: 'big', costMicros: 30 };
    const small = { provider: 'a', model: 'small', costMicros: 2 };
    await ledger.recordUsage([
      usage('j-1', of('t1', big)),
      usage('j-2', of('t2', small)),
      // Shared by two models, three calls to one; the failed attempt costs, and is no call that was answered.
      ...['j-3', 'j-4', 'j-5', 'j-6'].map((id, i) => usage(id, of('t3', i === 3 ? big : small))),
      usage('j-7', of('t3', { ...small, outcome: 'error', inputTokens: 0, outputTokens: 0 })),
      usage('j-8', of('t4', { ...small, cacheHit: true })),
      usage('j-9', { ...of('t1', big), tenant: 'other' }),
      usage('j-10', of('t1', { ...big, taskType: 'other' })),
    ]);
    const judged = (id: string, task: string, more: Parameters<typeof outcome>[1]) =>
      outcome(id, { tenant: 'judged', taskType: 'ad', task, ...more });
    await ledger.recordOutcomes([
      judged('o-1', 't1', { verdict: 'edited', score: 0.5, at: 10 }),
      judged('o-2', 't1', { verdict: 'passed', judge: 'criteria', score: 1, at: 20 }),
      judged('o-3', 't2', { verdict: 'failed', judge: 'criteria', score: 0, at: 30 }),
      judged('o-4', 't2', { verdict: 'passed', judge: 'criteria', score: 1, at: 40 }),
      judged('o-5', 't3', { verdict: 'rejected', score: 0, at: 50 }),
      judged('o-6', 't4', { at: 60 }),
      judged('o-7', 'never used', { at: 70 }),
    ]);
    await ledger.recordOutcomes([judged('o-1', 't1', { verdict: 'approved', score: 1, at: 90 })]);
    const none = { approved: 0, edited: 0, rejected: 0, passed: 0, failed: 0 };
    const all = await ledger.judgedUse({ tenant: 'judged' });
    expect(all).toEqual([
      {
        ...{ taskType: 'ad', provider: 'a', model: 'big', tasks: 1.25, score: 0.5, calls: 2, costMicros: 60 },
        ...{ inputTokens: 20, outputTokens: 10, verdicts: { ...none, edited: 1, rejected: 1 } },
      },
      {
        ...{ taskType: 'ad', provider: 'a', model: 'small', tasks: 1.75, score: 1, calls: 4, costMicros: 10 },
        ...{ inputTokens: 40, outputTokens: 20, verdicts: { ...none, rejected: 1, passed: 1 } },
      },
    ]);
    expect(await ledger.judgedUse({ taskType: 'ad', from: 30, to: 50 })).toMatchObject([{ model: 'small', tasks: 1 }]);
    expect(await ledger.judgedUse({ tenant: 'judged', latest: 4 })).toMatchObject([
      { model: 'big', tasks: 0.25 },
      { model: 'small', tasks: 1.75 },
    ]);
    expect(await ledger.judgedUse({ tenant: 'nobody' })).toEqual([]);
  });

  test('refuses a judgement that it could not keep exactly, and records nothing of that call', async () => {
    const { ledger } = open();
    for (const bad of [{ score: 1.01 }, { score: Number.NaN }, { at: -1 }, { task: 'a\u0000b' }]) {
      const rows = [outcome('refused-outcome', { taskType: 'refused' }), outcome('bad', bad)];
      await expect(ledger.recordOutcomes(rows)).rejects.toMatchObject({ code: 'KAZE_LEDGER_INPUT' });
    }
    await ledger.recordUsage([usage('refused-use', { task: 'task-1', taskType: 'refused' })]);
    expect(await ledger.judgedUse({ taskType: 'refused' })).toEqual([]);
    await expect(ledger.judgedUse({ latest: 0 })).rejects.toMatchObject({ code: 'KAZE_LEDGER_INPUT' });
  });

  test('keeps judgements as they were written', async () => {
    const { kysely } = open().database;
    for (const change of [sql`update kaze.outcomes set score = 1`, sql`truncate kaze.outcomes`]) {
      await expect(change.execute(kysely)).rejects.toThrow('append-only');
    }
  });
}
