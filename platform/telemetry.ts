/**
 * Spans. They go through OpenTelemetry's API alone and cost next to nothing until a composition root registers an
 * exporter (`#platform/adapters/telemetry/otlp`).
 */
import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { isKazeError } from './errors.ts';
import { redact } from './logging.ts';

export type { Attributes, Span } from '@opentelemetry/api';

/**
 * Runs the work inside a span, which is the parent of every span begun within. What it throws is marked on the span by
 * its code and passed on.
 *
 * @param name `kaze.<area>.<operation>`
 * @param attributes ids, counts and limits; never contents, secrets or prompt text
 */
export function withSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return trace.getTracer('kaze').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      const code = isKazeError(error) ? error.code : error instanceof Error ? error.name : 'unknown';
      span.setAttribute('error.type', code);
      // The text of an error that is not ours may hold anything.
      span.setStatus({ code: SpanStatusCode.ERROR, message: isKazeError(error) ? redact(error.message) : code });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The id of the current trace, to stand beside a log line; undefined where nothing is traced. */
export function currentTraceId(): string | undefined {
  const context = trace.getActiveSpan()?.spanContext();
  return context && !/^0+$/.test(context.traceId) ? context.traceId : undefined;
}
