/** Models that run on a machine of one's own under Ollama, over its own SDK. */
import { randomUUID } from 'node:crypto';
import type { ChatResponse, Ollama } from 'ollama';
import type { ModelInfo } from '../../../domain/model.ts';
import { NO_USAGE } from '../../../domain/response.ts';
import { withOwnModels } from '../../../models/offers.ts';
import type { ModelProvider } from '../../../ports/provider.ts';
import { HostedProvider, type Vendor } from '../translation/hosted-provider.ts';
import { LiveModels } from '../translation/live-models.ts';
import type { ProviderOptions } from '../translation/options.ts';
import type { ReplyEvent } from '../translation/reply.ts';
import { upstreamFetch } from '../translation/upstream.ts';
import { checkedLines } from './lines.ts';
import { requestOf } from './request.ts';
import { FAILURES, STOP_REASONS, usageOf } from './tables.ts';

/** Makes a client for one call: Ollama's SDK takes no signal of its own. */
export type Connect = (signal: AbortSignal) => Ollama;

/** `own` joins and corrects what the server lists. */
export function createOllamaProvider(options: ProviderOptions = {}): ModelProvider {
  return new HostedProvider(ollama(options));
}

function ollama(options: ProviderOptions): Vendor<Connect> {
  let connect: (() => Promise<Connect>) | undefined;
  const live = new LiveModels(
    async (signal) => listed(await connect?.(), signal),
    (models) => withOwnModels(models, { provider: 'ollama', own: options.own, usual: infoOf('', {}) }),
  );
  return {
    name: 'ollama',
    needsCredential: false,
    failures: FAILURES,
    async connect(credential) {
      const { Ollama: Client } = await import('ollama');
      const host = credential?.baseUrl ?? options.baseUrl ?? 'http://127.0.0.1:11434';
      const headers = credential ? { authorization: `Bearer ${credential.value}` } : undefined;
      return (signal) =>
        new Client({ host, fetch: checkedFetch({ ...options, signal }), ...(headers ? { headers } : {}) });
    },
    async models(client) {
      connect = client;
      return live.get();
    },
    async *complete(client, call, signal) {
      const response = await client(signal).chat({ ...requestOf(call), stream: false });
      yield* new OllamaReply().events(response);
    },
    async *stream(client, call, signal) {
      const reply = new OllamaReply();
      for await (const chunk of await client(signal).chat({ ...requestOf(call), stream: true })) {
        yield* reply.events(chunk);
      }
    },
    async embed(client, { texts, model }, signal) {
      const { embeddings, prompt_eval_count } = await client(signal).embed({
        ...{ model: model.name, input: [...texts], truncate: false },
      });
      const vectors = embeddings.map((values) => Float32Array.from(values));
      const usage = { ...NO_USAGE, inputTokens: prompt_eval_count ?? 0 };
      return { model: model.name, dimensions: vectors[0]?.length ?? 0, vectors, usage };
    },
  };
}

function checkedFetch(options: Parameters<typeof upstreamFetch>[0]): typeof fetch {
  const upstream = upstreamFetch(options);
  return async (input, init) => {
    const response = await upstream(input, init);
    const streamed = response.headers.get('content-type')?.includes('ndjson') ?? false;
    return streamed && response.body ? new Response(checkedLines(response.body), response) : response;
  };
}

class OllamaReply {
  private calls = 0;

  *events(chunk: ChatResponse): Generator<ReplyEvent> {
    const { message, done, done_reason } = chunk;
    if (message?.thinking) yield { type: 'reasoning', text: message.thinking };
    if (message?.content) yield { type: 'text', text: message.content };
    for (const { function: called } of message?.tool_calls ?? []) {
      const key = this.calls;
      this.calls += 1;
      // Ollama's calls have no id; results are told apart by their tool and order.
      yield { type: 'tool-start', key, id: `call_${randomUUID()}`, name: called.name };
      yield { type: 'tool-value', key, value: called.arguments };
      yield { type: 'tool-end', key };
    }
    if (!done) return;
    yield { type: 'usage', usage: usageOf(chunk) };
    const reason = STOP_REASONS[done_reason] ?? 'end';
    yield { type: 'stop', reason: reason === 'end' && this.calls > 0 ? 'tool-calls' : reason };
  }
}

const MAX_LISTED = 100;

/** What the server has, each with what it says it can do. */
async function listed(connect: Connect | undefined, signal: AbortSignal): Promise<ModelInfo[]> {
  if (!connect) return [];
  const client = connect(signal);
  const { models } = await client.list();
  return Promise.all(
    models.slice(0, MAX_LISTED).map(async ({ name }) => infoOf(name, await client.show({ model: name }))),
  );
}

function infoOf(name: string, shown: { capabilities?: readonly string[]; model_info?: unknown }): ModelInfo {
  const can = new Set(shown.capabilities ?? ['completion']);
  const facts = Object.entries((shown.model_info ?? {}) as Record<string, unknown>);
  const length = facts.find(([key]) => key.endsWith('.context_length'))?.[1];
  const dimensions = facts.find(([key]) => key.endsWith('.embedding_length'))?.[1];
  // The whole context of a large model would not fit into the memory of most machines.
  const contextTokens = Math.min(typeof length === 'number' ? length : 4_096, 32_768);
  const embeddings = can.has('embedding');
  return {
    ...{ provider: 'ollama', name, tiers: embeddings ? [] : ['balanced'], offline: false, contextTokens },
    maxOutputTokens: embeddings ? 0 : Math.min(8_192, contextTokens),
    capabilities: {
      ...{ chat: can.has('completion'), tools: can.has('tools'), vision: can.has('vision') },
      ...{ json: can.has('completion'), embeddings, reasoning: can.has('thinking'), showsThoughts: true },
    },
    ...(embeddings && typeof dimensions === 'number' ? { dimensions } : {}),
  };
}
