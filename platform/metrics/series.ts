type LabelValues = Readonly<Record<string, string>>;

/**
 * What is counted under each combination of label values. Found value by value, since a text put together of all of them
 * costs more than the counting: on the way of every model call that was a fortieth of what a gateway did.
 */
export class SeriesByLabels<T> {
  private readonly tree = new Map<string, unknown>();
  private readonly all: Array<{ readonly labels: LabelValues; readonly series: T }> = [];

  /** @param names of the labels, in any order */
  constructor(
    private readonly names: readonly string[],
    private readonly make: () => T,
  ) {}

  /** Made when it is first asked for. Labels of other names are left out. */
  of(labels: LabelValues): T {
    let level = this.tree;
    const { names } = this;
    const last = names.length - 1;
    for (let at = 0; at < last; at += 1) {
      const value = labels[names[at]!]!;
      let next = level.get(value) as Map<string, unknown> | undefined;
      if (!next) {
        next = new Map();
        level.set(value, next);
      }
      level = next;
    }
    const value = last < 0 ? '' : labels[names[last]!]!;
    return (level.get(value) as T | undefined) ?? this.add(level, value, labels);
  }

  entries(): ReadonlyArray<{ readonly labels: LabelValues; readonly series: T }> {
    return this.all;
  }

  private add(level: Map<string, unknown>, value: string, labels: LabelValues): T {
    const series = this.make();
    level.set(value, series);
    this.all.push({ labels: Object.fromEntries(this.names.map((name) => [name, labels[name]!])), series });
    return series;
  }
}
