import { defineMetrics, type Metrics } from '#platform';

/** What the API counts; names are promised to who scrapes. */
export const apiMeters = defineMetrics({
  kaze_api_operations_total: {
    type: 'counter',
    help: 'GraphQL operations by kind and result',
    labels: ['operation', 'result'],
  },
  kaze_api_operation_duration_seconds: {
    type: 'histogram',
    help: 'Seconds from a parsed operation to its result',
    labels: ['operation'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  kaze_api_operation_cost_nodes: {
    type: 'histogram',
    help: 'Nodes that an operation may read at most',
    labels: [],
    buckets: [1, 10, 100, 1_000, 10_000, 50_000],
  },
  kaze_api_refused_total: { type: 'counter', help: 'Requests refused at the edge by error code', labels: ['code'] },
  kaze_api_subscriptions: { type: 'gauge', help: 'Open subscriptions', labels: [] },
  kaze_api_websocket_connections: { type: 'gauge', help: 'Open WebSocket connections', labels: [] },
  kaze_api_upload_bytes_total: { type: 'counter', help: 'Bytes of kept uploads', labels: [] },
});

export interface ApiMetrics {
  operation(seen: { operation: string; cost: number; durationMs: number; failed: boolean }): void;
  refused(code: string): void;
  uploaded(bytes: number): void;
}

export function apiMetrics(
  metrics: Metrics,
  live: { readonly subscriptions: () => number; readonly connections: () => number },
): ApiMetrics {
  const meters = metrics.use(apiMeters);
  meters.kaze_api_subscriptions.read({}, live.subscriptions);
  meters.kaze_api_websocket_connections.read({}, live.connections);
  return {
    operation({ operation, cost, durationMs, failed }) {
      meters.kaze_api_operations_total.add({ operation, result: failed ? 'error' : 'ok' });
      meters.kaze_api_operation_duration_seconds.observe({ operation }, durationMs / 1_000);
      meters.kaze_api_operation_cost_nodes.observe({}, cost);
    },
    refused: (code) => meters.kaze_api_refused_total.add({ code }),
    uploaded: (bytes) => meters.kaze_api_upload_bytes_total.add({}, bytes),
  };
}
