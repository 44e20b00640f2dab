import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { post, serve } from './setup.ts';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
beforeAll(() => provider.register());
afterAll(async () => {
  trace.disable();
  await provider.shutdown();
});

it.each([false, true])(
  'goes on with the trace of its caller, streamed: %s, and none of what was said is in it',
  async (stream) => {
    exporter.reset();
    const served = await serve();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const ask = { model: 'actor', stream, messages: [{ role: 'user', content: 'my secret words' }] };
    const answer = await post(served, '/v1/chat/completions', ask, {
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    });
    await answer.text();
    await expect.poll(() => exporter.getFinishedSpans().length).toBeGreaterThan(0);
    const spans = exporter.getFinishedSpans();
    expect(new Set(spans.map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
    expect(JSON.stringify(spans.map(({ name, attributes }) => ({ name, attributes })))).not.toContain('secret words');
  },
);
