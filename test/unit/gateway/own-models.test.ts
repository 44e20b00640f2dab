import { describe, expect, it } from 'vitest';
import { defaultPriceList, ownModels, parsePriceFile } from '#gateway';
import { createAnthropicProvider } from '#gateway/adapters/provider/anthropic';
import { createCompatibleProvider } from '#gateway/adapters/provider/openai';
import { ANTHROPIC_MODELS } from '../../../gateway/models/anthropic.ts';
import { OPENAI_MODELS } from '../../../gateway/models/openai.ts';

const KEY = { keyId: 'studio', value: 'secret' };

function declared(lines: { models?: Record<string, unknown>; offer?: Record<string, unknown> }) {
  const file = { date: '2026-11-23', source: 'test', models: {}, ...lines };
  return ownModels(parsePriceFile(JSON.stringify(file), 'own.yaml'), 'own.yaml');
}
const price = { input: 1, output: 2 };

describe('models of one’s own', () => {
  it('are offered for a price alone, as the first model of their vendor and for no level', async () => {
    const own = declared({
      models: { 'anthropic/claude-next': price, 'anthropic/*': price, 'openai/gpt-next': price },
    });
    const models = await createAnthropicProvider({ own }).models(KEY);
    const { tiers: _, ...first } = ANTHROPIC_MODELS[0]!;
    expect(models[0]).toEqual({ ...first, name: 'claude-next', tiers: [] });
    expect(models.slice(1)).toEqual(ANTHROPIC_MODELS);
  });

  it('are what is said of them, and else as the model that they are like', async () => {
    const facts = {
      like: 'claude-haiku-4-5',
      tiers: ['fast'],
      maxOutputTokens: 1_000,
      capabilities: { vision: false },
    };
    const [next] = await createAnthropicProvider({
      own: declared({ offer: { 'anthropic/claude-next': facts } }),
    }).models(KEY);
    const haiku = ANTHROPIC_MODELS.find(({ name }) => name === 'claude-haiku-4-5')!;
    expect(next).toEqual({
      ...{ ...haiku, name: 'claude-next', tiers: ['fast'], maxOutputTokens: 1_000 },
      capabilities: { ...haiku.capabilities, vision: false },
    });
  });

  it('correct a model that Kaze knows, which a price alone leaves as it is', async () => {
    const offer = { 'anthropic/claude-opus-5': { contextTokens: 2_000_000 } };
    const own = declared({ models: { 'anthropic/claude-sonnet-5-5': price }, offer });
    const models = await createAnthropicProvider({ own }).models(KEY);
    const corrected = ANTHROPIC_MODELS.map((model) =>
      model.name === 'claude-opus-5' ? { ...model, contextTokens: 2_000_000 } : model,
    );
    expect(models).toEqual(corrected);
  });

  it('are there also of a server that lists none', async () => {
    const own = declared({ models: { 'mine/small': price }, offer: { 'mine/large': { contextTokens: 200_000 } } });
    // Nothing listens there.
    const models = await createCompatibleProvider({ name: 'mine', baseUrl: 'http://127.0.0.1:1/v1', own }).models(null);
    expect(models.map(({ name, contextTokens, tiers }) => [name, contextTokens, tiers])).toEqual([
      ['large', 200_000, []],
      ['small', 8_192, []],
    ]);
  });

  it('may be like none that Kaze does not know', () => {
    const offer = {
      'openai/gpt-next': { like: 'gpt-unheard-of' },
      'openai/gpt-other': { like: OPENAI_MODELS[0]!.name },
    };
    expect(() => declared({ offer })).toThrow(
      expect.objectContaining({
        code: 'KAZE_PRICE_FILE_INVALID',
        message: expect.stringContaining('offer.openai/gpt-next.like: Kaze knows no model gpt-unheard-of'),
      }),
    );
  });

  it('have no price by being declared', () => {
    const file = { date: '2026-11-23', source: 'test', models: {}, offer: { 'openai/gpt-next': {} } };
    const list = defaultPriceList(parsePriceFile(JSON.stringify(file), 'own.yaml'));
    expect(list.of({ provider: 'openai', name: 'gpt-next' }, 0)).toBeUndefined();
  });
});
