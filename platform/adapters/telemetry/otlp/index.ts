/**
 * Sends spans and metrics to an OpenTelemetry collector by OTLP over HTTP. Imported only where an endpoint is
 * configured: the SDK costs memory and start time. A collector that is away costs what it would have been sent, never
 * requests.
 *
 * @example
 * const sending = startOtlp({ endpoint: 'http://127.0.0.1:4318', service: 'kaze-cell', instance: 'main' });
 * await sending.stop(); // sends what is waiting
 */
import { metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';

export interface OtlpOptions {
  /** The collector's address, without `/v1/traces`. */
  readonly endpoint: string;
  /** `service.name` of everything sent. */
  readonly service: string;
  /** `service.instance.id`: the cell's name. */
  readonly instance?: string;
  /** Such as an authorization the collector asks for. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Share of traces begun here that are kept, 0 to 1; default 1. Traces begun elsewhere follow their caller. */
  readonly sampleRatio?: number;
  /** Bounds one export; default 5,000 ms. */
  readonly timeoutMs?: number;
  /** Between two exports of metrics; default 60,000 ms. */
  readonly metricsEveryMs?: number;
}

export interface Otlp {
  /** Sends what is waiting now. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export function startOtlp(options: OtlpOptions): Otlp {
  const { endpoint, service, instance, sampleRatio = 1, timeoutMs = 5_000, metricsEveryMs = 60_000 } = options;
  const exportTo = (path: string) => ({
    url: new URL(path, endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href,
    headers: { ...options.headers },
    timeoutMillis: timeoutMs,
  });
  const resource = resourceFromAttributes({
    'service.name': service,
    ...(instance === undefined ? {} : { 'service.instance.id': instance }),
  });
  const tracer = new NodeTracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(exportTo('v1/traces')))],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(exportTo('v1/metrics')),
    exportIntervalMillis: metricsEveryMs,
    exportTimeoutMillis: Math.min(timeoutMs, metricsEveryMs),
  });
  const meter = new MeterProvider({ resource, readers: [reader] });
  tracer.register();
  metrics.setGlobalMeterProvider(meter);
  return {
    async flush() {
      await Promise.all([tracer.forceFlush(), meter.forceFlush()]);
    },
    async stop() {
      await Promise.all([tracer.shutdown(), meter.shutdown()]);
    },
  };
}
