import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LimitAsk, LimitStore } from '#gateway';

export interface LimitStoreSubject {
  readonly store: LimitStore;
  pass(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

const rate = (key: string, perMinute: number, cost: number) => ({ key, perMinute, cost });

export function limitStoreContract(name: string, open: () => Promise<LimitStoreSubject>): void {
  describe(`limits kept in ${name}`, () => {
    let subject: LimitStoreSubject;
    let next = 0;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.dispose());
    const take = (ask: Partial<LimitAsk>) =>
      subject.store.take({ id: `a${next++}`, rates: [], slots: [], leaseMs: 60_000, ...ask });

    it('allow a minute’s worth at once, then say how long the next has to wait', async () => {
      const rates = [rate('r', 6_000, 2_000)];
      for (let i = 0; i < 3; i += 1) expect(await take({ rates })).toEqual({ state: 'taken' });
      const refused = await take({ rates });
      expect(refused).toMatchObject({ state: 'refused', key: 'r' });
      const { waitMs } = refused as { waitMs: number };
      expect(waitMs).toBeGreaterThan(15_000);
      expect(waitMs).toBeLessThanOrEqual(20_000);
    });

    it('allow as much again as time has gone by', async () => {
      const rates = [rate('r', 60_000, 60_000)];
      await take({ rates });
      await subject.pass(120);
      expect(await take({ rates: [rate('r', 60_000, 100)] })).toEqual({ state: 'taken' });
      expect(await take({ rates: [rate('r', 60_000, 59_000)] })).toMatchObject({ state: 'refused' });
    });

    it('let a call through that is larger than its limit, as one that takes all of it', async () => {
      expect(await take({ rates: [rate('r', 100, 5_000)] })).toEqual({ state: 'taken' });
      expect(await take({ rates: [rate('r', 100, 1)] })).toMatchObject({ state: 'refused' });
    });

    it('take nothing of the others when one refuses', async () => {
      await take({ rates: [rate('full', 1, 1)] });
      for (let i = 0; i < 5; i += 1) {
        expect(await take({ rates: [rate('free', 2, 1), rate('full', 1, 1)] })).toMatchObject({ key: 'full' });
      }
      expect(await take({ rates: [rate('free', 2, 2)] })).toEqual({ state: 'taken' });
    });

    it('give back what is returned, and take what was used beyond it', async () => {
      const { store } = subject;
      await take({ rates: [rate('r', 1_000, 1_000)] });
      await store.leave('x', [], [rate('r', 1_000, 600)]);
      expect(await take({ rates: [rate('r', 1_000, 599)] })).toEqual({ state: 'taken' });
      await store.leave('x', [], [rate('r', 1_000, -500)]);
      const refused = (await take({ rates: [rate('r', 1_000, 500)] })) as { waitMs: number };
      expect(refused.waitMs).toBeGreaterThan(50_000);
    });

    it('hold calls at once to their number, and free a slot once', async () => {
      const { store } = subject;
      const slots = [{ key: 's', max: 2 }];
      await take({ id: 'one', slots });
      await take({ id: 'two', slots });
      expect(await take({ id: 'three', slots })).toEqual({ state: 'refused', key: 's', waitMs: null });
      await store.leave('one', slots, []);
      await store.leave('one', slots, []);
      expect(await take({ id: 'three', slots })).toEqual({ state: 'taken' });
      expect(await take({ id: 'four', slots })).toMatchObject({ state: 'refused' });
    });

    it('let as many in as there is room for when many ask at the same moment', async () => {
      const ask = { rates: [rate('r', 50, 1)], slots: [{ key: 's', max: 20 }] };
      const answers = await Promise.all(Array.from({ length: 200 }, () => take(ask)));
      expect(answers.filter(({ state }) => state === 'taken')).toHaveLength(20);
    });
  });
}
