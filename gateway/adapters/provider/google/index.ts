/** Google's models, over its own SDK. */
import type { Content, GoogleGenAI } from '@google/genai';
import { textOf } from '../../../domain/messages.ts';
import { NO_USAGE } from '../../../domain/response.ts';
import { bytesOf } from '../../../domain/token-bound.ts';
import { GOOGLE_MODELS } from '../../../models/google.ts';
import { withOwnModels } from '../../../models/offers.ts';
import type { ModelProvider, ProviderCall } from '../../../ports/provider.ts';
import { coded } from '../translation/failures.ts';
import { HostedProvider, type Vendor } from '../translation/hosted-provider.ts';
import type { ProviderOptions } from '../translation/options.ts';
import { upstreamFetch } from '../translation/upstream.ts';
import { GoogleReply } from './reply.ts';
import { contentsOf, requestOf } from './request.ts';
import { FAILURES } from './tables.ts';

export function createGoogleProvider(options: ProviderOptions = {}): ModelProvider {
  return new HostedProvider(google(options));
}

function google(options: ProviderOptions): Vendor<GoogleGenAI> {
  const models = withOwnModels(GOOGLE_MODELS, { provider: 'google', own: options.own });
  return {
    name: 'google',
    needsCredential: true,
    failures: FAILURES,
    async connect(credential) {
      const { GoogleGenAI: Client } = await import('@google/genai');
      const baseUrl = credential?.baseUrl ?? options.baseUrl ?? 'https://generativelanguage.googleapis.com';
      return new Client({
        vertexai: false,
        apiKey: credential?.value,
        httpOptions: { baseUrl, fetch: upstreamFetch(options) },
      });
    },
    models: () => models,
    async *complete(client, call, signal) {
      yield* replyTo(call).events(await client.models.generateContent(requestOf(call, signal)));
    },
    async *stream(client, call, signal) {
      const reply = replyTo(call);
      for await (const chunk of await client.models.generateContentStream(requestOf(call, signal))) {
        yield* reply.events(chunk);
      }
    },
    async embed(client, { texts, model }, signal) {
      const { embeddings = [] } = await client.models.embedContent({
        ...{ model: model.name, contents: [...texts], config: { abortSignal: signal } },
      });
      const vectors = embeddings.map(({ values = [] }) => Float32Array.from(values));
      // Google does not say what it counted.
      const inputTokens = texts.reduce((sum, text) => sum + bytesOf(text), 0);
      const usage = { ...NO_USAGE, inputTokens, estimated: true };
      return { model: model.name, dimensions: vectors[0]?.length ?? 0, vectors, usage };
    },
    async countTokens(client, call, signal) {
      const { model, name } = { model: call.model.name, name: call.model.name };
      const { totalTokens } = await client.models.countTokens({
        ...{ model, contents: countedOf(call), config: { abortSignal: signal } },
      });
      if (totalTokens === undefined) throw coded('KAZE_MODEL_BAD_ANSWER', contextOf(call), { reason: 'no-count' });
      return { tokens: totalTokens, model: name, exact: isPlain(call) };
    },
  };
}

function replyTo(call: ProviderCall): GoogleReply {
  return new GoogleReply((code, reason) => coded(code, contextOf(call), { reason }));
}

function contextOf({ model, credential }: ProviderCall) {
  return { provider: 'google', model, keyId: credential?.keyId };
}

/** The counter takes contents only, so instructions and tools are counted as if they had been said. */
function countedOf(call: ProviderCall): Content[] {
  const { messages, tools, responseSchema } = call;
  const system = messages.filter(({ role }) => role === 'system').map(textOf);
  const beside = [...system, ...(tools ?? []).map((tool) => JSON.stringify(tool))];
  if (responseSchema) beside.push(JSON.stringify(responseSchema.schema));
  const said: Content[] = beside.map((text) => ({ role: 'user', parts: [{ text }] }));
  return [...said, ...contentsOf(messages)];
}

function isPlain({ messages, tools = [], responseSchema }: ProviderCall): boolean {
  return tools.length === 0 && !responseSchema && messages.every(({ role }) => role !== 'system');
}
