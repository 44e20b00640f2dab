import { describe, expect, it } from 'vitest';
import { createMemoryBudgetStore } from '#gateway/adapters/budget-store/memory';
import { silentLogger, systemClock } from '#platform';
import { RecentLatencies } from '../../../../gateway/domain/flow/recent-latencies.ts';
import { createPriceList } from '../../../../gateway/domain/price/price-list.ts';
import { modelError } from '../../../../gateway/errors.ts';
import { createBudgets } from '../../../../gateway/use-cases/budget/budgets.ts';
import { noHistory } from '../../../../gateway/use-cases/budget/history.ts';
import { ask, completion, FakeProvider, keys, model, outcomes, scene } from './setup.ts';

/** Answers when it is told to, or as its signal ends. */
function held() {
  const signals: AbortSignal[] = [];
  const give: Array<(text: string) => void> = [];
  const answer: FakeProvider['answer'] = (_call, signal) =>
    new Promise((resolve, reject) => {
      signals.push(signal);
      give.push((text) => resolve(completion(text)));
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  return { answer, signals, give };
}

const hedging = { after: 1 } as const;
const two = () => [new FakeProvider([model('one', 'm1')]), new FakeProvider([model('two', 'm2')])] as const;
const fallback = { chains: { 'one/m1': ['two/m2'] } };

describe('hedging', () => {
  it('is off unless the policy asks for it', async () => {
    const [one, other] = two();
    const slow = held();
    one.answer = slow.answer;
    const { gateway } = scene([one, other], { fallback });
    const call = gateway.complete(ask());
    await expect.poll(() => slow.give.length).toBe(1);
    await systemClock.sleep(20);
    expect(other.calls).toEqual([]);
    slow.give[0]!('late');
    expect((await call).text).toBe('late');
  });

  it('takes the first answer, cancels the other attempt, and charges both for what they took', async () => {
    const [one, other] = two();
    const slow = held();
    one.answer = slow.answer;
    const prices = createPriceList({
      ...{ date: '2026-11-22', source: 'test', currency: 'USD', per: '1,000,000 tokens' },
      models: { 'one/*': { input: 1, output: 1 }, 'two/*': { input: 2, output: 2 } },
    });
    const shared = { clock: systemClock, logger: silentLogger, prices, history: noHistory };
    const budgets = createBudgets({
      ...{ ...shared, store: createMemoryBudgetStore({ clock: systemClock }) },
      rules: [{ scope: { level: 'tenant', tenant: '*' }, window: 'total', maxMicros: 1_000_000 }],
    });
    const begun: string[] = [];
    const rows: Array<{ id: string }> = [];
    const journal = {
      begin: async (row: { id: string }) => void begun.push(row.id),
      end: async (row: never) => void rows.push(row),
    };
    const { gateway } = scene([one, other], { fallback, hedging }, { budgets, journal });
    const { text, metadata } = await gateway.complete(ask());
    expect(text).toBe('done');
    expect(slow.signals[0]!.aborted).toBe(true);
    // Both were journalled before they went out; each left one row; all that was tried stands in the answer.
    expect(begun).toHaveLength(2);
    expect(rows).toMatchObject([
      { model: 'm2', outcome: 'ok', costMicros: 24, attempt: 2 },
      { model: 'm1', outcome: 'cancelled', errorCode: 'KAZE_GATEWAY_HEDGE_LOST' },
    ]);
    const lost = rows[1] as { id: string; inputTokens: number; outputTokens: number; costMicros: number };
    // Nobody saw what it had written until then.
    expect(lost.outputTokens).toBeGreaterThan(0);
    expect(lost.costMicros).toBe(lost.inputTokens + lost.outputTokens);
    expect(lost.costMicros).toBeGreaterThan(0);
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(begun));
    expect(metadata.attempts!.map(({ model: name, errorCode }) => [name, errorCode])).toEqual([
      ['m2', null],
      ['m1', 'KAZE_GATEWAY_HEDGE_LOST'],
    ]);
    const [status] = await budgets.status({ tenant: 'acme', agent: 'writer', task: null });
    expect(status).toMatchObject({ settledMicros: 24 + lost.costMicros, openMicros: 0 });
    await budgets.close();
  });

  it('goes on with the first where the second fails, and with the second where the first does', async () => {
    for (const failing of [0, 1]) {
      const providers = two();
      const slow = held();
      providers[0].answer = slow.answer;
      const fails = async () => {
        throw modelError('KAZE_MODEL_CONTENT_FILTERED', 'no');
      };
      if (failing === 1) providers[1].answer = fails;
      else {
        providers[1].answer = held().answer;
        const other = held();
        providers[1].answer = other.answer;
        providers[0].answer = async () => {
          await expect.poll(() => other.give.length).toBe(1);
          setImmediate(() => other.give[0]!('second'));
          return fails();
        };
      }
      const { gateway, rows } = scene(providers, { fallback, hedging });
      const call = gateway.complete(ask());
      if (failing === 1) {
        await expect.poll(() => outcomes(rows)).toEqual(['m2 KAZE_MODEL_CONTENT_FILTERED']);
        slow.give[0]!('first');
      }
      expect((await call).text).toBe(failing === 1 ? 'first' : 'second');
      expect(rows).toHaveLength(2);
    }
  });

  it('tries the same model with another key where there is no other, and fails as the last attempt did', async () => {
    const one = new FakeProvider([model('one', 'm1')], { needsCredential: true });
    const slow = held();
    one.script.push(slow.answer);
    const policy = { hedging, retries: { maxAttempts: 2, perModel: 2 } };
    const { gateway, rows } = scene([one], policy, { keys: keys('a', 'b') });
    expect((await gateway.complete(ask())).text).toBe('done');
    expect(outcomes(rows)).toEqual(['m1 one/b ok', 'm1 one/a KAZE_GATEWAY_HEDGE_LOST']);
    const both = two();
    const first = held();
    both[0].answer = first.answer;
    both[1].answer = async () => {
      throw modelError('KAZE_MODEL_CONTENT_FILTERED', 'no');
    };
    const refused = scene(both, { fallback, hedging });
    const call = refused.gateway.complete(ask({ limits: { timeoutMs: 150 } }));
    await expect(call).rejects.toMatchObject({ code: 'KAZE_MODEL_CONTENT_FILTERED' });
    expect(new Set(outcomes(refused.rows))).toEqual(
      new Set(['m1 KAZE_MODEL_TIMEOUT', 'm2 KAZE_MODEL_CONTENT_FILTERED']),
    );
  });

  it('leaves calls alone whose tools change something, streams, and models that were not seen often enough', async () => {
    const tool = { name: 'send', description: 'sends', parameters: { type: 'object' } } as const;
    const cases = [
      { policy: hedging, more: { tools: [tool] }, hedges: false },
      { policy: hedging, more: { tools: [{ ...tool, sideEffects: false }] }, hedges: true },
      { policy: {}, more: {}, hedges: false },
    ];
    for (const { policy, more, hedges } of cases) {
      const [one, other] = two();
      const slow = held();
      one.answer = slow.answer;
      const { gateway } = scene([one, other], { fallback, hedging: policy });
      const call = gateway.complete(ask(more));
      await expect.poll(() => slow.give.length).toBe(1);
      if (hedges) await expect.poll(() => other.calls.length).toBe(1);
      else await systemClock.sleep(10);
      expect(other.calls.length).toBe(hedges ? 1 : 0);
      slow.give[0]!('first');
      await call;
    }
    const [one, other] = two();
    const { gateway } = scene([one, other], { fallback, hedging });
    for await (const _ of gateway.stream(ask())) expect(other.calls).toEqual([]);
  });

  describe('of streams', () => {
    const streams = { after: 1, streams: true } as const;
    type Pieces = FakeProvider['pieces'];

    /** Says `words` each time it is let on, and ends with its signal. */
    function spoken() {
      const signals: AbortSignal[] = [];
      const steps: Array<() => void> = [];
      const pieces: Pieces = async function* (_call, signal) {
        signals.push(signal);
        const step = () =>
          new Promise<void>((resolve, reject) => {
            steps.push(resolve);
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          });
        await step();
        yield { type: 'text', text: 'first ' };
        await step();
        yield { type: 'text', text: 'words' };
        yield { type: 'finish', completion: completion('first words') };
      };
      return { pieces, signals, steps };
    }
    const say: Pieces = async function* () {
      yield { type: 'text', text: 'second' };
      yield { type: 'finish', completion: completion('second') };
    };
    const read = async (deltas: AsyncIterable<{ type: string; text?: string }>) => {
      const texts: string[] = [];
      for await (const { type, text } of deltas) if (type === 'text') texts.push(text!);
      return texts.join('');
    };

    it('gives the stream that begins first, cancels the other, and leaves one row for each', async () => {
      const [one, other] = two();
      const slow = spoken();
      one.pieces = slow.pieces;
      other.pieces = say;
      const { gateway, rows } = scene([one, other], { fallback, hedging: streams });
      expect(await read(gateway.stream(ask()))).toBe('second');
      expect(slow.signals[0]!.aborted).toBe(true);
      expect(outcomes(rows)).toEqual(['m1 KAZE_GATEWAY_HEDGE_LOST', 'm2 ok']);
      expect(rows[0]).toMatchObject({ outcome: 'cancelled', outputTokens: 0 });
    });

    it('keeps to a stream that has begun, however slow the rest, and fails with it', async () => {
      const [one, other] = two();
      const slow = spoken();
      const late = spoken();
      one.pieces = slow.pieces;
      other.pieces = late.pieces;
      const { gateway, rows } = scene([one, other], { fallback, hedging: streams });
      const reading = read(gateway.stream(ask()));
      await expect.poll(() => late.steps.length).toBe(1);
      slow.steps[0]!();
      await expect.poll(() => late.signals[0]!.aborted).toBe(true);
      slow.steps[1]!();
      expect(await reading).toBe('first words');
      expect(outcomes(rows)).toEqual(['m2 KAZE_GATEWAY_HEDGE_LOST', 'm1 ok']);

      const [broken, spare] = two();
      broken.pieces = async function* () {
        yield { type: 'text', text: 'half' };
        throw modelError('KAZE_MODEL_OVERLOADED', 'no more');
      };
      const scenery = scene([broken, spare], { fallback, hedging: { after: 60_000, streams: true } });
      await expect(read(scenery.gateway.stream(ask()))).rejects.toMatchObject({ code: 'KAZE_MODEL_OVERLOADED' });
      expect(outcomes(scenery.rows)).toEqual(['m1 KAZE_MODEL_OVERLOADED']);
      expect(spare.calls).toEqual([]);
    });

    it('goes on with the other where one fails before its first piece, and to the fallback where both do', async () => {
      const refuse: Pieces = async function* () {
        yield* [];
        throw modelError('KAZE_MODEL_OVERLOADED', 'no');
      };
      const [one, other] = two();
      const slow = spoken();
      one.pieces = slow.pieces;
      other.pieces = refuse;
      const { gateway, rows } = scene([one, other], { fallback, hedging: streams });
      const reading = read(gateway.stream(ask()));
      await expect.poll(() => outcomes(rows)).toEqual(['m2 KAZE_MODEL_OVERLOADED']);
      slow.steps[0]!();
      await expect.poll(() => slow.steps.length).toBe(2);
      slow.steps[1]!();
      expect(await reading).toBe('first words');
      expect(rows).toHaveLength(2);

      const three = [...two(), new FakeProvider([model('three', 'm3')])] as const;
      three[0].pieces = refuse;
      three[1].pieces = refuse;
      three[2].pieces = say;
      const chains = { 'one/m1': ['two/m2', 'three/m3'] };
      const last = scene(three, { fallback: { chains }, hedging: streams, retries: { maxAttempts: 3, perModel: 1 } });
      expect(await read(last.gateway.stream(ask()))).toBe('second');
      expect(outcomes(last.rows).at(-1)).toBe('m3 ok');
    });

    it('gives both back when its reader leaves', async () => {
      const [one, other] = two();
      one.pieces = spoken().pieces;
      other.pieces = say;
      const { gateway, rows } = scene([one, other], { fallback, hedging: streams });
      for await (const _ of gateway.stream(ask())) break;
      expect(outcomes(rows)).toEqual(['m1 KAZE_GATEWAY_HEDGE_LOST', 'm2 KAZE_MODEL_CANCELLED']);
      expect(gateway.status()).toMatchObject({ waitingForLimits: 0 });
    });
  });

  it('knows the slowest twentieth of the last calls', () => {
    const recent = new RecentLatencies();
    for (let ms = 1; ms < 20; ms += 1) recent.add(ms);
    expect(recent.p95()).toBeUndefined();
    recent.add(20);
    expect(recent.p95()).toBe(19);
    for (let call = 0; call < 200; call += 1) recent.add(100);
    expect(recent.p95()).toBe(100);
  });
});
