import type { ModelInfo } from '../domain/model.ts';

/** Anthropic's models, from platform.claude.com/docs/en/models, read on 2026-11-22. Best of a level first. */
const CAPABILITIES = { chat: true, tools: true, vision: true, json: true, embeddings: false, reasoning: true };

function claude(name: string, more: Pick<ModelInfo, 'tiers'> & Partial<ModelInfo>): ModelInfo {
  return {
    ...{ provider: 'anthropic', name, offline: false, contextTokens: 1_000_000, maxOutputTokens: 128_000 },
    // The current interface has no temperature any more.
    capabilities: { ...CAPABILITIES, temperature: false },
    ...more,
  };
}

export const ANTHROPIC_MODELS: readonly ModelInfo[] = [
  claude('claude-sonnet-5-5', { tiers: ['balanced'] }),
  claude('claude-opus-5-5', { tiers: ['best'] }),
  claude('claude-haiku-5-5', { tiers: ['fast'] }),
  claude('claude-fable-5-1', { tiers: [] }),
  claude('claude-opus-5', { tiers: [] }),
  claude('claude-sonnet-5', { tiers: [] }),
  claude('claude-haiku-4-5', { tiers: [], contextTokens: 200_000, maxOutputTokens: 64_000 }),
  claude('claude-sonnet-4-5', {
    ...{ tiers: [], contextTokens: 200_000, maxOutputTokens: 64_000 },
    deprecatedOn: '2026-11-30',
  }),
];
