import { NO_USAGE } from '#gateway';
import { createAnthropicProvider } from '#gateway/adapters/provider/anthropic';
import { createGoogleProvider } from '#gateway/adapters/provider/google';
import { createOfflineProvider } from '#gateway/adapters/provider/offline';
import { createOllamaProvider } from '#gateway/adapters/provider/ollama';
import { createCompatibleProvider, createOpenAiProvider } from '#gateway/adapters/provider/openai';
import { anthropicWire } from '../../support/models/wires/anthropic.ts';
import { googleWire } from '../../support/models/wires/google.ts';
import { ollamaWire } from '../../support/models/wires/ollama.ts';
import { openAiWire } from '../../support/models/wires/openai.ts';
import { aimockContract } from './aimock.ts';
import { hostedAnswers } from './hosted-answers.ts';
import { hostedFaults } from './hosted-faults.ts';
import { hostedStreams } from './hosted-streams.ts';
import type { HostedSubject } from './hosted-test.ts';
import { providerContract } from './suite.ts';

providerContract('offline', () => createOfflineProvider());

function hostedAlone(subject: HostedSubject): void {
  hostedAnswers(subject);
  hostedFaults(subject);
  hostedStreams(subject);
}

function hostedContract(subject: HostedSubject, createForAimock = subject.create): void {
  hostedAlone(subject);
  aimockContract({ ...subject, create: createForAimock });
}

const EVERY_KIND = { inputTokens: 100, outputTokens: 40, cachedTokens: 60, cacheWriteTokens: 10, reasoningTokens: 15 };
const shared = { filtered: 'KAZE_MODEL_CONTENT_FILTERED', retryAfterMs: null, withholds: true };

hostedContract({
  ...shared,
  wire: anthropicWire,
  streamsArguments: true,
  create: (baseUrl) => createAnthropicProvider({ baseUrl }),
  model: 'claude-sonnet-5-5',
  embeddingModel: null,
  toldUsage: EVERY_KIND,
  signsReasoning: true,
  countsTokens: true,
});

const openAi: HostedSubject = {
  ...shared,
  wire: openAiWire,
  streamsArguments: true,
  create: (baseUrl) => createOpenAiProvider({ baseUrl }),
  model: 'gpt-5.6-terra',
  embeddingModel: 'text-embedding-3-small',
  toldUsage: EVERY_KIND,
  signsReasoning: false,
  countsTokens: false,
};
hostedContract(openAi);

hostedAlone({
  ...openAi,
  title: 'openai on Azure',
  credential: { azure: { apiVersion: '2026-08-01', deployments: { 'gpt-5.6-terra': 'terra-eu' } } },
});

const capabilities = { vision: true, embeddings: true };
hostedAlone({
  ...openAi,
  title: 'compatible with OpenAI',
  create: (baseUrl) =>
    createCompatibleProvider({
      ...{ name: 'openai', baseUrl },
      own: [{ provider: 'openai', name: 'local-1', facts: { capabilities } }],
    }),
  model: 'local-1',
  embeddingModel: 'local-1',
});

hostedContract({
  ...shared,
  wire: googleWire,
  streamsArguments: false,
  create: (baseUrl) => createGoogleProvider({ baseUrl }),
  model: 'gemini-3.8-flash',
  embeddingModel: 'gemini-embedding-001',
  toldUsage: { ...EVERY_KIND, cacheWriteTokens: 0 },
  signsReasoning: true,
  countsTokens: true,
  retryAfterMs: 7_000,
});

const ollama: HostedSubject = {
  ...shared,
  wire: ollamaWire,
  streamsArguments: false,
  create: (baseUrl) => createOllamaProvider({ baseUrl }),
  model: 'llama3.2:3b',
  embeddingModel: 'nomic-embed-text',
  toldUsage: { ...NO_USAGE, inputTokens: 100, outputTokens: 40 },
  signsReasoning: false,
  countsTokens: false,
  // Ollama has no filter: such a request is one that it refuses.
  filtered: 'KAZE_MODEL_BAD_REQUEST',
  withholds: false,
};
hostedContract(ollama, (baseUrl) => {
  // aimock lists no models of Ollama.
  const capabilities = { chat: true, tools: true, vision: false, json: true, embeddings: false };
  const facts = { contextTokens: 8_192, maxOutputTokens: 1_024, capabilities };
  return createOllamaProvider({ baseUrl, own: [{ provider: 'ollama', name: ollama.model, facts }] });
});
