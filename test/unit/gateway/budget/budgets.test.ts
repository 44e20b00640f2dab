import { describe, expect, test } from 'vitest';
import { createMemoryBudgetStore } from '#gateway/adapters/budget-store/memory';
import { systemClock } from '#platform';
import type { BudgetRule } from '../../../../gateway/domain/budget/rule.ts';
import type { BudgetNotice } from '../../../../gateway/use-cases/budget/notices.ts';
import { answer, budgetsWith, even, memoryStore, request, usage } from './setup.ts';

const cell = (maxMicros: number, change: Partial<BudgetRule> = {}): BudgetRule => ({
  scope: { level: 'cell' },
  window: 'total',
  maxMicros,
  ...change,
});

/** Sends all at once, and gives what was spent and how the others ended. */
async function crowd(
  budgets: ReturnType<typeof budgetsWith>,
  asks: readonly ReturnType<typeof request>[],
  length: number,
) {
  let spent = 0;
  let answered = 0;
  const codes = new Map<string, number>();
  await Promise.all(
    asks.map(async (ask) => {
      try {
        const used = await answer(await budgets.reserve(ask), 10, length);
        spent += used;
        answered += 1;
      } catch (error) {
        const { code } = error as { code: string };
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
    }),
  );
  return { spent, answered, codes: Object.fromEntries(codes) };
}

describe('a cap worth 20 calls, and 200 at once', () => {
  const asks = (change = {}) => Array.from({ length: 200 }, () => request(change));

  test.each([
    ['with the caller’s own limit', { outputTokensWanted: 90 }, 90],
    ['without a limit', {}, 90],
    ['without a limit, for answers of a few tokens', {}, 12],
    ['without a limit, for answers longer than the first guess', {}, 2_000],
  ])('is used to .9 and more, and never beyond, %s', async (_name, change, length) => {
    const cap = 20 * (10 + length);
    const { spent, codes } = await crowd(budgetsWith({ rules: [cell(cap)] }), asks(change), length);
    expect(spent).toBeLessThanOrEqual(cap);
    expect(spent).toBeGreaterThanOrEqual(0.9 * cap);
    expect(Object.keys(codes)).toEqual(['KAZE_BUDGET_EXHAUSTED']);
  });

  test('is used to .9 when the bound of the input is four times its count, because the count is asked for', async () => {
    let counted = 0;
    const countInput = async () => {
      counted += 1;
      return 10;
    };
    const cap = 20 * 40;
    const budgets = budgetsWith({ rules: [cell(cap)] });
    const { spent } = await crowd(budgets, asks({ inputTokenBound: 40, countInput, outputTokensWanted: 30 }), 30);
    expect(spent).toBe(cap);
    expect(counted).toBeGreaterThan(0);
  });
});

test('thousands of calls at once over a tree stay within every cap, and leave nothing held', async () => {
  const store = memoryStore();
  const rules: BudgetRule[] = [
    cell(60_000),
    { scope: { level: 'tenant', tenant: '*' }, window: 'day', maxMicros: 20_000 },
    { scope: { level: 'tenant', tenant: 't1' }, window: 'day', maxTokens: 5_000 },
    { scope: { level: 'agent', tenant: 't2', agent: '*' }, window: 'rolling-hour', maxMicros: 4_000 },
  ];
  const budgets = budgetsWith({ store, rules });
  const asks = Array.from({ length: 3_000 }, (_, i) =>
    request({ tenant: `t${i % 5}`, agent: `a${i % 3}`, outputTokensWanted: 50 }),
  );
  const { spent, answered } = await crowd(budgets, asks, 40);
  expect(spent).toBe(answered * 50);
  for (const tenant of ['t0', 't1', 't2', 't3', 't4']) {
    for (const agent of ['a0', 'a1', 'a2']) {
      for (const { account, ...status } of await budgets.status({ tenant, agent, task: null })) {
        expect(status.settledMicros).toBeLessThanOrEqual(account.maxMicros ?? Number.POSITIVE_INFINITY);
        expect(status.settledTokens).toBeLessThanOrEqual(account.maxTokens ?? Number.POSITIVE_INFINITY);
        expect([status.openMicros, status.openTokens]).toEqual([0, 0]);
      }
    }
  }
  expect(spent).toBeGreaterThanOrEqual(0.9 * (5_000 + 12_000 + 40_000));
  expect(budgets.waiting).toBe(0);
});

describe('a call that fits only once others have ended', () => {
  const full = { outputTokensWanted: 90 };

  test('waits for them and goes on', async () => {
    const budgets = budgetsWith({ rules: [cell(150)] });
    const first = await budgets.reserve(request(full));
    const second = budgets.reserve(request(full));
    await first.settle(usage(10, 10));
    expect((await second).outputTokens).toBe(90);
  });

  test('is refused with the time to come again when none has ended in time', async () => {
    const budgets = budgetsWith({ rules: [cell(150)], maxWaitMs: 40 });
    const first = await budgets.reserve(request(full));
    await expect(budgets.reserve(request(full))).rejects.toMatchObject({
      code: 'KAZE_BUDGET_BUSY',
      status: 429,
      fields: { budget: 'cell:total', retryAfterMs: expect.any(Number) },
    });
    await first.release();
    expect((await budgets.reserve(request(full))).outputTokens).toBe(90);
  });

  test('is refused with 402 once what is settled leaves no room, and told what would fit', async () => {
    const budgets = budgetsWith({ rules: [cell(150)] });
    const first = await budgets.reserve(request(full));
    const second = budgets.reserve(request(full));
    await first.settle(usage(10, 90));
    await expect(second).rejects.toMatchObject({
      code: 'KAZE_BUDGET_EXHAUSTED',
      status: 402,
      fields: { budget: 'cell:total', spentMicros: 100, maxMicros: 150, neededMicros: 100, outputTokensThatFit: 40 },
    });
    await expect(budgets.reserve(request(full))).rejects.toThrow(
      'the budget cell:total of $0.00015 has $0.0001 spent, and the call may need $0.0001; an answer of at most 40 tokens would fit',
    );
  });

  test('goes first come, first served, tenants in turn, and nobody overtakes', async () => {
    const budgets = budgetsWith({ rules: [cell(100_000, { maxMicros: undefined, maxTokens: 100 })] });
    const order: string[] = [];
    const ends: Promise<unknown>[] = [];
    const run = async (name: string, tenant: string, outputTokensWanted = 90) => {
      const reservation = await budgets.reserve(request({ tenant, outputTokensWanted }));
      order.push(name);
      await new Promise((resolve) => setImmediate(resolve));
      await reservation.release();
    };
    const first = await budgets.reserve(request(full));
    for (let i = 0; i < 50; i += 1) ends.push(run(`noisy-${i}`, 'noisy'));
    ends.push(run('quiet-0', 'quiet'), run('quiet-1', 'quiet'), run('short', 'third', 1));
    await first.release();
    await Promise.all(ends);
    expect(order.slice(0, 6)).toEqual(['noisy-0', 'quiet-0', 'short', 'noisy-1', 'quiet-1', 'noisy-2']);
    expect(order.filter((name) => name.startsWith('noisy'))).toEqual(
      Array.from({ length: 50 }, (_, i) => `noisy-${i}`),
    );
  });

  test('leaves the line when it is cancelled, and what it would have got goes to the next', async () => {
    const budgets = budgetsWith({ rules: [cell(150)] });
    const first = await budgets.reserve(request(full));
    const cancel = new AbortController();
    const second = budgets.reserve(request(full), { signal: cancel.signal });
    const third = budgets.reserve(request(full));
    cancel.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    await first.release();
    const reservation = await third;
    await reservation.release();
    expect(await budgets.status({ tenant: 'acme', agent: 'writer', task: null })).toMatchObject([
      { openMicros: 0, settledMicros: 0 },
    ]);
  });

  test('is refused at once when the line is full', async () => {
    const budgets = budgetsWith({ rules: [cell(150)], maxWaiting: 1 });
    const first = await budgets.reserve(request(full));
    const waits = budgets.reserve(request(full));
    await expect(budgets.reserve(request(full))).rejects.toMatchObject({ code: 'KAZE_BUDGET_BUSY' });
    await first.release();
    await waits;
  });
});

describe('which budgets hold', () => {
  test('every hard one on the path from the cell to the task must have room', async () => {
    const wide = 1_000_000;
    for (const scope of [
      { level: 'cell' },
      { level: 'tenant', tenant: 'acme' },
      { level: 'agent', tenant: 'acme', agent: 'writer' },
      { level: 'task', tenant: 'acme', task: 't1' },
    ] as const) {
      const rules: BudgetRule[] = [
        { scope: { level: 'cell' }, window: 'day', maxMicros: wide },
        { scope: { level: 'task', tenant: '*', task: '*' }, window: 'month', maxMicros: wide },
        { scope, window: 'total', maxMicros: 50 },
      ];
      const call = budgetsWith({ rules }).reserve(request({ task: 't1', outputTokensWanted: 90 }));
      await expect(call).rejects.toMatchObject({ code: 'KAZE_BUDGET_EXHAUSTED' });
    }
  });

  test('a task brings its own cap, and one for each tenant gives way to a tenant’s own', async () => {
    const rules: BudgetRule[] = [
      { scope: { level: 'tenant', tenant: '*' }, window: 'day', maxTokens: 50 },
      { scope: { level: 'tenant', tenant: 'big' }, window: 'day', maxTokens: 5_000 },
    ];
    const budgets = budgetsWith({ rules });
    const wanted = { outputTokensWanted: 90 };
    await expect(budgets.reserve(request({ tenant: 'small', ...wanted }))).rejects.toMatchObject({ status: 402 });
    const call = request({ tenant: 'big', task: 't', taskCap: { maxMicros: 150 }, ...wanted });
    await (await budgets.reserve(call)).settle(usage(10, 90));
    await expect(budgets.reserve(call)).rejects.toMatchObject({ fields: { budget: 'task:big/t:total' } });
    expect((await budgets.reserve({ ...call, taskCap: undefined })).outputTokens).toBe(90);
  });

  test.each([
    ['day', Date.UTC(2026, 10, 29, 23, 30), Date.UTC(2026, 10, 30)],
    ['month', Date.UTC(2026, 10, 30, 23, 30), Date.UTC(2026, 11, 1)],
  ] as const)(
    'a %s begins anew at midnight in UTC, and a call belongs to the one that it began in',
    async (window, evening, midnight) => {
      let now: number = evening;
      const clock = { ...systemClock, now: () => now };
      const store = createMemoryBudgetStore({ clock });
      const rules = [cell(300, { window }), cell(350)];
      const budgets = budgetsWith({ rules, store, clock, maxWaitMs: 0 });
      const full = request({ outputTokensWanted: 90 });
      const spend = async () => (await budgets.reserve(full)).settle(usage(10, 90));
      const spent = async () =>
        (await budgets.status(full.attribution)).map(({ settledMicros, openMicros }) => [settledMicros, openMicros]);
      await spend();
      await spend();
      now = midnight - 1;
      const late = await budgets.reserve(full);
      await expect(budgets.reserve(full)).rejects.toMatchObject({ code: 'KAZE_BUDGET_BUSY' });
      now = midnight;
      await late.settle(usage(10, 10));
      expect(await spent()).toEqual([
        [0, 0],
        [220, 0],
      ]);
      await spend();
      // The other budget goes on with time.
      await expect(budgets.reserve(full)).rejects.toMatchObject({ fields: { budget: 'cell:total', spentMicros: 320 } });
      expect((await spent())[0]).toEqual([100, 0]);
    },
  );

  test('a warning one only tells, once each: at its share, and when it is used up', async () => {
    const notices: BudgetNotice[] = [];
    const rules = [cell(100, { mode: 'warn' }), cell(1_000)];
    const budgets = budgetsWith({ rules, onNotice: (notice) => notices.push(notice) });
    for (let i = 0; i < 4; i += 1)
      await (await budgets.reserve(request({ outputTokensWanted: 40 }))).settle(usage(10, 33));
    expect(notices.map(({ what, account }) => [what, account.mode])).toEqual([
      ['running-out', 'warn'],
      ['used-up', 'warn'],
    ]);
    expect(await budgets.status({ tenant: 'x', agent: 'y', task: null })).toMatchObject([
      { account: { mode: 'hard' }, settledMicros: 172 },
      { account: { mode: 'warn' }, settledMicros: 172 },
    ]);
  });

  test.each<[string, BudgetRule[], RegExp]>([
    ['no limit', [{ scope: { level: 'cell' }, window: 'day' }], /neither money nor tokens/],
    ['no such window', [{ scope: { level: 'cell' }, window: 'week' as never, maxMicros: 1 }], /no window/],
    ['a part of a micro dollar', [cell(0.5)], /whole limits/],
    ['no tenant', [{ scope: { level: 'tenant', tenant: '' }, window: 'day', maxMicros: 1 }], /names no tenant/],
    ['one twice', [cell(1), cell(2)], /stands twice/],
  ])('refuses a rule with %s', (_name, rules, message) => {
    expect(() => budgetsWith({ rules })).toThrow(message);
  });
});

describe('the price', () => {
  test('of an unknown model is refused under a money budget, and needed under no other', async () => {
    const model = { ...even, name: 'secret' };
    const call = budgetsWith({ rules: [cell(100)] }).reserve(request({ model }));
    await expect(call).rejects.toMatchObject({ code: 'KAZE_BUDGET_PRICE_UNKNOWN', fields: { model: 'test/secret' } });
    const tokens = budgetsWith({ rules: [cell(100, { maxMicros: undefined, maxTokens: 500 })] });
    const reservation = await tokens.reserve(request({ model, outputTokensWanted: 50 }));
    expect(await reservation.settle(usage(10, 50))).toMatchObject({ costMicros: 0, overTokens: 0 });
  });
});

describe('a reservation', () => {
  test('holds the caller’s own limit, never the model’s maximum, and at most what the model gives', async () => {
    const budgets = budgetsWith({ rules: [cell(1_000_000)] });
    expect((await budgets.reserve(request({ outputTokensWanted: 777 }))).outputTokens).toBe(777);
    expect((await budgets.reserve(request({ outputTokensWanted: 99_000 }))).outputTokens).toBe(64_000);
    expect((await budgets.reserve(request())).outputTokens).toBe(4_096);
    expect((await budgetsWith().reserve(request())).outputTokens).toBe(4_096);
  });

  test('learns the usual length per model and kind of work, and counts an answer that was cut as a longer one', async () => {
    const budgets = budgetsWith({ rules: [cell(20_000)] });
    for (let i = 0; i < 40; i += 1) {
      const reservation = await budgets.reserve(request({ taskType: 'title' }));
      await reservation.settle(usage(10, 20));
    }
    expect((await budgets.reserve(request({ taskType: 'title' }))).outputTokens).toBe(22);
    expect((await budgets.reserve(request({ taskType: 'essay' }))).outputTokens).toBe(1_024);
    for (let i = 0; i < 12; i += 1) {
      const reservation = await budgets.reserve(request({ taskType: 'title' }));
      await reservation.settle(usage(10, Math.min(900, reservation.outputTokens)));
    }
    expect((await budgets.reserve(request({ taskType: 'title' }))).outputTokens).toBeGreaterThan(44);
  });

  test('counts once, whoever ends it how often, and tells how far a provider went beyond its limit', async () => {
    const budgets = budgetsWith({ rules: [cell(1_000)] });
    const reservation = await budgets.reserve(request({ outputTokensWanted: 90 }));
    expect(await reservation.settle(usage(10, 95))).toEqual({ costMicros: 105, overMicros: 5, overTokens: 5 });
    await reservation.release();
    await reservation.settle(usage(10, 95));
    expect(await budgets.status({ tenant: 'acme', agent: 'writer', task: null })).toMatchObject([
      { settledMicros: 105, openMicros: 0 },
    ]);
  });

  test('of a stream grows while there is room, and cuts it within one piece where there is none', async () => {
    const cap = 3_000;
    const budgets = budgetsWith({ rules: [cell(cap)] });
    const reservation = await budgets.reserve(request({ extendable: true, outputTokensWanted: 50_000 }));
    expect(reservation).toMatchObject({ outputTokens: 50_000, coveredTokens: 1_024 });
    let outputTokens = 0;
    for (;;) {
      outputTokens += 1;
      if (reservation.cutAt({ outputTokens }) && !(await reservation.extend())) break;
    }
    expect(outputTokens).toBe(cap - 10);
    expect(await reservation.settle(usage(10, outputTokens))).toMatchObject({ costMicros: cap, overMicros: 0 });
  });

  test('of a stream with a covered limit cuts only a provider that goes beyond it', async () => {
    const budgets = budgetsWith({ rules: [cell(100)] });
    const reservation = await budgets.reserve(request({ outputTokensWanted: 90 }));
    expect(reservation.cutAt({ outputTokens: 90 })).toBe(false);
    expect(reservation.cutAt({ outputTokens: 91 })).toBe(true);
    expect(await reservation.extend()).toBe(false);
  });
});

test('fails closed while its store is away, and settles what ended meanwhile once it is back', async () => {
  const { budgetError } = await import('../../../../gateway/domain/budget/errors.ts');
  const store = memoryStore();
  let away = false;
  const flaky = new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (away) throw budgetError('KAZE_BUDGET_UNAVAILABLE', 'away');
        return value.apply(target, args);
      };
    },
  });
  const clock = { ...systemClock, sleep: async () => void (await new Promise((resolve) => setImmediate(resolve))) };
  const budgets = budgetsWith({ store: flaky, rules: [cell(1_000)], clock });
  const reservation = await budgets.reserve(request({ outputTokensWanted: 90 }));
  away = true;
  await expect(budgets.reserve(request())).rejects.toMatchObject({ code: 'KAZE_BUDGET_UNAVAILABLE', status: 503 });
  expect(await reservation.settle(usage(10, 30))).toMatchObject({ costMicros: 40 });
  away = false;
  await expect
    .poll(async () => (await store.balances([{ key: 'cell:total', window: 'total' }], Date.now()))[0])
    .toMatchObject({ settled: { micros: 40 }, open: { micros: 0 } });
});
