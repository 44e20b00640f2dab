import type { ModelInfo } from '../domain/model.ts';

/** Google's models, from ai.google.dev/gemini-api/docs/models and /deprecations, read on 2026-11-22. */
const CAPABILITIES = { chat: true, tools: true, vision: true, json: true, embeddings: false, reasoning: true };
/** `Penalty is not enabled for this model`, since 2.5. */
const CHAT = { ...CAPABILITIES, penalties: false };

function gemini(name: string, more: Pick<ModelInfo, 'tiers'> & Partial<ModelInfo>): ModelInfo {
  return {
    ...{ provider: 'google', name, offline: false, contextTokens: 1_048_576, maxOutputTokens: 65_536 },
    capabilities: CHAT,
    ...more,
  };
}

function embedding(name: string, contextTokens: number): ModelInfo {
  return {
    ...{ provider: 'google', name, tiers: [], offline: false, contextTokens, maxOutputTokens: 0, dimensions: 3_072 },
    capabilities: { chat: false, tools: false, vision: false, json: false, embeddings: true },
  };
}

export const GOOGLE_MODELS: readonly ModelInfo[] = [
  gemini('gemini-3.8-flash', { tiers: ['balanced'] }),
  gemini('gemini-3.1-pro-preview', { tiers: ['best'] }),
  gemini('gemini-3.5-flash-lite', { tiers: ['fast'] }),
  gemini('gemini-3.7-flash', { tiers: [] }),
  gemini('gemini-3.6-flash', { tiers: [] }),
  gemini('gemini-3.1-flash-lite', { tiers: [], deprecatedOn: '2027-05-07' }),
  embedding('gemini-embedding-001', 2_048),
  embedding('gemini-embedding-2', 8_192),
];
