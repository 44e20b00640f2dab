import { defineMetrics } from '#platform';

export const gatewayHttpMetrics = defineMetrics({
  kaze_gateway_requests_total: {
    type: 'counter',
    help: 'Requests answered by the gateway, by route and status; 499 where the caller left.',
    labels: ['route', 'status'],
  },
  kaze_gateway_request_seconds: {
    type: 'histogram',
    help: 'From the head of a request to the end of its answer, by route.',
    labels: ['route'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
  },
  kaze_gateway_refused_total: {
    type: 'counter',
    help: 'Calls turned away before there was a model for them, by route and error; keys that nobody has too.',
    labels: ['route', 'error'],
  },
  kaze_gateway_open_requests: { type: 'gauge', help: 'Requests that are being answered.', labels: [] },
});
