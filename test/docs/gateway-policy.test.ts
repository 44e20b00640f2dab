import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BudgetRule, createKeyRing, type GatewayPolicy, type ModelInfo } from '#gateway';
import { silentLogger } from '#platform';
import { createEnvironmentSecrets } from '#platform/adapters/secrets/environment';
import { readPolicy } from '../../deploy/cell/model-gateway.ts';
import { readPrices } from '../../deploy/cell/prices.ts';
import { createPriceList } from '../../gateway/domain/price/price-list.ts';
import { ANTHROPIC_MODELS } from '../../gateway/models/anthropic.ts';
import { OPENAI_MODELS } from '../../gateway/models/openai.ts';
import { candidatesOf } from '../../gateway/use-cases/admission/candidates.ts';
import { budgetsWith } from '../unit/gateway/budget/setup.ts';

const page = await readFile(new URL('../../docs/gateway.md', import.meta.url), 'utf8');
const isPrices = (text: string) => text.startsWith('date:');
const texts = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text);
const blocks = texts.filter((text) => !isPrices(text));

let folder: string;
let policies: readonly { policy: GatewayPolicy; budgets: readonly BudgetRule[] }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaze-policies-'));
  const files = blocks.map((_, at) => join(folder, `${at}.yaml`));
  await Promise.all(files.map((file, at) => writeFile(file, blocks[at]!)));
  policies = await Promise.all(files.map(readPolicy));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('every policy on the page is taken, alone and all in one file', async () => {
  expect(policies).toHaveLength(5);
  const file = join(folder, 'all.yaml');
  await writeFile(file, blocks.join('\n'));
  const { policy, budgets } = await readPolicy(file);
  expect([policy.keys.length, policy.models.length, policy.limits.length, budgets.length]).toEqual([3, 2, 3, 6]);
  expect(policy).toMatchObject({
    choice: { by: 'learned' },
    hedging: { after: 'p95' },
    cache: { ttlMs: 3_600_000 },
    queue: { maxWaitMs: 10_000 },
  });
});

it('whose keys are used is as the page says', async () => {
  const env = {
    ANTHROPIC_API_KEY: 'studio-anthropic',
    OPENAI_API_KEY: 'studio-openai',
    KAZE_SECRET_TENANTS__ACME__PROVIDERS__ANTHROPIC: 'acme-anthropic',
    KAZE_SECRET_TENANTS__ACME__PROVIDERS__OPENAI: 'acme-openai',
    KAZE_SECRET_TENANTS__GLOBEX__PROVIDERS__ANTHROPIC: 'globex-anthropic',
  };
  const keys = createKeyRing({
    ...{ secrets: createEnvironmentSecrets({ env }), policy: policies[0]!.policy, logger: silentLogger },
  });
  const used = async (tenant: string, provider: string) =>
    (await keys.keysFor(provider, { tenant, agent: 'writer' })).map(({ credential }) => credential.value);
  expect(await used('acme', 'anthropic')).toEqual(['acme-anthropic', 'studio-anthropic']);
  expect(await used('acme', 'openai')).toEqual(['studio-openai']);
  expect(await used('globex', 'anthropic')).toEqual(['globex-anthropic']);
  expect(await used('globex', 'openai')).toEqual([]);
  expect(await used('initech', 'anthropic')).toEqual(['studio-anthropic']);
});

it('which models a call is tried with is as the page says', () => {
  const all: readonly ModelInfo[] = [...ANTHROPIC_MODELS, ...OPENAI_MODELS];
  const tried = (tenant: string, name: string) => {
    const model = all.find((one) => one.name === name)!;
    const attribution = { tenant, agent: 'writer', task: null, skillVersion: null, channel: null };
    const suitable = { groups: [[model]], named: true, suits: () => true };
    const deps = { policy: policies[1]!.policy, chooser: undefined, all, facts: { attribution } };
    return candidatesOf(suitable as never, deps as never).map((one) => `${one.provider}/${one.name}`);
  };
  const [claude, gpt] = ['anthropic/claude-sonnet-5', 'openai/gpt-5.6-terra'];
  expect(tried('acme', 'claude-sonnet-5')).toEqual([claude, gpt]);
  expect(tried('globex', 'claude-sonnet-5')).toEqual([claude]);
  expect(() => tried('globex', 'gpt-5.6-terra')).toThrow(/the policy denies it/);
  expect(() => tried('initech', 'claude-sonnet-5')).toThrow(/it is in us, and data must stay in eu/);
  expect(tried('initech', 'gpt-5.6-terra')).toEqual([gpt]);
});

it('prices of one’s own stand above those that come with Kaze, and a file that is wrong or away is refused', async () => {
  const file = join(folder, 'prices.yaml');
  await writeFile(file, texts.find(isPrices)!);
  const { prices, own } = await readPrices(file);
  const priceOf = (provider: string, name: string, day = '2026-11-23') =>
    prices.of({ provider, name }, Date.parse(day));
  const { input, source, date } = priceOf('anthropic', 'claude-sonnet-5-5')!;
  expect([input, date]).toEqual([1.8, '2026-11-23']);
  expect(source).toContain('our contract');
  expect(priceOf('openai', 'gpt-6-sol', '2026-11-30')?.long).toMatchObject({ input: 3.6 });
  expect(priceOf('openai', 'gpt-6-sol', '2026-12-01')).toMatchObject({ input: 1.5, from: '2026-12-01' });
  expect(priceOf('my-server', 'anything')?.output).toBe(0.4);
  expect(priceOf('openai', 'gpt-4.1')?.input).toBe(2);
  expect(own.map(({ name }) => name)).toEqual(['gpt-7-sol', 'large', 'claude-sonnet-5-5', 'gpt-6-sol']);
  const refusal = expect.objectContaining({ code: 'KAZE_PRICE_FILE_INVALID' });
  await expect(readPrices(join(folder, 'nothing.yaml'))).rejects.toEqual(refusal);
  await writeFile(file, 'date: today');
  await expect(readPrices(file)).rejects.toEqual(refusal);
});

it('budgets hold as in the worked example', async () => {
  // Output costs a thousandth of a dollar a token, so that the example's dollars are spent in a few calls.
  const price = { 'test/even': { input: 0, output: 1_000 } };
  const source = { date: '2026-11-22', source: 'test', currency: 'USD', per: '1,000,000 tokens' } as const;
  const prices = createPriceList({ ...source, models: price });
  const budgets = budgetsWith({ prices, rules: policies[4]!.budgets });
  const model = { provider: 'test', name: 'even', maxOutputTokens: 64_000 };
  const reserve = (path: readonly [string, string, string | null], dollars: number) =>
    budgets.reserve({
      attribution: { tenant: path[0], agent: path[1], task: path[2] },
      ...{ model, inputTokenBound: 0, outputTokensWanted: Math.round(dollars * 1_000) },
    });
  const spend = async (path: readonly [string, string, string | null], dollars: number) => {
    const held = await reserve(path, dollars);
    const none = { inputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
    await held.settle({ ...none, outputTokens: Math.round(dollars * 1_000) });
  };
  await spend(['acme', 'editor', null], 23.8);
  await spend(['acme', 'writer', null], 0.9);
  await spend(['acme', 'writer', 't1'], 0.1);
  const used = await budgets.status({ tenant: 'acme', agent: 'writer', task: 't1' });
  const hard = used.filter(({ account }) => account.mode === 'hard');
  expect(hard.map(({ account, settledMicros }) => [account.scope.level, account.maxMicros, settledMicros])).toEqual([
    ['cell', 400e6, 24.8e6],
    ['tenant', 25e6, 24.8e6],
    ['agent', 5e6, 1e6],
    ['task', 0.5e6, 0.1e6],
  ]);
  await expect(reserve(['acme', 'writer', 't1'], 0.25)).rejects.toMatchObject({
    ...{ code: 'KAZE_BUDGET_EXHAUSTED', status: 402, message: expect.stringContaining('tenant:acme') },
  });
  const open = await reserve(['acme', 'writer', null], 0.1);
  const waiting = reserve(['acme', 'writer', 't1'], 0.15);
  await expect.poll(() => budgets.waiting).toBe(1);
  await open.release();
  await (await waiting).release();
  await expect(reserve(['globex', 'writer', 't2'], 0.51)).rejects.toMatchObject({ code: 'KAZE_BUDGET_EXHAUSTED' });
  await spend(['globex', 'writer', null], 9.9);
  await expect(reserve(['globex', 'writer', null], 0.11)).rejects.toMatchObject({
    message: expect.stringContaining('tenant:globex'),
  });
  await budgets.close();
});
