import { createNoopMeter, metrics as otel } from '@opentelemetry/api';
import { defineMetrics, type Metrics } from '#platform';
import type { GatewayMetrics } from '../ports/metrics.ts';
import { providerName } from '../telemetry.ts';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160];
const BY_MODEL = ['provider', 'model'] as const;

export const gatewayMetrics = defineMetrics({
  kaze_gateway_attempts_total: {
    ...{ type: 'counter', help: 'Attempts of model calls by how they ended' },
    labels: ['operation', 'provider', 'model', 'outcome', 'error'],
  },
  kaze_gateway_attempt_seconds: {
    ...{ type: 'histogram', help: 'How long attempts took', labels: BY_MODEL, buckets: SECONDS },
  },
  kaze_gateway_first_token_seconds: {
    ...{ type: 'histogram', help: 'Until the first piece of a stream', labels: BY_MODEL, buckets: SECONDS },
  },
  kaze_gateway_tokens_total: { type: 'counter', help: 'Tokens by kind', labels: ['provider', 'model', 'kind'] },
  kaze_gateway_cost_dollars_total: { type: 'counter', help: 'US dollars by our prices', labels: BY_MODEL },
});

/** Counts attempts for a scrape and, where a composition root registered a meter, as OpenTelemetry's `gen_ai.client.*`. */
export function createGatewayMetrics(metrics: Metrics): GatewayMetrics {
  const meters = metrics.use(gatewayMetrics);
  return {
    call(measured) {
      const { operation, provider, model, outcome, errorCode, latencyMs, firstTokenMs } = measured;
      const { inputTokens, outputTokens, costMicros } = measured;
      meters.kaze_gateway_attempts_total.add({ operation, provider, model, outcome, error: errorCode ?? 'none' });
      meters.kaze_gateway_attempt_seconds.observe({ provider, model }, latencyMs / 1_000);
      if (firstTokenMs !== null)
        meters.kaze_gateway_first_token_seconds.observe({ provider, model }, firstTokenMs / 1_000);
      meters.kaze_gateway_tokens_total.add({ provider, model, kind: 'input' }, inputTokens);
      meters.kaze_gateway_tokens_total.add({ provider, model, kind: 'output' }, outputTokens);
      if (costMicros > 0) meters.kaze_gateway_cost_dollars_total.add({ provider, model }, costMicros / 1e6);
      recordConvention(measured);
    },
  };
}

/** Names, units, buckets and attributes as OpenTelemetry's conventions for generative AI have them (`gen-ai-metrics.md`). */
function recordConvention(measured: Parameters<GatewayMetrics['call']>[0]): void {
  const made = instruments();
  if (!made) return;
  const { operation, provider, onAzure, model, errorCode, latencyMs, firstTokenMs, inputTokens, outputTokens } =
    measured;
  const shared = {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': providerName(provider, onAzure),
    'gen_ai.request.model': model,
    'gen_ai.response.model': model,
  };
  made.duration.record(latencyMs / 1_000, errorCode === null ? shared : { ...shared, 'error.type': errorCode });
  if (firstTokenMs !== null) made.firstChunk.record(firstTokenMs / 1_000, shared);
  if (inputTokens > 0) made.tokens.record(inputTokens, { ...shared, 'gen_ai.token.type': 'input' });
  if (outputTokens > 0) made.tokens.record(outputTokens, { ...shared, 'gen_ai.token.type': 'output' });
}

/** 0.01 s, doubled up to 81.92 s. */
const DURATIONS = Array.from({ length: 14 }, (_, index) => 2 ** index / 100);
/** 1, times four up to 67,108,864. */
const COUNTS = Array.from({ length: 14 }, (_, index) => 4 ** index);

/** Undefined while nobody registered a provider: then nothing is put together for it. */
function makeInstruments() {
  const meter = otel.getMeter('kaze.gateway');
  if (meter === createNoopMeter()) return undefined;
  const seconds = { unit: 's', advice: { explicitBucketBoundaries: DURATIONS } };
  return {
    duration: meter.createHistogram('gen_ai.client.operation.duration', seconds),
    firstChunk: meter.createHistogram('gen_ai.client.operation.time_to_first_chunk', seconds),
    tokens: meter.createHistogram('gen_ai.client.token.usage', {
      ...{ unit: '{token}', advice: { explicitBucketBoundaries: COUNTS } },
    }),
  };
}

let made: { provider: unknown; value: ReturnType<typeof makeInstruments> } | undefined;

/** Made again when a provider is registered: unlike tracers, meters of the API do not pass on to a later one. */
function instruments(): ReturnType<typeof makeInstruments> {
  const provider = otel.getMeterProvider();
  if (made?.provider !== provider) made = { provider, value: makeInstruments() };
  return made.value;
}
