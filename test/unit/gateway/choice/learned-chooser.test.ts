import { describe, expect, it } from 'vitest';
import { silentLogger, systemClock } from '#platform';
import { drawBeta } from '../../../../gateway/domain/choice/beta.ts';
import { wilsonInterval } from '../../../../gateway/domain/choice/interval.ts';
import { LearnedChooser } from '../../../../gateway/use-cases/choice/learned-chooser.ts';
import { ask, completion, FakeProvider, model, scene } from '../flow/setup.ts';
import { CHEAP, DEAR, facts, History, MID, MODELS, PRICES, rules, seeded, share, world } from './setup.ts';

function chooserOf(history: History, change: object = {}, seed = 1): LearnedChooser {
  const options = { history, prices: PRICES, clock: systemClock, logger: silentLogger, random: seeded(seed) };
  return new LearnedChooser({ ...options, rules: rules(change) });
}

const firstOf = (
  chooser: LearnedChooser,
  more: Parameters<typeof facts>[0] = {},
  models: Parameters<LearnedChooser['order']>[0] = MODELS,
) => chooser.order(models, facts(more))[0]!.name;

describe('the learned choice', () => {
  it('begins with the hint: models of the level or above, the cheapest of them, before anything was judged', () => {
    const chooser = chooserOf(new History(), { explore: 0 });
    for (const [tier, name] of [
      ['fast', 'cheap'],
      ['balanced', 'mid'],
      ['best', 'dear'],
    ] as const) {
      const chosen = Array.from({ length: 200 }, () => firstOf(chooser, { tier: tier as never }));
      expect(share(chosen, name)).toBeGreaterThan(0.6);
      // What lies below the wished level has to show first that it is good enough.
      const below = { fast: [], balanced: ['cheap'], best: ['cheap', 'mid'] }[tier];
      for (const lower of below) expect(share(chosen, lower)).toBeLessThan(0.1);
    }
  });

  it('leaves a level for a cheaper one that showed to be good enough', async () => {
    const { history, chooser } = world(1, { explore: 0 });
    for (let task = 0; task < 100; task += 1)
      history.add({ taskType: 'draft', model: CHEAP, score: 1, costMicros: 140 });
    await chooser.refresh();
    expect(
      share(
        Array.from({ length: 100 }, () => firstOf(chooser, { tier: 'best' as never })),
        'cheap',
      ),
    ).toBe(1);
  });

  it('goes by what a task did cost, not by the price of a token alone', async () => {
    const { history, chooser } = world(1, { explore: 0 });
    for (let task = 0; task < 200; task += 1) {
      // Cheap by the token, and wordy.
      history.add({ taskType: 'draft', model: CHEAP, score: 1, costMicros: 9_000 });
      history.add({ taskType: 'draft', model: MID, score: 1, costMicros: 1_400 });
    }
    await chooser.refresh();
    expect(firstOf(chooser)).toBe('mid');
  });

  it('lets one model make all of a task', async () => {
    const chooser = chooserOf(new History(), { explore: 1 });
    const names = Array.from({ length: 30 }, (_, task) => firstOf(chooser, { task: `t${task}` }));
    expect(new Set(names).size).toBe(3);
    for (const [task, name] of names.entries()) expect(firstOf(chooser, { task: `t${task}` })).toBe(name);
    // Where it cannot take the next call, another does, and it comes back.
    const others = MODELS.filter(({ name }) => name !== names[0]);
    expect(names[0]).not.toBe(firstOf(chooser, { task: 't0' }, others));
    expect(firstOf(chooser, { task: 't0' })).toBe(names[0]);
  });

  it('is the same for the same seed and history, and takes no chance where nobody will judge', () => {
    const names = (seed: number) => {
      const chooser = chooserOf(new History(), { explore: 0.5 }, seed);
      return Array.from({ length: 50 }, () => firstOf(chooser));
    };
    expect(names(7)).toEqual(names(7));
    expect(names(7)).not.toEqual(names(8));
    const chooser = chooserOf(new History(), { explore: 1 });
    const unjudged = Array.from({ length: 50 }, () => firstOf(chooser, { taskType: null, tier: 'balanced' as never }));
    expect(new Set(unjudged)).toEqual(new Set(['mid']));
  });

  it('gives back every model once, those that do not take part last', () => {
    const nameless = model('v', 'nameless', { tiers: [] });
    const all = [nameless, ...MODELS];
    const order = chooserOf(new History()).order(all, facts({}));
    expect(order.at(-1)).toBe(nameless);
    expect(new Set(order)).toEqual(new Set(all));
    const held = chooserOf(new History(), { models: ['v/dear', 'v/nameless'], explore: 1 });
    const chosen = Array.from({ length: 60 }, () => firstOf(held, {}, all));
    expect(new Set(chosen)).toEqual(new Set(['dear', 'nameless']));
  });

  it('goes on with what it knew while the ledger is away', async () => {
    const { history, chooser } = world(1, { explore: 0 });
    for (let task = 0; task < 100; task += 1)
      history.add({ taskType: 'draft', model: CHEAP, score: 0, costMicros: 140 });
    await chooser.refresh();
    history.failing = true;
    await chooser.refresh();
    expect(
      share(
        Array.from({ length: 100 }, () => firstOf(chooser)),
        'cheap',
      ),
    ).toBe(0);
  });

  it('chooses for the calls of a gateway among all levels, and refuses a policy that it was not made for', async () => {
    const provider = new FakeProvider([CHEAP, MID, DEAR]);
    provider.answer = async () => completion('done');
    const { history, chooser } = world(1, { explore: 0 });
    for (let task = 0; task < 100; task += 1)
      history.add({ taskType: 'draft', model: MID, score: 0, costMicros: 1_400 });
    for (let task = 0; task < 100; task += 1)
      history.add({ taskType: 'draft', model: CHEAP, score: 1, costMicros: 140 });
    await chooser.refresh();
    const { gateway } = scene([provider], { choice: { by: 'learned' } }, { chooser });
    const { metadata } = await gateway.complete(ask({ modelHint: 'balanced', taskType: 'draft' }));
    expect(metadata.model).toBe('cheap');
    // A model that was named is taken.
    expect((await gateway.complete(ask({ modelHint: { model: 'dear' } }))).metadata.model).toBe('dear');
    expect(() => scene([provider], { choice: { by: 'learned' } })).toThrow(
      expect.objectContaining({ code: 'KAZE_GATEWAY_POLICY_INVALID' }),
    );
  });
});

describe('draws and intervals', () => {
  it('have the mean and the variance of their Beta distribution', () => {
    const random = seeded(11);
    for (const [a, b] of [
      [0.5, 0.5],
      [3.6, 0.4],
      [1, 1],
      [40, 60],
    ] as const) {
      const count = 40_000;
      const drawn = Array.from({ length: count }, () => drawBeta(a, b, random));
      const mean = drawn.reduce((sum, one) => sum + one, 0) / count;
      const variance = drawn.reduce((sum, one) => sum + (one - mean) ** 2, 0) / count;
      const expected = a / (a + b);
      const spread = (a * b) / ((a + b) ** 2 * (a + b + 1));
      // Five standard errors of the mean; scores lie in 0..1, so that squares vary by less than their mean.
      expect(Math.abs(mean - expected)).toBeLessThan(5 * Math.sqrt(spread / count));
      expect(Math.abs(variance - spread)).toBeLessThan(5 * Math.sqrt(spread / count));
      expect(drawn.every((one) => one >= 0 && one <= 1)).toBe(true);
    }
  });

  it('of Wilson are those of his formula', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    const { low, high } = wilsonInterval(8, 10);
    // R: prop.test(8, 10, correct = FALSE)$conf.int
    expect(low).toBeCloseTo(0.4901625, 6);
    expect(high).toBeCloseTo(0.9433178, 6);
    expect(wilsonInterval(10, 10).high).toBeCloseTo(1, 12);
    expect(wilsonInterval(0, 10).low).toBeCloseTo(0, 12);
  });
});
