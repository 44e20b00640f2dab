/** What a bench found, as a table to read and, for `--json`, as data that it sends to `bench/run.ts`. */
import { table } from './measure.ts';

/** `most`: the value may be at most the limit; `least`: it must be at least that. */
export type Bar = readonly [kind: 'most' | 'least', limit: number];

export interface Finding {
  /** What was run, such as `GraphStore`. */
  readonly case: string;
  readonly callers: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly perSecond: number;
  /** The figure that the bar is about, such as `1.15`, and in words what it divides. */
  readonly value?: number;
  readonly of?: string;
  readonly bar?: Bar;
  /** Further figures, shown after the verdict. */
  readonly notes?: string;
}

export interface Report {
  readonly title: string;
  readonly findings: readonly Finding[];
}

export function verdict({ value, bar }: Finding): string {
  if (value === undefined || !bar) return '';
  const [kind, limit] = bar;
  return (kind === 'most' ? value <= limit : value >= limit) ? 'met' : 'MISSED';
}

const barText = ({ bar }: Finding) => (bar ? `${bar[0] === 'most' ? '≤' : '≥'} ${bar[1]}` : '');

/** Prints the table; sends it to whoever started this process and asked. */
export function publish({ title, findings }: Report): void {
  const head = ['case', 'callers', 'p50 ms', 'p95 ms', 'per s', 'ratio', 'of', 'bar', 'verdict', ''];
  const rows = findings.map((found) => [
    ...[found.case, found.callers, found.p50Ms, found.p95Ms, found.perSecond],
    ...[found.value?.toFixed(2) ?? '', found.of ?? '', barText(found), verdict(found), found.notes ?? ''],
  ]);
  console.log(`\n## ${title}\n\n${table(head, rows)}`);
  process.send?.({
    title,
    findings: findings.map((found) => ({ ...found, ...(found.bar ? { verdict: verdict(found) } : {}) })),
  });
}

/**
 * Prints a table of a bench's own columns; sends it, one object a row, under the columns' names, with the figures as they
 * were measured. Columns without a name are notes.
 */
export function publishTable({
  title,
  head,
  rows,
  about,
}: {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: ReadonlyArray<ReadonlyArray<string | number>>;
  /** Said above the table. */
  readonly about?: string;
}): void {
  console.log(`\n## ${title}\n\n${about ? `${about}\n\n` : ''}${table(head, rows)}`);
  const named = (row: ReadonlyArray<string | number>) =>
    Object.fromEntries(row.flatMap((value, at) => (value === '' ? [] : [[head[at] || 'note', value]])));
  process.send?.({ title, ...(about ? { about } : {}), findings: rows.map(named) });
}

/** Names rows that could not be measured, and why. */
export function skip(title: string, reason: string): void {
  console.log(`\n## ${title}\n\nSkipped: ${reason}`);
  process.send?.({ title, skipped: reason });
}
