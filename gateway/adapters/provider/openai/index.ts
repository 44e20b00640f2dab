/** OpenAI's models, the same on Azure, and every server that speaks OpenAI's interface, over OpenAI's own SDK. */
import type OpenAI from 'openai';
import type { Credential } from '../../../domain/credential.ts';
import type { ModelInfo } from '../../../domain/model.ts';
import { NO_USAGE } from '../../../domain/response.ts';
import { bytesOf } from '../../../domain/token-bound.ts';
import { withOwnModels } from '../../../models/offers.ts';
import { OPENAI_MODELS } from '../../../models/openai.ts';
import type { ModelProvider, ProviderCall } from '../../../ports/provider.ts';
import { openAiPassThrough } from '../pass-through/openai.ts';
import { HostedProvider, type Vendor } from '../translation/hosted-provider.ts';
import { LiveModels } from '../translation/live-models.ts';
import { type ProviderOptions, SDK_TIMEOUT_MS } from '../translation/options.ts';
import { upstreamFetch } from '../translation/upstream.ts';
import { eventsOfChunks, eventsOfCompletion } from './reply.ts';
import { type Dialect, IN_EVENTS, requestOf } from './request.ts';
import { FAILURES } from './tables.ts';

export interface CompatibleOptions extends ProviderOptions {
  /** Name of the provider: `vllm`, `together`. Its key is `providers/<name>/studio`. */
  readonly name: string;
  /** With its `/v1`. */
  readonly baseUrl: string;
  /** Default false: servers of one's own often take no key. */
  readonly needsCredential?: boolean;
  /** Assumed of models of which `own` says nothing else. Default 8,192. */
  readonly contextTokens?: number;
}

export function createOpenAiProvider(options: ProviderOptions = {}): ModelProvider {
  const models = withOwnModels(OPENAI_MODELS, { provider: 'openai', own: options.own });
  const dialect: Dialect = { outputLimit: 'max_completion_tokens', imageDetail: 'high' };
  return new HostedProvider({
    ...chat({ ...options, baseUrl: options.baseUrl ?? 'https://api.openai.com/v1', dialect }),
    ...{ name: 'openai', needsCredential: true, models: () => models },
  });
}

/** Any server that speaks OpenAI's interface; what it lists is asked of it and joined with `own`. */
export function createCompatibleProvider(options: CompatibleOptions): ModelProvider {
  const { name, baseUrl, needsCredential = false, contextTokens = 8_192 } = options;
  const usual = {
    ...{ offline: false, contextTokens, maxOutputTokens: Math.min(4_096, contextTokens) },
    capabilities: { chat: true, tools: true, vision: false, json: true, embeddings: false },
  };
  let connect: (() => Promise<OpenAI>) | undefined;
  const ask = async (signal: AbortSignal): Promise<readonly ModelInfo[]> => {
    const client = await connect?.();
    const page = await client?.models.list({ signal });
    return (page?.data ?? []).map(({ id }) => ({ ...usual, provider: name, name: id, tiers: ['balanced'] }));
  };
  const live = new LiveModels(ask, (listed) => withOwnModels(listed, { provider: name, own: options.own, usual }));
  return new HostedProvider({
    ...chat({ ...options, baseUrl, dialect: { outputLimit: 'max_tokens' } }),
    ...{ name, needsCredential },
    async models(client) {
      connect = client;
      return live.get();
    },
  });
}

type Spoken = Omit<Vendor<OpenAI>, 'name' | 'needsCredential' | 'models'>;

type ChatOptions = Pick<ProviderOptions, 'connectTimeoutMs'> & { baseUrl: string; dialect: Dialect };

function chat({ baseUrl, dialect, connectTimeoutMs }: ChatOptions): Spoken {
  return {
    failures: FAILURES,
    passThrough: { ...openAiPassThrough({ baseUrl, dialect }), connectTimeoutMs },
    connect: (credential) => connectTo({ baseUrl, connectTimeoutMs }, credential),
    async *complete(client, call, signal) {
      const request = { ...requestOf(call, dialect), model: deployedName(call) };
      yield* eventsOfCompletion(await client.chat.completions.create(request, { signal }));
    },
    async *stream(client, call, signal) {
      const request = { ...requestOf(call, dialect), model: deployedName(call), ...IN_EVENTS };
      yield* eventsOfChunks(await client.chat.completions.create(request, { signal }));
    },
    async embed(client, { texts, model, credential }, signal) {
      // Said outright: the SDK would ask for base64, which compatible servers do not all give.
      const deployed = deployedName({ model, credential });
      const body = { model: deployed, input: [...texts], encoding_format: 'float' as const };
      const { data, usage } = await client.embeddings.create(body, { signal });
      const vectors = [...data].sort((a, b) => a.index - b.index).map(({ embedding }) => Float32Array.from(embedding));
      const counted = usage ? { inputTokens: usage.prompt_tokens } : estimated(texts);
      return { model: model.name, dimensions: vectors[0]?.length ?? 0, vectors, usage: { ...NO_USAGE, ...counted } };
    },
  };
}

/** What the model is called where the key leads: Azure knows deployments only. */
function deployedName({ model, credential }: Pick<ProviderCall, 'model' | 'credential'>): string {
  return credential?.azure?.deployments?.[model.name] ?? model.name;
}

function estimated(texts: readonly string[]) {
  return { inputTokens: texts.reduce((sum, text) => sum + bytesOf(text), 0), estimated: true };
}

async function connectTo(
  { baseUrl, connectTimeoutMs }: Omit<ChatOptions, 'dialect'>,
  credential: Credential | null,
): Promise<OpenAI> {
  const { default: Client, AzureOpenAI } = await import('openai');
  const { value, organisation = null, project = null, azure } = credential ?? {};
  const shared = {
    // The SDK wants one, also for servers that take none.
    ...{ apiKey: value ?? 'none', organization: organisation, project, maxRetries: 0 },
    ...{ timeout: SDK_TIMEOUT_MS, logLevel: 'off' as const, fetch: upstreamFetch({ connectTimeoutMs }) },
  };
  const address = credential?.baseUrl ?? baseUrl;
  if (!azure?.apiVersion) return new Client({ ...shared, baseURL: address });
  return new AzureOpenAI({ ...shared, endpoint: address, baseURL: null as never, apiVersion: azure.apiVersion });
}
