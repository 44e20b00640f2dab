import {
  Histogram,
  type HistogramConfiguration,
  type MetricObjectWithValues,
  type MetricValueWithName,
} from 'prom-client';
import { SeriesByLabels } from './series.ts';

type Samples = MetricObjectWithValues<MetricValueWithName<string>>;

/** The library's histogram, but for the counting, which looks up its series without putting a text together. */
export class TalliedHistogram extends Histogram<string> {
  private readonly tallies: SeriesByLabels<Tally>;
  private readonly told: { readonly name: string; readonly help: string; readonly bounds: readonly number[] };

  constructor(options: HistogramConfiguration<string> & { readonly buckets: number[] }) {
    super(options);
    const { name, help, buckets: bounds, labelNames = [] } = options;
    this.told = { name, help, bounds };
    this.tallies = new SeriesByLabels(labelNames, () => new Tally(bounds));
    // Without labels there is one series, which stands at nothing from the beginning.
    if (labelNames.length === 0) this.tallies.of({});
  }

  tally(labels: Readonly<Record<string, string>>, value: number): void {
    this.tallies.of(labels).add(value);
  }

  override get(): Promise<Samples> {
    return this.getForPromString();
  }

  /** What a scrape asks for. */
  async getForPromString(): Promise<Samples> {
    const { name, help, bounds } = this.told;
    const values: MetricValueWithName<string>[] = [];
    for (const { labels, series } of this.tallies.entries()) {
      let upTo = 0;
      for (const [at, bound] of bounds.entries()) {
        upTo += series.within[at]!;
        values.push({ metricName: `${name}_bucket`, labels: { le: String(bound), ...labels }, value: upTo });
      }
      values.push({ metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: series.count });
      values.push({ metricName: `${name}_sum`, labels, value: series.sum });
      values.push({ metricName: `${name}_count`, labels, value: series.count });
    }
    return {
      name,
      help,
      type: 'histogram' as unknown as Samples['type'],
      aggregator: 'sum',
      collect: () => {},
      values,
    };
  }
}

/** Counts of one series. */
class Tally {
  sum = 0;
  count = 0;
  /** How many were at most as large as each bound, and larger than the one before. */
  readonly within: number[];

  constructor(private readonly bounds: readonly number[]) {
    this.within = bounds.map(() => 0);
  }

  add(value: number): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at += 1;
    if (at < bounds.length) this.within[at]! += 1;
    this.sum += value;
    this.count += 1;
  }
}
