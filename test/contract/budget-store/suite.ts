import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Amount, amountOf, type CostLine } from '../../../gateway/domain/budget/amount.ts';
import type { BudgetLine, BudgetStore, ReservationAsk } from '../../../gateway/ports/budget-store.ts';

export interface StorePlace {
  readonly store: BudgetStore;
  /** Moves the store's own clock on, or waits for it: leases end by it. */
  pass(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

const AT = Date.UTC(2026, 10, 22, 12);
const LEASE_MS = 400;
const LONG_MS = 600_000;
let names = 0;

export function line(change: Partial<BudgetLine> = {}): BudgetLine {
  names += 1;
  return { key: `cell${names}:total`, window: 'total', maxMicros: 1_000, maxTokens: null, forgetAtMs: null, ...change };
}

/** A token of output costs a micro dollar, the input ten. */
const COST: CostLine = { inputMicros: 10, inputTokens: 10, outputMicros: 1 };

function exactly(outputTokens: number) {
  return { least: outputTokens, usual: outputTokens, most: outputTokens };
}

export function budgetStoreContract(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`budget store on ${name}`, () => {
    let place: StorePlace;
    let store: BudgetStore;
    let id = 0;

    const ask = (lines: readonly BudgetLine[], change: Partial<ReservationAsk> = {}): ReservationAsk => {
      id += 1;
      return { id: `r${id}`, lines, cost: COST, wanted: exactly(90), atMs: AT, leaseMs: LONG_MS, ...change };
    };
    const seed = (lines: readonly BudgetLine[], spent: Amount = { micros: 0, tokens: 0 }) =>
      store.seed(lines.map(({ key, window, forgetAtMs }) => ({ key, window, forgetAtMs, spent })));
    const balance = async (one: BudgetLine, atMs = AT) => (await store.balances([one], atMs))[0]!;

    beforeAll(async () => {
      place = await newPlace();
      store = place.store;
    });
    afterAll(() => place.dispose());
    beforeEach(() => {
      id += 1;
    });

    test('names the budgets that it knows nothing of, and takes what was spent under them once', async () => {
      const [known, unknown] = [line(), line()];
      await seed([known], { micros: 950, tokens: 7 });
      expect(await store.reserve(ask([known, unknown]))).toEqual({ state: 'unseeded', keys: [unknown.key] });
      await seed([known, unknown], { micros: 1, tokens: 1 });
      expect(await balance(known)).toMatchObject({ settled: { micros: 950, tokens: 7 } });
      expect(await balance(unknown)).toMatchObject({ settled: { micros: 1, tokens: 1 } });
    });

    test('holds what is reserved under every line, and puts what was used in its place', async () => {
      const lines = [line(), line({ maxMicros: null, maxTokens: 500 }), line({ maxMicros: null })];
      await seed(lines);
      const first = ask(lines);
      expect(await store.reserve(first)).toEqual({
        state: 'granted',
        outputTokens: 90,
        amount: { micros: 100, tokens: 100 },
      });
      expect(await balance(lines[0]!)).toMatchObject({ settled: { micros: 0 }, open: { micros: 100, tokens: 100 } });
      const settled = await store.settle(first.id, { micros: 40, tokens: 41 });
      expect(settled.state).toBe('settled');
      expect(settled.balances.map(({ key }) => key).sort()).toEqual(lines.map(({ key }) => key).sort());
      for (const one of lines) {
        const after = { key: one.key, settled: { micros: 40, tokens: 41 }, open: { micros: 0, tokens: 0 } };
        expect(await balance(one)).toEqual(after);
        expect(settled.balances).toContainEqual(after);
      }
    });

    test('settles once: again, and with another figure, changes nothing', async () => {
      const one = line();
      await seed([one]);
      const first = ask([one]);
      await store.reserve(first);
      await store.settle(first.id, { micros: 40, tokens: 40 });
      expect(await store.settle(first.id, { micros: 90, tokens: 90 })).toEqual({ state: 'already', balances: [] });
      expect(await store.settle('never-seen', { micros: 1, tokens: 1 })).toEqual({ state: 'unknown', balances: [] });
      expect(await balance(one)).toMatchObject({ settled: { micros: 40 }, open: { micros: 0 } });
    });

    test('gives the same answer when an id asks again, and holds it once', async () => {
      const one = line();
      await seed([one]);
      const first = ask([one]);
      expect(await store.reserve(first)).toEqual(await store.reserve(first));
      expect(await balance(one)).toMatchObject({ open: { micros: 100 } });
    });

    test('says busy while open reservations stand in the way, exhausted when what is settled does', async () => {
      const [wide, narrow] = [line(), line({ maxMicros: 150 })];
      await seed([wide, narrow]);
      const first = ask([wide, narrow]);
      await store.reserve(first);
      expect(await store.reserve(ask([wide, narrow]))).toEqual({ state: 'busy', key: narrow.key });
      await store.settle(first.id, { micros: 100, tokens: 100 });
      expect(await store.reserve(ask([wide, narrow]))).toEqual({ state: 'exhausted', key: narrow.key, fits: 40 });
      expect(await store.reserve(ask([wide, narrow], { wanted: exactly(40) }))).toMatchObject({ state: 'granted' });
      expect(await store.reserve(ask([wide, narrow], { wanted: exactly(41) }))).toMatchObject({ state: 'exhausted' });
    });

    test('says -1 where not even the input fits, by money and by tokens', async () => {
      const [money, tokens] = [line({ maxMicros: 9 }), line({ maxMicros: null, maxTokens: 9 })];
      await seed([money, tokens]);
      expect(await store.reserve(ask([money]))).toEqual({ state: 'exhausted', key: money.key, fits: -1 });
      expect(await store.reserve(ask([tokens]))).toEqual({ state: 'exhausted', key: tokens.key, fits: -1 });
    });

    test('gives more than the usual length where there is plenty, the usual where not, and the rest at the end', async () => {
      const one = line({ maxMicros: 4_020 });
      await seed([one]);
      const wanted = { least: 20, usual: 90, most: 190 };
      const plenty = ask([one], { wanted });
      expect(await store.reserve(plenty)).toMatchObject({ state: 'granted', outputTokens: 190 });
      const less = ask([one], { wanted });
      expect(await store.reserve(less)).toMatchObject({ state: 'granted', outputTokens: 90 });
      await store.settle(plenty.id, { micros: 3_950, tokens: 1 });
      expect(await store.reserve(ask([one], { wanted }))).toMatchObject({ state: 'busy' });
      await store.settle(less.id, { micros: 10, tokens: 1 });
      expect(await store.reserve(ask([one], { wanted }))).toMatchObject({ state: 'granted', outputTokens: 50 });
    });

    test('rounds fractions of a micro dollar up, once a reservation, and fills a cap to its last token', async () => {
      const one = line({ maxMicros: 10 });
      await seed([one]);
      const cost = { inputMicros: 0.15, inputTokens: 1, outputMicros: 0.6 };
      const answer = await store.reserve(ask([one], { cost, wanted: { least: 1, usual: 1_000, most: 1_000 } }));
      expect(answer).toEqual({ state: 'granted', outputTokens: 16, amount: { micros: 10, tokens: 17 } });
    });

    test('lets a running answer grow as far as there is room, and not beyond', async () => {
      const one = line({ maxMicros: 300 });
      await seed([one]);
      const [first, other] = [ask([one]), ask([one])];
      await store.reserve(first);
      await store.reserve(other);
      expect(await store.extend(first.id, { lines: [one], outputTokens: 150, leaseMs: LONG_MS })).toBe(150);
      expect(await store.extend(first.id, { lines: [one], outputTokens: 500, leaseMs: LONG_MS })).toBe(190);
      expect(await balance(one)).toMatchObject({ open: { micros: 300, tokens: 300 } });
      expect(await store.extend(first.id, { lines: [one], outputTokens: 900, leaseMs: LONG_MS })).toBe(190);
      await store.settle(first.id, { micros: 200, tokens: 200 });
      expect(await store.extend('never-seen', { lines: [one], outputTokens: 900, leaseMs: LONG_MS })).toBe(0);
      expect(await balance(one)).toMatchObject({ settled: { micros: 200 }, open: { micros: 100 } });
    });

    test('charges what outlived its lease in full, and gives back what was too much once it is settled', async () => {
      const one = line({ maxMicros: 150 });
      await seed([one]);
      const lost = ask([one], { leaseMs: LEASE_MS });
      await store.reserve(lost);
      expect(await store.reserve(ask([one]))).toMatchObject({ state: 'busy' });
      await place.pass(LEASE_MS + 50);
      expect(await store.reserve(ask([one]))).toMatchObject({ state: 'exhausted', fits: 40 });
      expect(await balance(one)).toMatchObject({ settled: { micros: 100 }, open: { micros: 0 } });
      expect(await store.settle(lost.id, { micros: 30, tokens: 30 })).toMatchObject({ state: 'settled' });
      expect(await balance(one)).toMatchObject({ settled: { micros: 30, tokens: 30 }, open: { micros: 0 } });
    });

    test('forgets what was spent in a rolling hour after 60 to 61 minutes, each call by the minute of its start', async () => {
      const one = line({ key: `hour${id}:rolling-hour`, window: 'rolling-hour', maxMicros: 250 });
      const before = { minute: Math.floor(AT / 60_000) - 30, spent: { micros: 100, tokens: 100 } };
      await store.seed([{ ...one, spent: { micros: 0, tokens: 0 }, byMinute: [before] }]);
      const first = ask([one]);
      await store.reserve(first);
      await store.settle(first.id, { micros: 100, tokens: 100 });
      expect(await store.reserve(ask([one]))).toMatchObject({ state: 'exhausted' });
      expect(await balance(one)).toMatchObject({ settled: { micros: 200 } });
      const minute = 60_000;
      expect(await balance(one, AT + 30 * minute)).toMatchObject({ settled: { micros: 200 } });
      expect(await balance(one, AT + 31 * minute)).toMatchObject({ settled: { micros: 100 } });
      expect(await store.reserve(ask([one], { atMs: AT + 31 * minute }))).toMatchObject({ state: 'granted' });
      expect(await balance(one, AT + 60 * minute)).toMatchObject({ settled: { micros: 100 }, open: { micros: 100 } });
      expect(await balance(one, AT + 61 * minute)).toMatchObject({ settled: { micros: 0 }, open: { micros: 100 } });
    });

    test('never lets what is settled and open exceed a cap, whatever thousands ask at once', async () => {
      const lines = [line({ maxMicros: 5_000 }), line({ maxMicros: null, maxTokens: 4_000 })];
      await seed(lines);
      const asks = Array.from({ length: 2_000 }, () => ask(lines));
      const answers = await Promise.all(asks.map((one) => store.reserve(one)));
      expect(answers.filter(({ state }) => state === 'granted')).toHaveLength(40);
      expect(await balance(lines[1]!)).toMatchObject({ open: { tokens: 4_000 } });
    });

    test('keeps spent and held within every cap for any order of reserving, extending, settling, losing', async () => {
      const step = fc.oneof(
        fc.record({ do: fc.constant('reserve' as const), path: fc.nat(3), usual: fc.integer({ min: 1, max: 60 }) }),
        fc.record({
          do: fc.constant('settle' as const),
          which: fc.nat(),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        fc.record({ do: fc.constant('extend' as const), which: fc.nat(), more: fc.integer({ min: 1, max: 40 }) }),
        fc.record({ do: fc.constant('release' as const), which: fc.nat() }),
        fc.record({ do: fc.constant('expire' as const) }),
      );
      const caps = fc.record({
        cell: fc.nat(400),
        tenants: fc.array(fc.nat(300), { minLength: 2, maxLength: 2 }),
        tokens: fc.nat(400),
      });
      await fc.assert(
        fc.asyncProperty(
          caps,
          fc.array(step, { minLength: 5, maxLength: 40 }),
          async ({ cell, tenants, tokens }, steps) => {
            const top = line({ maxMicros: cell });
            const middle = tenants.map((maxMicros) => line({ maxMicros }));
            const leaves = middle.map(() => line({ maxMicros: null, maxTokens: tokens }));
            const all = [top, ...middle, ...leaves];
            await seed(all);
            const paths = [[top], [top, middle[0]!], [top, middle[1]!, leaves[1]!], [top, middle[0]!, leaves[0]!]];
            const running: { ask: ReservationAsk; held: number }[] = [];
            for (const one of steps) {
              const chosen = 'which' in one && running.length > 0 ? running[one.which % running.length] : undefined;
              if (one.do === 'reserve') {
                const short = running.length % 5 === 4;
                const wanted = { least: 1, usual: one.usual, most: one.usual * 4 };
                const cost = { inputMicros: 2.5, inputTokens: 3, outputMicros: 0.75 };
                const next = ask(paths[one.path]!, { wanted, cost, leaseMs: short ? 1 : LONG_MS });
                const answer = await store.reserve(next);
                if (answer.state === 'granted') running.push({ ask: next, held: answer.outputTokens });
              } else if (one.do === 'expire') {
                await place.pass(2);
              } else if (chosen && one.do === 'extend') {
                const wanted = { lines: chosen.ask.lines, outputTokens: chosen.held + one.more, leaseMs: LONG_MS };
                chosen.held = await store.extend(chosen.ask.id, wanted);
              } else if (chosen) {
                const held = amountOf(chosen.ask.cost, chosen.held);
                const share = one.do === 'settle' ? one.share : 0;
                const used = { micros: Math.floor(held.micros * share), tokens: Math.floor(held.tokens * share) };
                await store.settle(chosen.ask.id, used);
              }
              for (const [at, { settled, open }] of (await store.balances(all, AT)).entries()) {
                const { maxMicros, maxTokens } = all[at]!;
                expect(settled.micros + open.micros).toBeLessThanOrEqual(maxMicros ?? Number.POSITIVE_INFINITY);
                expect(settled.tokens + open.tokens).toBeLessThanOrEqual(maxTokens ?? Number.POSITIVE_INFINITY);
                for (const value of [settled.micros, settled.tokens, open.micros, open.tokens]) {
                  expect(value).toBeGreaterThanOrEqual(0);
                }
              }
            }
          },
        ),
        { numRuns: store.capabilities.durable ? 40 : 300 },
      );
    });
  });
}
