import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Names of the API's metrics; pinned by test/surface. */
export const METRICS = {
  operations: 'kaze_api_operations_total',
  duration: 'kaze_api_operation_duration_seconds',
  cost: 'kaze_api_operation_cost_nodes',
  refused: 'kaze_api_refused_total',
  subscriptions: 'kaze_api_subscriptions',
  connections: 'kaze_api_websocket_connections',
  uploads: 'kaze_api_upload_bytes_total',
} as const;

export interface ApiMetrics {
  readonly registry: Registry;
  operation(seen: { operation: string; cost: number; durationMs: number; failed: boolean }): void;
  refused(code: string): void;
  uploaded(bytes: number): void;
}

export function apiMetrics(
  registry: Registry,
  live: { readonly subscriptions: () => number; readonly connections: () => number },
): ApiMetrics {
  const registers = [registry];
  const operations = new Counter({
    name: METRICS.operations,
    help: 'GraphQL operations by kind and result',
    labelNames: ['operation', 'result'] as const,
    registers,
  });
  const duration = new Histogram({
    name: METRICS.duration,
    help: 'Seconds from a parsed operation to its result',
    labelNames: ['operation'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const cost = new Histogram({
    name: METRICS.cost,
    help: 'Nodes that an operation may read at most',
    buckets: [1, 10, 100, 1_000, 10_000, 50_000],
    registers,
  });
  const refused = new Counter({
    name: METRICS.refused,
    help: 'Requests refused at the edge by error code',
    labelNames: ['code'] as const,
    registers,
  });
  const uploads = new Counter({ name: METRICS.uploads, help: 'Bytes of kept uploads', registers });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge(METRICS.subscriptions, 'Open subscriptions', live.subscriptions);
  gauge(METRICS.connections, 'Open WebSocket connections', live.connections);
  return {
    registry,
    operation(seen) {
      operations.inc({ operation: seen.operation, result: seen.failed ? 'error' : 'ok' });
      duration.observe({ operation: seen.operation }, seen.durationMs / 1_000);
      cost.observe(seen.cost);
    },
    refused: (code) => refused.inc({ code }),
    uploaded: (bytes) => uploads.inc(bytes),
  };
}
