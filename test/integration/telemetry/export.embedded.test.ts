import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metrics as meters } from '@opentelemetry/api';
import { afterAll, describe, expect, test } from 'vitest';
import { createGatewayMetrics } from '#gateway';
import { createMetrics, currentTraceId, defineMetrics, platformErrors, withSpan } from '#platform';
import { startOtlp } from '#platform/adapters/telemetry/otlp';

describe('metrics', () => {
  const table = defineMetrics({
    kaze_test_rows_total: { type: 'counter', help: 'Rows', labels: ['table'] },
    kaze_test_queue_jobs: { type: 'gauge', help: 'Jobs waiting', labels: ['queue'] },
    kaze_test_call_seconds: { type: 'histogram', help: 'Time of a call', labels: ['operation'], buckets: [0.1, 1] },
  });

  test('are counted by their declared labels and read as one text', async () => {
    const metrics = createMetrics();
    const meters = metrics.use(table);
    meters.kaze_test_rows_total.add({ table: 'usage' });
    metrics.use(table).kaze_test_rows_total.add({ table: 'usage' }, 2);
    meters.kaze_test_queue_jobs.set({ queue: 'feed' }, 7);
    meters.kaze_test_call_seconds.observe({ operation: 'read' }, 0.5);
    const { text, contentType } = await metrics.scrape();
    expect(contentType).toContain('text/plain');
    expect(text).toContain('kaze_test_rows_total{table="usage"} 3');
    expect(text).toContain('kaze_test_queue_jobs{queue="feed"} 7');
    expect(text).toContain('kaze_test_call_seconds_bucket{le="1",operation="read"} 1');
    expect(text).toContain('kaze_test_call_seconds_bucket{le="0.1",operation="read"} 0');
  });

  test('of two registries do not mix', async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.use(table).kaze_test_rows_total.add({ table: 'x' });
    two.use(table);
    expect((await two.scrape()).text).not.toContain('table="x"');
  });

  test('with a malformed name, or declared twice and differently, are refused', () => {
    expect(() => defineMetrics({ kaze_test_rows: { type: 'counter', help: '', labels: [] } })).toThrow('_total');
    expect(() => defineMetrics({ kaze_test_total: { type: 'gauge', help: '', labels: [] } })).toThrow('_total');
    expect(() => defineMetrics({ kaze_Test_total: { type: 'counter', help: '', labels: [] } })).toThrow(
      'no metric name',
    );
    const metrics = createMetrics();
    metrics.use(table);
    const other = defineMetrics({ kaze_test_rows_total: { type: 'counter', help: 'Other', labels: [] } });
    expect(() => metrics.use(other)).toThrow('declared twice');
  });
});

/** An attempt as the gateway counts it. */
const CALL = {
  ...{ operation: 'chat' as const, provider: 'one', model: 'm1', onAzure: false, outcome: 'ok' as const },
  ...{ errorCode: null, latencyMs: 5, firstTokenMs: null, inputTokens: 10, outputTokens: 2, costMicros: 0 },
};

describe('spans and metrics', () => {
  interface Received {
    readonly name: string;
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly status: { readonly code?: number; readonly message?: string };
    readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Record<string, unknown> }>;
  }
  const received: Received[] = [];
  const metricNames: string[] = [];
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      for (const { scopeSpans } of body.resourceSpans ?? [])
        for (const { spans } of scopeSpans) received.push(...spans);
      for (const { scopeMetrics } of body.resourceMetrics ?? [])
        for (const { metrics } of scopeMetrics) metricNames.push(...metrics.map(({ name }: { name: string }) => name));
      response.end('{}');
    });
  });
  afterAll(() => {
    collector.close();
    meters.disable();
  });

  test('cost nothing and change nothing without an exporter', async () => {
    expect(await withSpan('kaze.test.idle', {}, async () => currentTraceId())).toBeUndefined();
    await expect(withSpan('kaze.test.idle', {}, async () => Promise.reject(new Error('kept')))).rejects.toThrow('kept');
  });

  test('reach a collector with their nesting, attributes and codes, and without the text of foreign errors', async () => {
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    const sending = startOtlp({ endpoint: `http://127.0.0.1:${port}`, service: 'kaze-test' });
    let traceId: string | undefined;
    await withSpan('kaze.test.outer', { rows: 3 }, async () => {
      traceId = currentTraceId();
      await withSpan('kaze.test.coded', {}, async () => {
        throw platformErrors('KAZE_LEDGER_FULL', 'the disk is full');
      }).catch(() => {});
      await withSpan('kaze.test.foreign', {}, async () => {
        throw new Error('with a password in it');
      }).catch(() => {});
    });
    createGatewayMetrics(createMetrics()).call(CALL);
    await sending.stop();
    expect(metricNames.sort()).toEqual(['gen_ai.client.operation.duration', 'gen_ai.client.token.usage']);
    const by = (name: string) => received.find((span) => span.name === name)!;
    const outer = by('kaze.test.outer');
    expect(outer.traceId).toBe(traceId);
    expect(outer.attributes).toEqual([{ key: 'rows', value: { intValue: 3 } }]);
    expect(by('kaze.test.coded')).toMatchObject({
      parentSpanId: outer.spanId,
      status: { code: 2, message: 'the disk is full' },
    });
    expect(by('kaze.test.coded').attributes).toContainEqual({
      key: 'error.type',
      value: { stringValue: 'KAZE_LEDGER_FULL' },
    });
    expect(JSON.stringify(by('kaze.test.foreign'))).not.toContain('password');
  });
});

test('a collector that is away costs what it would have been sent, and nothing else', async () => {
  meters.disable();
  const sending = startOtlp({ endpoint: 'http://127.0.0.1:1', service: 'kaze-test', timeoutMs: 100 });
  createGatewayMetrics(createMetrics()).call(CALL);
  await expect(sending.stop()).resolves.toBeUndefined();
  meters.disable();
});

test('a gauge with a reader is asked at each scrape, and the last reader counts', async () => {
  const table = defineMetrics({ kaze_test_open_streams: { type: 'gauge', help: 'Open streams', labels: [] } });
  const metrics = createMetrics();
  let open = 1;
  metrics.use(table).kaze_test_open_streams.read({}, () => open);
  expect((await metrics.scrape()).text).toContain('kaze_test_open_streams 1');
  open = 4;
  expect((await metrics.scrape()).text).toContain('kaze_test_open_streams 4');
  metrics.use(table).kaze_test_open_streams.read({}, () => open * 2);
  expect((await metrics.scrape()).text).toContain('kaze_test_open_streams 8');
});
