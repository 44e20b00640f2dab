import type { Cli, OutputOptions } from '../cli.ts';
import { details, table } from '../output/table.ts';
import { bytes, duration, plural } from '../output/values.ts';
import type { RootEnd } from './finish-root.ts';
import type { FileResult, Target } from './send-file.ts';
import type { Walk } from './walk.ts';

export interface Totals {
  readonly files: number;
  readonly done: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly chunks: number;
  readonly entities: number;
  readonly knowledge: number;
}

export function summarize(results: readonly FileResult[], files: number): Totals {
  const count = (change: FileResult['change']) => results.filter((result) => result.change === change).length;
  const sum = (field: 'chunks' | 'entities' | 'knowledge') =>
    results.reduce((total, result) => total + result[field], 0);
  return {
    files,
    done: results.length,
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    failed: count('failed'),
    chunks: sum('chunks'),
    entities: sum('entities'),
    knowledge: sum('knowledge'),
  };
}

export interface Report {
  readonly target: Target;
  readonly walked: Walk;
  readonly results: readonly FileResult[];
  readonly totals: Totals;
  /** Missing when the run was not complete, or of a single file. */
  readonly end: RootEnd | undefined;
  /** Of performance.now(). */
  readonly startedAt: number;
}

export function report(
  cli: Cli,
  options: OutputOptions,
  { target, walked, results, totals, end, startedAt }: Report,
): void {
  const elapsedMs = performance.now() - startedAt;
  const byName = [...results].sort((a, b) => (a.name < b.name ? -1 : 1));
  const value = {
    ...target,
    complete: end !== undefined,
    totals,
    finished: end ?? null,
    skipped: walked.skipped,
    files: byName,
    elapsedMs: Math.round(elapsedMs),
  };
  cli.result(options, value, () => {
    const failed = byName.filter((result) => result.error);
    const lines = [
      details([
        ['client', target.tenant],
        ['root', target.root],
        ['files', `${totals.done} of ${totals.files} in ${duration(elapsedMs)}`],
        ['created', String(totals.created)],
        ['updated', String(totals.updated)],
        ['unchanged', String(totals.unchanged)],
        ['failed', totals.failed > 0 ? cli.style(String(totals.failed), 'red') : '0'],
        ['left out', skippedText(walked)],
        ['passages', String(totals.chunks)],
        ['entities', String(totals.entities)],
        ['facts', String(totals.knowledge)],
        ['retired', end && String(end.retired)],
      ]),
    ];
    if (failed.length > 0) {
      const columns = [
        { title: 'FAILED', value: (row: FileResult) => row.name },
        { title: 'CODE', value: (row: FileResult) => row.error?.code ?? '' },
        { title: 'WHY', value: (row: FileResult) => row.error?.message ?? '', flexible: true },
      ];
      lines.push('', table(failed, columns, cli.width));
    }
    return lines.join('\n');
  });
  if (end?.held && !options.json) {
    cli.note(
      `${end.missing} of ${end.total} sources are gone from "${target.root}": more than a fifth, so nothing was retired. If that is meant: --prune`,
    );
  }
}

function skippedText({ skipped }: Walk): string | undefined {
  if (skipped.length === 0) return undefined;
  const reasons = new Map<string, number>();
  for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return [...reasons].map(([reason, count]) => `${count} ${REASONS[reason as keyof typeof REASONS]}`).join(', ');
}

const REASONS = {
  hidden: 'hidden',
  ignored: 'ignored',
  kind: 'of other kinds',
  link: 'linked from elsewhere',
  unreadable: 'not readable',
  special: 'no files',
} as const satisfies Record<Walk['skipped'][number]['reason'], string>;

export function dryRun(cli: Cli, walked: Walk, options: OutputOptions): void {
  const files = walked.files.map(({ name, bytes: size }) => ({ name, bytes: size }));
  cli.result(options, { dryRun: true, complete: walked.complete, files, skipped: walked.skipped }, () => {
    const total = files.reduce((sum, file) => sum + file.bytes, 0);
    const lines = files.map((file) => `${bytes(file.bytes).padStart(9)}  ${file.name}`);
    const left = walked.skipped.map(({ name, reason }) => `left out   ${name} (${REASONS[reason]})`);
    return [...lines, ...left, `${plural(files.length, 'file')}, ${bytes(total)}`].join('\n');
  });
}
