import { Counter, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetrics, defineMetrics } from '#platform';

const table = defineMetrics({
  kaze_test_calls_total: { type: 'counter', help: 'Calls', labels: ['route', 'status'] },
  kaze_test_turns_total: { type: 'counter', help: 'Turns', labels: [] },
  kaze_test_call_seconds: { type: 'histogram', help: 'How long', labels: ['route'], buckets: [0.1, 1, 10] },
  kaze_test_wait_seconds: { type: 'histogram', help: 'Waits', labels: [] },
});

/** The same told to the library itself. */
function libraryScrape(tell: (meters: ReturnType<typeof libraryMeters>) => void): Promise<string> {
  const registry = new Registry();
  tell(libraryMeters(registry));
  return registry.metrics();
}

function libraryMeters(registry: Registry) {
  const registers = [registry];
  return {
    calls: new Counter({ name: 'kaze_test_calls_total', help: 'Calls', labelNames: ['route', 'status'], registers }),
    turns: new Counter({ name: 'kaze_test_turns_total', help: 'Turns', registers }),
    seconds: new Histogram({
      ...{ name: 'kaze_test_call_seconds', help: 'How long', labelNames: ['route'], buckets: [0.1, 1, 10], registers },
    }),
    waits: new Histogram({ name: 'kaze_test_wait_seconds', help: 'Waits', registers }),
  };
}

const SECONDS = [0, 0.05, 0.1, 0.100_001, 1, 9.99, 10, 10.01, 500];

test('a scrape says what the library would say of the same calls, also when it is asked again', async () => {
  const metrics = createMetrics();
  const meters = metrics.use(table);
  const tellOurs = () => {
    for (const route of ['/v1/models', '/', '"quoted"\nroute']) {
      meters.kaze_test_calls_total.add({ route, status: '200' });
      meters.kaze_test_calls_total.add({ status: '500', route }, 2.5);
      for (const one of SECONDS) meters.kaze_test_call_seconds.observe({ route }, one);
    }
    meters.kaze_test_turns_total.add({}, 3);
    for (const one of SECONDS) meters.kaze_test_wait_seconds.observe({}, one);
  };
  const theirs = (times: number) =>
    libraryScrape(({ calls, turns, seconds, waits }) => {
      for (let time = 0; time < times; time += 1) {
        for (const route of ['/v1/models', '/', '"quoted"\nroute']) {
          calls.inc({ route, status: '200' });
          calls.inc({ route, status: '500' }, 2.5);
          for (const one of SECONDS) seconds.observe({ route }, one);
        }
        turns.inc(3);
        for (const one of SECONDS) waits.observe(one);
      }
    });
  expect((await metrics.scrape()).text).toBe(await theirs(0));
  tellOurs();
  expect((await metrics.scrape()).text).toBe(await theirs(1));
  tellOurs();
  tellOurs();
  expect((await metrics.scrape()).text).toBe(await theirs(3));
  expect((await metrics.scrape()).text).toBe(await theirs(3));
});

test('a counter is never counted back', () => {
  const { kaze_test_turns_total: turns } = createMetrics().use(table);
  expect(() => turns.add({}, -1)).toThrow('kaze_test_turns_total cannot be counted back by -1');
  expect(() => turns.add({}, Number.NaN)).toThrow(TypeError);
});
