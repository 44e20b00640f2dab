import { SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { beforeEach, expect, it } from 'vitest';
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

it('names the model, the use and the error in spans, which hold no text of the call', async () => {
  const fake = new FakeProvider([model('fake', 'm1')]);
  fake.script.push(async () => completion('done'));
  fake.answer = () => Promise.reject(new Error('broken'));
  const { gateway } = scene([fake]);
  await gateway.complete(ask({ messages: [{ role: 'user', content: 'a secret wish' }] }));
  await gateway.complete(ask()).catch(() => {});
  const [good, bad] = exporter.getFinishedSpans();
  expect(good!.name).toBe('chat m1');
  expect(good!.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'fake',
    'gen_ai.request.model': 'fake/m1',
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 2,
    'gen_ai.response.finish_reasons': ['end'],
    'kaze.tenant': 'acme',
  });
  expect(JSON.stringify(good!.attributes)).not.toContain('secret');
  expect(bad!.attributes['error.type']).toBe('KAZE_MODEL_PROVIDER_FAILED');
  expect(bad!.status.code).toBe(SpanStatusCode.ERROR);
});

it('counts attempts, tokens, times and money for a scrape', async () => {
  const metrics = createMetrics();
  const { gateway } = scene([new FakeProvider([model('one', 'm1')])], {}, { metrics: createGatewayMetrics(metrics) });
  await gateway.complete(ask());
  const { text } = await metrics.scrape();
  expect(text).toContain(
    'kaze_gateway_attempts_total{operation="chat",provider="one",model="m1",outcome="ok",error="none"} 1',
  );
  expect(text).toContain('kaze_gateway_tokens_total{provider="one",model="m1",kind="input"} 10');
});
