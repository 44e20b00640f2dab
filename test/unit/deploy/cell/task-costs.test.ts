import { describe, expect, it } from 'vitest';
import type { UsageSum } from '#platform';
import { TaskCosts } from '../../../../deploy/cell/task-costs.ts';

/** A ledger that knows what was recorded, and how often it was asked. */
function ledgerOf(costs: Record<string, number>) {
  const asked: string[] = [];
  const sumUsage = async ({ task }: { task?: string }): Promise<readonly UsageSum[]> => {
    asked.push(task!);
    return task! in costs ? [{ costMicros: costs[task!]! } as UsageSum] : [];
  };
  return { asked, costs, usage: { sumUsage } };
}

const row = (task: string | null, costMicros: number) => ({ task, costMicros });

describe('what tasks have cost', () => {
  it('asks the ledger once a task and counts on by the rows that end', async () => {
    const { asked, usage } = ledgerOf({ a: 40 });
    const costs = new TaskCosts({ usage });
    await costs.know('a');
    costs.add(row('a', 5));
    costs.add(row('b', 100));
    costs.add(row(null, 100));
    expect(await costs.micros('a')).toBe(45);
    await costs.know('a');
    costs.add(row('a', 5));
    expect(await costs.micros('a')).toBe(50);
    expect(asked).toEqual(['a']);
  });

  it('asks again for a row that ended while the ledger was asked', async () => {
    const ledger = ledgerOf({ a: 40 });
    const costs = new TaskCosts(ledger);
    const knowing = costs.know('a');
    costs.add(row('a', 5));
    ledger.costs.a = 45;
    await knowing;
    expect(await costs.micros('a')).toBe(45);
  });

  it('asks again for a task that another process may have run, and for one that it forgot', async () => {
    const ledger = ledgerOf({ a: 40, b: 1 });
    const costs = new TaskCosts({ usage: ledger.usage, most: 1 });
    await costs.know('a');
    ledger.costs.a = 70;
    costs.begin('a', false);
    expect(await costs.micros('a')).toBe(70);
    await costs.know('a');
    await costs.know('b');
    ledger.costs.a = 80;
    expect(await costs.micros('a')).toBe(80);
  });

  it('does not ask the ledger about a first attempt, and counts what that spends', async () => {
    const ledger = ledgerOf({ a: 40 });
    const costs = new TaskCosts({ usage: ledger.usage });
    costs.begin('a', true);
    await costs.know('a');
    costs.add(row('a', 5));
    expect(await costs.micros('a')).toBe(5);
    costs.begin('a', false);
    await costs.know('a');
    expect(await costs.micros('a')).toBe(40);
  });

  it('says nothing of a task that the ledger could not tell of, and asks at the next call', async () => {
    let away = true;
    const usage = {
      sumUsage: async () => {
        if (away) throw new Error('away');
        return [{ costMicros: 3 } as UsageSum];
      },
    };
    const costs = new TaskCosts({ usage });
    await expect(costs.know('a')).rejects.toThrow('away');
    away = false;
    await costs.know('a');
    expect(await costs.micros('a')).toBe(3);
  });
});
