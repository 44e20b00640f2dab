/**
 * Spans and metrics. Spans go through OpenTelemetry's API alone and cost next to nothing until a composition root
 * registers an exporter (`#platform/adapters/telemetry/otlp`). Metrics are counted here and read by a scrape.
 *
 * @example
 * export const ledgerMetrics = defineMetrics({
 *   kaze_ledger_rows_total: { type: 'counter', help: 'Rows appended', labels: ['table'] },
 * });
 * const metrics = createMetrics();
 * const meters = metrics.use(ledgerMetrics);
 * meters.kaze_ledger_rows_total.add({ table: 'usage' }, 3);
 */
import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isKazeError } from './errors.ts';
import { redact } from './logging.ts';

export type { Attributes, Span } from '@opentelemetry/api';

/**
 * Runs the work inside a span, which is the parent of every span begun within. What it throws is marked on the span by
 * its code and passed on.
 *
 * @param name `kaze.<area>.<operation>`
 * @param attributes ids, counts and limits; never contents, secrets or prompt text
 */
export function withSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return trace.getTracer('kaze').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      const code = isKazeError(error) ? error.code : error instanceof Error ? error.name : 'unknown';
      span.setAttribute('error.type', code);
      // The text of an error that is not ours may hold anything.
      span.setStatus({ code: SpanStatusCode.ERROR, message: isKazeError(error) ? redact(error.message) : code });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The id of the current trace, to stand beside a log line; undefined where nothing is traced. */
export function currentTraceId(): string | undefined {
  const context = trace.getActiveSpan()?.spanContext();
  return context && !/^0+$/.test(context.traceId) ? context.traceId : undefined;
}

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
  const common = { name, help: definition.help, labelNames: [...definition.labels], registers: [registry] };
  if (definition.type === 'counter') {
    const counter = new Counter(common);
    return { add: (labels: Record<string, string>, amount = 1) => counter.inc(labels, amount) };
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
  const histogram = new Histogram({ ...common, ...(definition.buckets ? { buckets: [...definition.buckets] } : {}) });
  return { observe: (labels: Record<string, string>, value: number) => histogram.observe(labels, value) };
}
