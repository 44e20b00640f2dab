import { metrics, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { NO_USAGE } from '#gateway';
import { createOpenAiProvider } from '#gateway/adapters/provider/openai';
import { createMetrics } from '#platform';
import { createGatewayMetrics } from '../../../gateway/use-cases/call-metrics.ts';
import { startModelServer } from '../../support/models/server.ts';
import { openAiWire } from '../../support/models/wires/openai.ts';
import { ask, completion, FakeProvider, keys, model, scene } from '../../unit/gateway/flow/setup.ts';

// Registered once: a tracer that modules hold stays with the first provider.
const exporter = new InMemorySpanExporter();
const tracing = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
tracing.register();
beforeEach(() => exporter.reset());

it('carries the trace of a call to its provider, under the span of the attempt', async () => {
  const server = await startModelServer(openAiWire);
  const { gateway } = scene([createOpenAiProvider({ baseUrl: server.url })], {}, { keys: keys('sk-test-0123456789') });
  const { traceId } = await tracing.getTracer('test').startActiveSpan('caller', async (span) => {
    await gateway.complete(ask());
    for await (const _ of gateway.stream(ask()));
    span.end();
    return span.spanContext();
  });
  const attempts = exporter.getFinishedSpans().filter(({ name }) => name.startsWith('chat'));
  const sent = server.seen.map(({ headers }) => headers.traceparent);
  expect(sent).toEqual(attempts.map((span) => `00-${traceId}-${span.spanContext().spanId}-01`));
  await server.close();
});

it('names a call, its use and its error as the conventions for generative AI do, and holds no text of it', async () => {
  const fake = new FakeProvider([model('google', 'm1')]);
  const usage = {
    ...NO_USAGE,
    inputTokens: 10,
    outputTokens: 5,
    cachedTokens: 3,
    cacheWriteTokens: 2,
    reasoningTokens: 1,
  };
  fake.script.push(async () => ({ ...completion('done'), usage, stopReason: 'tool-calls' }));
  fake.answer = () => Promise.reject(new Error('broken'));
  const { gateway } = scene([fake]);
  const messages = [{ role: 'user' as const, content: 'a secret wish' }];
  const limits = { temperature: 0.5, topP: 0.9, topK: 4, seed: 7, maxOutputTokens: 50, stop: ['secret'] };
  const responseSchema = { name: 'secret', schema: { type: 'object' } };
  for await (const _ of gateway.stream(ask({ messages, limits, responseSchema })));
  await gateway.complete(ask()).catch(() => {});
  const [good, bad] = exporter.getFinishedSpans();
  expect([good!.name, good!.kind]).toEqual(['chat m1', SpanKind.CLIENT]);
  expect(good!.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'gcp.gemini',
    'gen_ai.request.model': 'm1',
    'gen_ai.request.stream': true,
    'gen_ai.request.max_tokens': 50,
    'gen_ai.request.temperature': 0.5,
    'gen_ai.request.top_p': 0.9,
    'gen_ai.request.top_k': 4,
    'gen_ai.request.seed': 7,
    'gen_ai.output.type': 'json',
    'gen_ai.response.model': 'm1',
    'gen_ai.response.finish_reasons': ['tool_call'],
    'gen_ai.response.time_to_first_chunk': expect.any(Number),
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 5,
    'gen_ai.usage.cache_read.input_tokens': 3,
    'gen_ai.usage.cache_creation.input_tokens': 2,
    'gen_ai.usage.reasoning.output_tokens': 1,
    'kaze.tenant': 'acme',
    'kaze.agent': 'writer',
  });
  expect(bad!.attributes).toMatchObject({ 'error.type': 'KAZE_MODEL_PROVIDER_FAILED' });
  for (const name of ['gen_ai.request.stream', 'gen_ai.response.model', 'gen_ai.response.time_to_first_chunk'])
    expect(bad!.attributes).not.toHaveProperty([name]);
  expect(bad!.status.code).toBe(SpanStatusCode.ERROR);
});

it('measures calls as the conventions do, once somebody gathers that', async () => {
  const exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: exported, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  const { gateway } = scene(
    [new FakeProvider([model('google', 'm1')])],
    {},
    {
      metrics: createGatewayMetrics(createMetrics()),
    },
  );
  await gateway.complete(ask());
  metrics.setGlobalMeterProvider(meters);
  onTestFinished(async () => {
    metrics.disable();
    await meters.shutdown();
  });
  await gateway.complete(ask());
  for await (const _ of gateway.stream(ask()));
  await meters.forceFlush();
  const [scoped] = exported.getMetrics().at(-1)!.scopeMetrics;
  const told = scoped!.metrics.map(({ descriptor: { name, unit }, dataPoints }) => ({
    ...{ name, unit, buckets: (dataPoints[0]!.value as Histogram).buckets.boundaries.slice(0, 3) },
    counts: dataPoints.map(({ attributes, value }) => [
      attributes['gen_ai.token.type'] ?? attributes['gen_ai.provider.name'],
      (value as Histogram).count,
    ]),
  }));
  expect(told).toEqual([
    {
      ...{ name: 'gen_ai.client.operation.duration', unit: 's', buckets: [0.01, 0.02, 0.04] },
      counts: [['gcp.gemini', 2]],
    },
    {
      ...{ name: 'gen_ai.client.operation.time_to_first_chunk', unit: 's', buckets: [0.01, 0.02, 0.04] },
      counts: [['gcp.gemini', 1]],
    },
    {
      ...{ name: 'gen_ai.client.token.usage', unit: '{token}', buckets: [1, 4, 16] },
      counts: [
        ['input', 2],
        ['output', 2],
      ],
    },
  ]);
});

it('counts attempts, tokens, times and money for a scrape', async () => {
  const counted = createMetrics();
  const { gateway } = scene([new FakeProvider([model('one', 'm1')])], {}, { metrics: createGatewayMetrics(counted) });
  await gateway.complete(ask());
  const { text } = await counted.scrape();
  expect(text).toContain(
    'kaze_gateway_attempts_total{operation="chat",provider="one",model="m1",outcome="ok",error="none"} 1',
  );
  expect(text).toContain('kaze_gateway_tokens_total{provider="one",model="m1",kind="input"} 10');
});
