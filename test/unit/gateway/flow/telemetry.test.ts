import { expect, it } from 'vitest';
import { createOpenAiProvider } from '#gateway/adapters/provider/openai';
import { createMetrics } from '#platform';
import { createGatewayMetrics } from '../../../../gateway/use-cases/call-metrics.ts';
import { spansFromHere, tracing } from '../../../support/finished-spans.ts';
import { startModelServer } from '../../../support/models/server.ts';
import { openAiWire } from '../../../support/models/wires/openai.ts';
import { ask, FakeProvider, keys, model, scene } from './setup.ts';

it('carries the trace of a call to its provider, under the span of the attempt', async () => {
  const server = await startModelServer(openAiWire);
  const { gateway } = scene([createOpenAiProvider({ baseUrl: server.url })], {}, { keys: keys('sk-test-0123456789') });
  const finished = spansFromHere();
  const { traceId } = await tracing.getTracer('test').startActiveSpan('caller', async (span) => {
    await gateway.complete(ask());
    for await (const _ of gateway.stream(ask()));
    span.end();
    return span.spanContext();
  });
  const attempts = finished().filter(({ name }) => name.startsWith('chat'));
  const sent = server.seen.map(({ headers }) => headers.traceparent);
  expect(sent).toEqual(attempts.map((span) => `00-${traceId}-${span.spanContext().spanId}-01`));
  await server.close();
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
