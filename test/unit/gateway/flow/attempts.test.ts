import { describe, expect, it } from 'vitest';
import { createMemoryBudgetStore } from '#gateway/adapters/budget-store/memory';
import { silentLogger, systemClock } from '#platform';
import type { BudgetRule } from '../../../../gateway/domain/budget/rule.ts';
import { partialOf } from '../../../../gateway/domain/partial-answer.ts';
import { createPriceList } from '../../../../gateway/domain/price/price-list.ts';
import type { Delta } from '../../../../gateway/domain/response.ts';
import { modelError } from '../../../../gateway/errors.ts';
import type { Gateway } from '../../../../gateway/gateway.ts';
import { type Budgets, createBudgets } from '../../../../gateway/use-cases/budget/budgets.ts';
import { noHistory } from '../../../../gateway/use-cases/budget/history.ts';
import { ask, completion, FakeProvider, keys, model, outcomes, scene } from './setup.ts';

const fails =
  (code: Parameters<typeof modelError>[0], fields: Record<string, number> = {}) =>
  () =>
    Promise.reject(modelError(code, 'no', { fields }));

async function read(gateway: Gateway, request = ask()): Promise<Delta[]> {
  const deltas: Delta[] = [];
  for await (const delta of gateway.stream(request)) deltas.push(delta);
  return deltas;
}

describe('attempts of a call', () => {
  it('go on where another may succeed, one usage row each, all told in the answer', async () => {
    const one = new FakeProvider([model('one', 'm1')]);
    one.script.push(fails('KAZE_MODEL_OVERLOADED'));
    const { gateway, rows } = scene([one]);
    const { metadata } = await gateway.complete(ask());
    expect(outcomes(rows)).toEqual(['m1 KAZE_MODEL_OVERLOADED', 'm1 ok']);
    expect(metadata.attempts!.map(({ id, errorCode }) => [id, errorCode])).toEqual([
      [metadata.id, 'KAZE_MODEL_OVERLOADED'],
      [rows[1]!.id, null],
    ]);
    expect(rows[1]).toMatchObject({ callId: metadata.id, attempt: 2 });
    expect(rows[0]!.id).toBe(metadata.id);
  });

  it('end at once where every other would fail alike', async () => {
    const one = new FakeProvider([model('one', 'm1')]);
    one.answer = fails('KAZE_MODEL_CONTENT_FILTERED');
    const { gateway, rows } = scene([one]);
    await expect(gateway.complete(ask())).rejects.toMatchObject({ code: 'KAZE_MODEL_CONTENT_FILTERED' });
    expect(outcomes(rows)).toEqual(['m1 KAZE_MODEL_CONTENT_FILTERED']);
  });

  it('take another key when one is at its limit, and leave that one alone for as long as its provider said', async () => {
    const one = new FakeProvider([model('one', 'm1')], { needsCredential: true });
    one.answer = async ({ credential }) => {
      if (credential!.value === 'a')
        throw modelError('KAZE_MODEL_RATE_LIMITED', 'no', { fields: { retryAfterMs: 60_000 } });
      return completion('done');
    };
    const { gateway, rows } = scene([one], {}, { keys: keys('a', 'b') });
    for (let call = 0; call < 3; call += 1) await gateway.complete(ask());
    expect(outcomes(rows)).toEqual(['m1 one/a KAZE_MODEL_RATE_LIMITED', 'm1 one/b ok', 'm1 one/b ok', 'm1 one/b ok']);
  });

  it('spread over the keys of a provider by how busy they are', async () => {
    const one = new FakeProvider([model('one', 'm1')], { needsCredential: true });
    const waiting: Array<() => void> = [];
    one.answer = () => new Promise((resolve) => waiting.push(() => resolve(completion('done'))));
    const { gateway, rows } = scene([one], {}, { keys: keys('a', 'b', 'c') });
    const calls = Array.from({ length: 9 }, () => gateway.complete(ask()));
    await expect.poll(() => waiting.length).toBe(9);
    for (const end of waiting) end();
    await Promise.all(calls);
    const count = (keyId: string) => rows.filter((row) => row.keyId === keyId).length;
    expect(['one/a', 'one/b', 'one/c'].map(count)).toEqual([3, 3, 3]);
  });

  it('fall back along a chain of the policy, never to a model that the tenant forbids or out of its region', async () => {
    const [one, two, three] = ['one', 'two', 'three'].map((name) => new FakeProvider([model(name, `m-${name}`)]));
    one!.answer = fails('KAZE_MODEL_UNREACHABLE');
    const chains = { 'one/m-one': ['two/m-two', 'three/m-three'] };
    const base = { fallback: { chains }, retries: { perModel: 1 } };
    const open = scene([one!, two!, three!], base);
    expect((await open.gateway.complete(ask({ modelHint: { model: 'm-one' } }))).metadata.provider).toBe('two');
    const denied = scene([one!, two!, three!], { ...base, models: [{ tenant: 'acme', deny: ['two/*'] }] });
    expect((await denied.gateway.complete(ask())).metadata.provider).toBe('three');
    const regions = { 'one/*': 'eu', 'two/*': 'us' };
    const held = scene([one!, two!, three!], { ...base, regions, models: [{ tenant: 'acme', regions: ['eu'] }] });
    await expect(held.gateway.complete(ask())).rejects.toMatchObject({ code: 'KAZE_MODEL_UNREACHABLE' });
    expect(outcomes(held.rows)).toEqual(['m-one KAZE_MODEL_UNREACHABLE']);
    await expect(held.gateway.complete(ask({ modelHint: { model: 'two/m-two' } }))).rejects.toMatchObject({
      code: 'KAZE_GATEWAY_MODEL_FORBIDDEN',
    });
    await expect(open.gateway.complete(ask(), { allowedModels: ['other'] })).rejects.toMatchObject({
      code: 'KAZE_GATEWAY_MODEL_FORBIDDEN',
    });
  });

  it('do not reach a model that failed too often, until a probe succeeds', async () => {
    const one = new FakeProvider([model('one', 'm1')]);
    one.answer = fails('KAZE_MODEL_PROVIDER_FAILED');
    const policy = { breaker: { failures: 3, openMs: 40 }, retries: { maxAttempts: 1 } };
    const { gateway, rows } = scene([one], policy);
    for (let call = 0; call < 3; call += 1) await gateway.complete(ask()).catch(() => {});
    await expect(gateway.complete(ask())).rejects.toMatchObject({
      code: 'KAZE_GATEWAY_CIRCUIT_OPEN',
      fields: { retryAfterMs: expect.any(Number) },
    });
    expect(one.calls).toHaveLength(3);
    expect(gateway.status().openCircuits).toEqual(['one/m1']);
    one.answer = async () => completion('done');
    await expect
      .poll(() =>
        gateway.complete(ask()).then(
          ({ text }) => text,
          () => '',
        ),
      )
      .toBe('done');
    expect(gateway.status().openCircuits).toEqual([]);
    expect(rows.filter(({ errorCode }) => errorCode === 'KAZE_GATEWAY_CIRCUIT_OPEN').length).toBeGreaterThan(0);
  });

  it('of a stream go on before its first piece, never after it', async () => {
    const one = new FakeProvider([model('one', 'm1')]);
    one.script.push(fails('KAZE_MODEL_OVERLOADED'));
    const { gateway, rows } = scene([one]);
    expect((await read(gateway)).map(({ type }) => type)).toEqual(['text', 'finish']);
    one.pieces = async function* () {
      yield { type: 'text', text: 'do' };
      throw modelError('KAZE_MODEL_STREAM_BROKEN', 'cut');
    };
    const broken = await read(gateway).catch((error: unknown) => error);
    expect(broken).toMatchObject({ code: 'KAZE_MODEL_STREAM_BROKEN' });
    expect(partialOf(broken)).toMatchObject({ text: 'do' });
    expect(outcomes(rows)).toEqual(['m1 KAZE_MODEL_OVERLOADED', 'm1 ok', 'm1 KAZE_MODEL_STREAM_BROKEN']);
  });

  it('of a stream that does not begin, or stops, end by their own times', async () => {
    const one = new FakeProvider([model('one', 'm1')]);
    one.pieces = async function* () {
      await new Promise(() => {});
      yield { type: 'text', text: 'never' };
    };
    const timeouts = { firstTokenMs: 20, idleMs: 20 };
    const { gateway, rows } = scene([one], { timeouts, retries: { perModel: 2 } });
    await expect(read(gateway)).rejects.toMatchObject({ code: 'KAZE_MODEL_FIRST_TOKEN_TIMEOUT' });
    expect(rows).toHaveLength(2);
    one.pieces = async function* () {
      yield { type: 'text', text: 'do' };
      await new Promise(() => {});
    };
    const stalled = await read(gateway).catch((error: unknown) => error);
    expect(stalled).toMatchObject({
      code: 'KAZE_MODEL_IDLE_TIMEOUT',
      message: expect.stringContaining('nothing more'),
    });
    expect(partialOf(stalled)).toMatchObject({ text: 'do' });
    expect(rows).toHaveLength(3);
  });

  it('wait no longer than the call may take', async () => {
    const one = new FakeProvider([model('one', 'm1')]);
    one.answer = fails('KAZE_MODEL_OVERLOADED', { retryAfterMs: 5_000 });
    const { gateway } = scene([one]);
    const began = performance.now();
    await expect(gateway.complete(ask({ limits: { timeoutMs: 200 } }))).rejects.toMatchObject({
      code: 'KAZE_MODEL_OVERLOADED',
    });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(one.calls).toHaveLength(1);
  });
});

describe('budgets of a call', () => {
  const models = { 'one/*': { input: 1, output: 1 } };
  const list = { date: '2026-11-22', source: 'test', currency: 'USD', per: '1,000,000 tokens', models } as const;
  const total = (maxTokens: number): BudgetRule[] => [
    { scope: { level: 'tenant', tenant: '*' }, window: 'total', maxTokens },
  ];
  const budgetsOf = (maxTokens: number, rules = total(maxTokens), clock = systemClock): Budgets =>
    createBudgets({
      ...{ store: createMemoryBudgetStore({ clock }), clock, logger: silentLogger },
      ...{ prices: createPriceList(list), history: noHistory, maxWaitMs: 0 },
      rules,
    });
  const path = { tenant: 'acme', agent: 'writer', task: null };

  it('are settled with what was used, released by failures, and priced in the rows', async () => {
    const budgets = budgetsOf(100_000);
    const one = new FakeProvider([model('one', 'm1')]);
    one.script.push(fails('KAZE_MODEL_UNREACHABLE'));
    const { gateway, rows } = scene([one], {}, { budgets });
    await gateway.complete(ask());
    expect(rows.map(({ costMicros }) => costMicros)).toEqual([0, 12]);
    expect(await budgets.status(path)).toMatchObject([{ settledTokens: 12, openTokens: 0 }]);
  });

  it('refuse what does not fit before anything is sent, and leave one row that says so', async () => {
    const one = new FakeProvider([model('one', 'm1')]);
    const { gateway, rows } = scene([one], {}, { budgets: budgetsOf(10) });
    await expect(gateway.complete(ask())).rejects.toMatchObject({ code: 'KAZE_BUDGET_EXHAUSTED', status: 402 });
    expect(one.calls).toEqual([]);
    expect(outcomes(rows)).toEqual(['m1 KAZE_BUDGET_EXHAUSTED']);
    expect(rows).toMatchObject([{ outcome: 'refused', costMicros: 0 }]);
  });

  it('in money pass a call on from a model without a price to the next one that has one, and refuse where none has', async () => {
    const rules = [{ scope: { level: 'tenant', tenant: '*' }, window: 'total', maxMicros: 1_000_000 }] as const;
    const budgets = createBudgets({
      ...{ store: createMemoryBudgetStore({ clock: systemClock }), clock: systemClock, logger: silentLogger },
      ...{ prices: createPriceList(list), history: noHistory, maxWaitMs: 0, rules },
    });
    const [free, one, more] = ['free', 'one', 'more'].map((name) => new FakeProvider([model(name, `m-${name}`)]));
    const chains = { 'free/m-free': ['more/m-more', 'one/m-one'] };
    const { gateway, rows } = scene([free!, one!, more!], { fallback: { chains } }, { budgets });
    const { text, metadata } = await gateway.complete(ask({ modelHint: { model: 'free/m-free' } }));
    expect([text, metadata.model]).toEqual(['done', 'm-one']);
    const unknown = { id: null, keyId: null, errorCode: 'KAZE_BUDGET_PRICE_UNKNOWN', latencyMs: 0 };
    expect(metadata.attempts).toEqual([
      { ...unknown, provider: 'free', model: 'm-free' },
      { ...unknown, provider: 'more', model: 'm-more' },
      expect.objectContaining({ id: metadata.id, model: 'm-one', errorCode: null }),
    ]);
    expect([free!.calls, more!.calls]).toEqual([[], []]);
    expect(outcomes(rows)).toEqual(['m-one ok']);
    await expect(gateway.complete(ask({ modelHint: { model: 'more/m-more' } }))).rejects.toMatchObject({
      ...{ code: 'KAZE_BUDGET_PRICE_UNKNOWN', status: 422 },
      message: expect.stringMatching(/tenant:acme.*in money.*more\/m-more.*models\.priceFile/),
    });
    expect(more!.calls).toEqual([]);
    expect(outcomes(rows).at(-1)).toBe('m-more KAZE_BUDGET_PRICE_UNKNOWN');
    expect(await budgets.status(path)).toMatchObject([{ settledMicros: 12, openMicros: 0 }]);
  });

  it.each([
    ['a plain call', false, false, 5_000],
    ['a stream that thinks unseen', true, true, 5_000],
    ['a stream that shows all', true, false, 0],
  ])(
    'charge %s that is given up for what it may have written unseen, within its limit',
    async (_, streamed, reasoning, written) => {
      const capabilities = { ...model('one', 'm1').capabilities, reasoning };
      for (const maxOutputTokens of [20_000, 2_000]) {
        let now = 1_000_000;
        const clock = { ...systemClock, now: () => now };
        const one = new FakeProvider([model('one', 'm1', { capabilities })]);
        one.answer = () => new Promise(() => {});
        const budgets = budgetsOf(1_000_000, undefined, clock);
        const { gateway, rows } = scene([one], {}, { budgets, clock });
        const leaving = new AbortController();
        const request = ask({ limits: { maxOutputTokens, timeoutMs: 60_000 } });
        const options = { signal: leaving.signal };
        const call = streamed
          ? (async () => {
              for await (const _piece of gateway.stream(request, options));
            })()
          : gateway.complete(request, options);
        const ended = expect(call).rejects.toMatchObject({ code: 'KAZE_MODEL_CANCELLED' });
        await expect.poll(() => one.calls.length).toBe(1);
        now += 10_000;
        leaving.abort();
        await ended;
        const outputTokens = Math.min(written, maxOutputTokens);
        expect(rows).toMatchObject([{ outcome: 'cancelled', outputTokens }]);
        expect(await budgets.status(path)).toMatchObject([
          { openTokens: 0, settledTokens: rows[0]!.inputTokens + outputTokens },
        ]);
      }
    },
  );

  it('give the provider a limit that is covered, and cut a stream that goes on beyond what is left', async () => {
    const budgets = budgetsOf(400);
    const one = new FakeProvider([model('one', 'm1')]);
    one.pieces = async function* () {
      for (;;) yield { type: 'text', text: 'word' };
    };
    const { gateway, rows } = scene([one], {}, { budgets });
    const cut = await read(gateway).catch((error: unknown) => error);
    expect(cut).toMatchObject({ code: 'KAZE_BUDGET_STREAM_CUT' });
    expect(partialOf(cut)!.text).toMatch(/^(word)+$/);
    const { settledTokens, openTokens } = (await budgets.status(path))[0]!;
    expect(openTokens).toBe(0);
    expect(settledTokens).toBeGreaterThan(350);
    expect(settledTokens).toBeLessThanOrEqual(400);
    expect(outcomes(rows)).toEqual(['m1 KAZE_BUDGET_STREAM_CUT']);
  });

  it('are not overshot by a stream that thinks unseen, however much of what it was given', async () => {
    const cap = 3_000;
    const capabilities = { ...model('one', 'm1').capabilities, reasoning: true };
    for (const limits of [undefined, { maxOutputTokens: 2_500 }]) {
      const budgets = budgetsOf(cap);
      const one = new FakeProvider([model('one', 'm1', { capabilities })]);
      // All of it is thought before the one word that it says.
      one.pieces = async function* ({ maxOutputTokens }) {
        yield { type: 'text', text: 'done' };
        yield { type: 'finish', completion: completion('done', maxOutputTokens) };
      };
      const { gateway } = scene([one], {}, { budgets });
      await read(gateway, ask({ limits }));
      const [status] = await budgets.status(path);
      expect(status!.settledTokens).toBeGreaterThan(1_000);
      expect(status!.settledTokens).toBeLessThanOrEqual(cap);
      // Where no budget holds there is nothing to overshoot.
      const free = new FakeProvider([model('one', 'm1', { capabilities })]);
      await read(scene([free], {}, { budgets: budgetsOf(cap, []) }).gateway, ask({ limits }));
      expect(free.calls[0]!.maxOutputTokens).toBe(limits?.maxOutputTokens ?? 64_000);
      // One that shows its thoughts is counted by them, and may begin with less held.
      const shown = new FakeProvider([model('one', 'm1', { capabilities: { ...capabilities, showsThoughts: true } })]);
      await read(scene([shown], {}, { budgets: budgetsOf(cap) }).gateway, ask({ limits }));
      expect(shown.calls[0]!.maxOutputTokens).toBe(limits?.maxOutputTokens ?? 64_000);
    }
  });

  it('hold nothing after calls that were left, cancelled or over their time', async () => {
    const budgets = budgetsOf(1_000_000);
    const one = new FakeProvider([model('one', 'm1')]);
    one.answer = () => new Promise(() => {});
    const { gateway, rows } = scene([one], { retries: { maxAttempts: 1 } }, { budgets });
    const gone = new AbortController();
    const cancelled = gateway.complete(ask(), { signal: gone.signal }).catch((error: unknown) => error);
    await expect.poll(() => one.calls.length).toBe(1);
    gone.abort();
    expect(await cancelled).toMatchObject({ code: 'KAZE_MODEL_CANCELLED' });
    await expect(gateway.complete(ask({ limits: { timeoutMs: 20 } }))).rejects.toMatchObject({
      code: 'KAZE_MODEL_TIMEOUT',
    });
    one.pieces = async function* () {
      for (;;) yield { type: 'text', text: 'word' };
    };
    for await (const _ of gateway.stream(ask())) break;
    await expect.poll(() => rows.length).toBe(3);
    expect(await budgets.status(path)).toMatchObject([{ openTokens: 0 }]);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['cancelled', 'error', 'cancelled']);
  });
});

describe('the choice among models that suit alike', () => {
  const two = () => [new FakeProvider([model('one', 'm1')]), new FakeProvider([model('two', 'm2')])] as const;
  const tally = async (gateway: Gateway, calls: number) => {
    const taken: Record<string, number> = { one: 0, two: 0 };
    for (let call = 0; call < calls; call += 1) taken[(await gateway.complete(ask())).metadata.provider]! += 1;
    return taken;
  };

  it('goes by weight, price or latency as the policy says', async () => {
    const weights = { 'one/*': 0, 'two/*': 1 };
    expect(await tally(scene(two(), { choice: { by: 'weighted', weights } }).gateway, 5)).toEqual({ one: 0, two: 5 });
    const prices = createPriceList({
      ...{ date: '2026-11-22', source: 'test', currency: 'USD', per: '1,000,000 tokens' },
      models: { 'one/*': { input: 2, output: 8 }, 'two/*': { input: 1, output: 4 } },
    });
    expect(await tally(scene(two(), { choice: { by: 'price' } }, { prices }).gateway, 3)).toEqual({ one: 0, two: 3 });
    const [slow, fast] = two();
    slow.answer = () => new Promise((resolve) => setTimeout(() => resolve(completion('slow')), 30));
    const taken = await tally(scene([slow, fast], { choice: { by: 'latency' } }).gateway, 10);
    expect(taken.one).toBe(1);
  });
});
