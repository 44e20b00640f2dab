/** One span a call, named and attributed as OpenTelemetry's conventions for generative AI have it (no prompt text). */
import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { fullName, type ModelInfo } from './domain/model.ts';
import type { Attribution } from './domain/request.ts';
import type { StopReason, Usage } from './domain/response.ts';

export type Operation = 'chat' | 'embeddings';

/** Made once; it passes on to whatever provider is registered, also later. */
const tracer = trace.getTracer('kaze.gateway');

export function startSpan(operation: Operation, model: ModelInfo, attribution: Attribution): Span {
  const attributes: Attributes = {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': model.provider,
    'gen_ai.request.model': fullName(model),
    'gen_ai.response.model': model.name,
    'kaze.tenant': attribution.tenant,
    'kaze.agent': attribution.agent,
  };
  if (attribution.task !== null) attributes['kaze.task'] = attribution.task;
  if (attribution.skillVersion !== null) attributes['kaze.skill_version'] = attribution.skillVersion;
  return tracer.startSpan(`${operation} ${model.name}`, { kind: SpanKind.CLIENT, attributes });
}

export function endSpan(span: Span, ended: { usage: Usage; stopReason?: StopReason; errorCode: string | null }): void {
  if (!span.isRecording()) return;
  span.setAttributes({
    'gen_ai.usage.input_tokens': ended.usage.inputTokens,
    'gen_ai.usage.output_tokens': ended.usage.outputTokens,
  });
  if (ended.stopReason) span.setAttribute('gen_ai.response.finish_reasons', [ended.stopReason]);
  if (ended.errorCode !== null) {
    span.setAttribute('error.type', ended.errorCode);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
