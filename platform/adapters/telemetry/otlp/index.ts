/**
 * Sends spans to an OpenTelemetry collector by OTLP over HTTP. Imported only where an endpoint is configured: the SDK
 * costs memory and start time. A collector that is away costs spans, never requests.
 *
 * @example
 * const tracing = startOtlpTracing({ endpoint: 'http://127.0.0.1:4318', service: 'kaze-cell', instance: 'main' });
 * await tracing.stop(); // sends what is waiting
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';

export interface OtlpTracingOptions {
  /** The collector's address, without `/v1/traces`. */
  readonly endpoint: string;
  /** `service.name` of every span. */
  readonly service: string;
  /** `service.instance.id`: the cell's name. */
  readonly instance?: string;
  /** Such as an authorization the collector asks for. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Share of traces begun here that are kept, 0 to 1; default 1. Traces begun elsewhere follow their caller. */
  readonly sampleRatio?: number;
  /** Bounds one export; default 5,000 ms. */
  readonly timeoutMs?: number;
}

export interface OtlpTracing {
  /** Sends what is waiting now. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export function startOtlpTracing(options: OtlpTracingOptions): OtlpTracing {
  const exporter = new OTLPTraceExporter({
    url: new URL('v1/traces', options.endpoint.endsWith('/') ? options.endpoint : `${options.endpoint}/`).href,
    headers: { ...options.headers },
    timeoutMillis: options.timeoutMs ?? 5_000,
  });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.service,
      ...(options.instance === undefined ? {} : { 'service.instance.id': options.instance }),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.sampleRatio ?? 1) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  return {
    flush: () => provider.forceFlush(),
    stop: () => provider.shutdown(),
  };
}
