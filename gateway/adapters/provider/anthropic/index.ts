/** Anthropic's models, over its own SDK. */
import type Anthropic from '@anthropic-ai/sdk';
import { modelError } from '../../../errors.ts';
import { ANTHROPIC_MODELS } from '../../../models/anthropic.ts';
import { withOwnModels } from '../../../models/offers.ts';
import type { ModelProvider, ProviderCall } from '../../../ports/provider.ts';
import { anthropicPassThrough } from '../pass-through/anthropic.ts';
import { HostedProvider, type Vendor } from '../translation/hosted-provider.ts';
import type { ProviderOptions } from '../translation/options.ts';
import { SDK_TIMEOUT_MS } from '../translation/options.ts';
import { upstreamFetch } from '../translation/upstream.ts';
import { eventsOfMessage, eventsOfStream } from './reply.ts';
import { requestOf } from './request.ts';
import { FAILURES } from './tables.ts';

const ADDRESS = 'https://api.anthropic.com';

export function createAnthropicProvider(options: ProviderOptions = {}): ModelProvider {
  return new HostedProvider(anthropic(options));
}

function anthropic(options: ProviderOptions): Vendor<Anthropic> {
  const models = withOwnModels(ANTHROPIC_MODELS, { provider: 'anthropic', own: options.own });
  return {
    name: 'anthropic',
    needsCredential: true,
    failures: FAILURES,
    passThrough: {
      ...anthropicPassThrough({ baseUrl: options.baseUrl ?? ADDRESS }),
      connectTimeoutMs: options.connectTimeoutMs,
    },
    async connect(credential) {
      const { default: Client } = await import('@anthropic-ai/sdk');
      return new Client({
        apiKey: credential?.value ?? null,
        // Else the SDK would look into the environment.
        authToken: null,
        baseURL: credential?.baseUrl ?? options.baseUrl ?? ADDRESS,
        maxRetries: 0,
        timeout: SDK_TIMEOUT_MS,
        logLevel: 'off',
        fetch: upstreamFetch(options),
      });
    },
    models: () => models,
    async *complete(client, call, signal) {
      yield* eventsOfMessage(await client.messages.create(requestOf(call), { signal }));
    },
    async *stream(client, call, signal) {
      yield* eventsOfStream(await client.messages.create({ ...requestOf(call), stream: true }, { signal }));
    },
    async embed(_client, { model }) {
      throw modelError('KAZE_MODEL_NONE_SUITABLE', `Anthropic has no embeddings, asked for ${model.name}`);
    },
    async countTokens(client, call, signal) {
      const { input_tokens } = await client.messages.countTokens(countedOf(call), { signal });
      return { tokens: input_tokens, model: call.model.name, exact: true };
    },
  };
}

function countedOf(call: ProviderCall): Anthropic.MessageCountTokensParams {
  const { max_tokens: _, ...counted } = requestOf(call);
  const { model, messages, system, tools, tool_choice, thinking, output_config } = counted;
  return {
    ...{ model, messages },
    ...(system ? { system } : {}),
    ...(tools ? { tools, tool_choice } : {}),
    ...(thinking ? { thinking } : {}),
    ...(output_config ? { output_config } : {}),
  };
}
