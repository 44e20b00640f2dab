/**
 * Metrics: counted here, read by a scrape.
 *
 * @example
 * export const ledgerMetrics = defineMetrics({
 *   kaze_ledger_rows_total: { type: 'counter', help: 'Rows appended', labels: ['table'] },
 * });
 * const metrics = createMetrics();
 * const meters = metrics.use(ledgerMetrics);
 * meters.kaze_ledger_rows_total.add({ table: 'usage' }, 3);
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { SeriesByLabels } from './series.ts';
import { TalliedHistogram } from './tallied-histogram.ts';

const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Few values each: no ids, no free text. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, ascending, in the unit that the name ends with; default: seconds from .005 to 10. */
  readonly buckets?: readonly number[];
}

export type MetricTable = Readonly<Record<`kaze_${string}`, MetricDefinition>>;

type Labels<D extends MetricDefinition> = { readonly [L in D['labels'][number]]: string };

export type Meter<D extends MetricDefinition> = D['type'] extends 'counter'
  ? { add(labels: Labels<D>, amount?: number): void }
  : D['type'] extends 'gauge'
    ? {
        set(labels: Labels<D>, value: number): void;
        /** Asks for the value at each scrape, instead of being told each change. The last reader counts. */
        read(labels: Labels<D>, value: () => number): void;
      }
    : { observe(labels: Labels<D>, value: number): void };

export type Meters<T extends MetricTable> = {
  readonly [N in keyof T]: T[N] extends MetricDefinition ? Meter<T[N]> : never;
};

export interface Metrics {
  /** The meters of one folder's table; the same table may be used more than once. */
  use<T extends MetricTable>(table: T): Meters<T>;
  /** The text of a scrape, and its content type. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const NAME = /^kaze_[a-z0-9]+(_[a-z0-9]+)*$/;

/** One table per folder, in its `telemetry.ts`. Counters end in `_total`, the others in their unit. */
export function defineMetrics<const T extends MetricTable>(table: T): T {
  for (const [name, { type, labels }] of Object.entries<MetricDefinition>(table)) {
    if (!NAME.test(name)) throw new TypeError(`"${name}" is no metric name: kaze_<area>_<what>_<unit>`);
    if ((type === 'counter') !== name.endsWith('_total'))
      throw new TypeError(`${name}: counters, and only they, end in _total`);
    if (labels.some((label) => !/^[a-z][a-z0-9_]*$/.test(label))) throw new TypeError(`${name} has a malformed label`);
  }
  return table;
}

/** A registry of one process's metrics. `processMetrics` adds those of Node itself: memory, event loop, collections. */
export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const known = new Map<string, { readonly definition: string; readonly meter: unknown }>();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });

  const meter = (name: string, definition: MetricDefinition): unknown => {
    const text = JSON.stringify(definition);
    const found = known.get(name);
    if (found && found.definition !== text) throw new TypeError(`the metric ${name} is declared twice`);
    if (found) return found.meter;
    const made = createMeter(registry, name, definition);
    known.set(name, { definition: text, meter: made });
    return made;
  };

  return {
    use: <T extends MetricTable>(table: T) =>
      Object.fromEntries(
        Object.entries<MetricDefinition>(table).map(([name, definition]) => [name, meter(name, definition)]),
      ) as Meters<T>,
    scrape: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function createMeter(registry: Registry, name: string, definition: MetricDefinition): unknown {
  const { help, labels: names } = definition;
  const common = { name, help, labelNames: [...names], registers: [registry] };
  if (definition.type === 'counter') {
    const counted = new SeriesByLabels(names, () => ({ more: 0 }));
    const counter = new Counter({
      ...common,
      collect() {
        for (const { labels, series } of counted.entries()) {
          counter.inc(labels, series.more);
          series.more = 0;
        }
      },
    });
    return {
      add(labels: Record<string, string>, amount = 1) {
        if (!(amount >= 0)) throw new TypeError(`${name} cannot be counted back by ${amount}`);
        counted.of(labels).more += amount;
      },
    };
  }
  if (definition.type === 'gauge') {
    const readers = new Map<string, () => void>();
    const gauge = new Gauge({ ...common, collect: () => [...readers.values()].forEach((read) => void read()) });
    return {
      set: (labels: Record<string, string>, value: number) => gauge.set(labels, value),
      read: (labels: Record<string, string>, value: () => number) =>
        readers.set(JSON.stringify(labels), () => gauge.set(labels, value())),
    };
  }
  const histogram = new TalliedHistogram({ ...common, buckets: [...(definition.buckets ?? DEFAULT_BUCKETS)] });
  return { observe: (labels: Record<string, string>, value: number) => histogram.tally(labels, value) };
}
