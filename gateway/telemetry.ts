/**
 * One span an attempt, named and attributed as OpenTelemetry's conventions for generative AI have it, without a word of
 * what was said (https://github.com/open-telemetry/semantic-conventions-genai, docs/gen-ai/gen-ai-spans.md, read on
 * 2026-11-23).
 */
import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Credential } from './domain/credential.ts';
import type { ModelInfo } from './domain/model.ts';
import type { Attribution, CallLimits, CompleteRequest } from './domain/request.ts';
import type { StopReason, Usage } from './domain/response.ts';

export type Operation = 'chat' | 'embeddings';

/** What a span tells of a call. */
export interface TracedCall {
  readonly operation: Operation;
  readonly attribution: Attribution;
  readonly streamed: boolean;
  /** More of it, in the words of the conventions; asked only where somebody listens. */
  readonly traced?: () => Attributes;
}

/** Made once; it passes on to whatever provider is registered, also later. */
const tracer = trace.getTracer('kaze.gateway');

/** The conventions' names of providers that are called otherwise here. */
const PROVIDERS: Readonly<Record<string, string>> = { google: 'gcp.gemini' };

export function providerName(provider: string, onAzure: boolean): string {
  return onAzure ? 'azure.ai.openai' : (PROVIDERS[provider] ?? provider);
}

export function startSpan(
  { operation, attribution, streamed, traced }: TracedCall,
  model: ModelInfo,
  sent: { readonly credential: Credential | null; readonly outputTokens: number },
): Span {
  const span = tracer.startSpan(`${operation} ${model.name}`, {
    kind: model.offline ? SpanKind.INTERNAL : SpanKind.CLIENT,
    // Samplers decide by these.
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': providerName(model.provider, sent.credential?.azure !== undefined),
      'gen_ai.request.model': model.name,
    },
  });
  if (!span.isRecording()) return span;
  span.setAttributes({
    ...{ 'kaze.tenant': attribution.tenant, 'kaze.agent': attribution.agent },
    ...(attribution.task === null ? {} : { 'kaze.task': attribution.task }),
    ...(attribution.skillVersion === null ? {} : { 'kaze.skill_version': attribution.skillVersion }),
    ...(streamed ? { 'gen_ai.request.stream': true } : {}),
    ...(operation === 'chat' ? { 'gen_ai.request.max_tokens': sent.outputTokens } : {}),
    ...traced?.(),
  });
  return span;
}

/** Of a request, what the conventions name and nobody said in words: stop sequences stay out. */
export function requestAttributes({ limits = {}, responseSchema }: CompleteRequest): Attributes {
  const said: Attributes = {};
  for (const [name, attribute] of Object.entries(SAMPLING)) {
    const value = limits[name as keyof typeof SAMPLING];
    if (value !== undefined) said[attribute] = value;
  }
  if (responseSchema) said['gen_ai.output.type'] = 'json';
  return said;
}

const SAMPLING = {
  temperature: 'gen_ai.request.temperature',
  topP: 'gen_ai.request.top_p',
  topK: 'gen_ai.request.top_k',
  frequencyPenalty: 'gen_ai.request.frequency_penalty',
  presencePenalty: 'gen_ai.request.presence_penalty',
  seed: 'gen_ai.request.seed',
} as const satisfies Partial<Record<keyof CallLimits, string>>;

/** As the conventions' schema of messages names them. */
const FINISH: Readonly<Record<StopReason, string>> = {
  end: 'stop',
  'unknown-answer': 'stop',
  'tool-calls': 'tool_call',
  length: 'length',
  'content-filter': 'content_filter',
};

export function endSpan(
  span: Span,
  ended: {
    readonly model: ModelInfo;
    readonly usage: Usage;
    readonly stopReason?: StopReason;
    readonly errorCode: string | null;
    readonly firstTokenMs: number | null;
  },
): void {
  if (!span.isRecording()) return;
  const { model, usage, stopReason, errorCode, firstTokenMs } = ended;
  const { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = usage;
  span.setAttributes({
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    ...(cachedTokens > 0 ? { 'gen_ai.usage.cache_read.input_tokens': cachedTokens } : {}),
    ...(cacheWriteTokens > 0 ? { 'gen_ai.usage.cache_creation.input_tokens': cacheWriteTokens } : {}),
    ...(reasoningTokens > 0 ? { 'gen_ai.usage.reasoning.output_tokens': reasoningTokens } : {}),
    ...(firstTokenMs === null ? {} : { 'gen_ai.response.time_to_first_chunk': firstTokenMs / 1_000 }),
    ...(stopReason ? { 'gen_ai.response.finish_reasons': [FINISH[stopReason]] } : {}),
    ...(errorCode === null ? { 'gen_ai.response.model': model.name } : { 'error.type': errorCode }),
  });
  if (errorCode !== null) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
