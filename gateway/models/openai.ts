import type { ModelInfo } from '../domain/model.ts';

/**
 * OpenAI's models, from developers.openai.com/api/docs/models, read on 2026-11-22; those since 6 by their pages there of
 * 2026-11-23 and litellm 1.109.1. Best of a level first.
 */
const CAPABILITIES = { chat: true, tools: true, vision: true, json: true, embeddings: false };
/** Which of them take stop sequences goes by no rule (5.4 refuses them, its mini takes them): none is sent any. */
const THINKING = { ...CAPABILITIES, reasoning: true, temperature: false, penalties: false, stop: false };
/**
 * Chat Completions refuses tools together with thoughts since 5.4. From 5.6 on a model thinks when nothing is said, so
 * that `none` has to be (https://github.com/BerriAI/litellm/pull/34569); some of 6 take no `none`, and so no tools here.
 */
const UNSAID = { ...THINKING, effortWithTools: 'unsaid' } as const;
const NONE = { ...THINKING, effortWithTools: 'none' } as const;
const NO_TOOLS = { ...THINKING, tools: false };
const LONG = { tiers: [], contextTokens: 1_050_000 };

function gpt(name: string, more: Pick<ModelInfo, 'tiers'> & Partial<ModelInfo>): ModelInfo {
  return {
    ...{ provider: 'openai', name, offline: false, contextTokens: 400_000, maxOutputTokens: 128_000 },
    capabilities: THINKING,
    ...more,
  };
}

function embedding(name: string, dimensions: number): ModelInfo {
  return {
    ...{ provider: 'openai', name, tiers: [], offline: false, contextTokens: 8_192, maxOutputTokens: 0, dimensions },
    capabilities: { chat: false, tools: false, vision: false, json: false, embeddings: true },
  };
}

export const OPENAI_MODELS: readonly ModelInfo[] = [
  gpt('gpt-5.6-terra', { ...LONG, tiers: ['balanced'], capabilities: NONE }),
  gpt('gpt-5.6-sol', { ...LONG, tiers: ['best'], capabilities: NONE }),
  gpt('gpt-5.6-luna', { ...LONG, tiers: ['fast'], capabilities: NONE }),
  gpt('gpt-6.1-sol', { ...LONG, capabilities: NO_TOOLS }),
  gpt('gpt-6.1-terra', { ...LONG, capabilities: NONE }),
  gpt('gpt-6-astra', { ...LONG, capabilities: NO_TOOLS }),
  gpt('gpt-6-sol', { ...LONG, capabilities: NONE }),
  gpt('gpt-6-luna', { ...LONG, capabilities: NONE }),
  gpt('gpt-5.5', { ...LONG, capabilities: UNSAID }),
  gpt('gpt-5.4', { ...LONG, capabilities: UNSAID }),
  gpt('gpt-5.4-mini', { tiers: [], capabilities: UNSAID }),
  gpt('gpt-5.4-nano', { tiers: [], capabilities: UNSAID }),
  gpt('gpt-5-mini', { tiers: [] }),
  gpt('gpt-4.1', { tiers: [], contextTokens: 1_047_576, maxOutputTokens: 32_768, capabilities: CAPABILITIES }),
  gpt('gpt-4.1-mini', { tiers: [], contextTokens: 1_047_576, maxOutputTokens: 32_768, capabilities: CAPABILITIES }),
  gpt('gpt-4o-mini', {
    ...{ tiers: [], contextTokens: 128_000, maxOutputTokens: 16_384, capabilities: CAPABILITIES },
    // 2,833 and 5,667 for each of at most eight tiles.
    imageTokens: 48_169,
  }),
  embedding('text-embedding-3-small', 1_536),
  embedding('text-embedding-3-large', 3_072),
];
