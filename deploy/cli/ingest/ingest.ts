import { basename, resolve } from 'node:path';
import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import type { CellClient } from '../connection/cell-client.ts';
import { theTenant } from '../connection/tenant.ts';
import { CommandError, cliError } from '../errors.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { harmless } from '../output/text.ts';
import { plural } from '../output/values.ts';
import { progressFor } from '../progress/progress.ts';
import { finishRoot, type RootEnd } from './finish-root.ts';
import { inParallel } from './in-parallel.ts';
import { dryRun, report, summarize } from './report.ts';
import { type FileResult, sendFile, type Target } from './send-file.ts';
import { type Walk, walk } from './walk.ts';

export interface IngestOptions extends CellOptions, TenantOptions {
  readonly vertical?: string;
  readonly root?: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly concurrency: number;
}

/** Sends every readable file of a folder to the cell, then ends the run of its root. */
export async function ingest(cli: Cli, path: string, options: IngestOptions): Promise<void> {
  const startedAt = performance.now();
  const walked = await walk(resolve(cli.terminal.cwd, path));
  if (options.dryRun) return dryRun(cli, walked, options);
  if (walked.files.length === 0 && !options.prune) {
    const message = `${path} holds no file that can be read; --dry-run says why each was left out`;
    throw cliError('KAZE_CLI_FILE', message, { path, skipped: walked.skipped.length });
  }
  const client = await cli.connect(options);
  const tenant = await theTenant(client, tenantFrom(options), { signal: cli.terminal.signal });
  const target = { tenant, vertical: options.vertical, root: options.root ?? rootName(walked) };
  const { results, stopped } = await sendAll(cli, client, { walked, target, concurrency: options.concurrency });
  const isComplete = walked.isFolder && walked.complete && stopped === undefined;
  let end: RootEnd | undefined;
  let failure = stopped;
  if (isComplete) {
    end = await finishRoot(cli, client, { target, walked, options }).catch((error: unknown) => {
      failure = error;
      return undefined;
    });
  }
  const totals = summarize(results, walked.files.length);
  if (failure === undefined || !options.json) report(cli, options, { target, walked, results, totals, end, startedAt });
  if (failure !== undefined) throw interruptedRun(failure, totals.done, walked.files.length);
  if (totals.failed > 0) cli.exitCode = totals.failed === totals.done ? EXIT.failed : EXIT.partly;
  else if (end?.held || (walked.isFolder && !walked.complete)) cli.exitCode = EXIT.partly;
}

const rootName = ({ base, isFolder }: Walk): string => (isFolder ? basename(base) || 'default' : 'default');

async function sendAll(
  cli: Cli,
  client: CellClient,
  { walked, target, concurrency }: { walked: Walk; target: Target; concurrency: number },
): Promise<{ results: FileResult[]; stopped?: unknown }> {
  const progress = progressFor(cli, walked.files.length);
  const results: FileResult[] = [];
  try {
    await inParallel(walked.files, { concurrency, signal: cli.terminal.signal }, async (file, signal) => {
      progress.working(file.name);
      const result = await sendFile(client, file, { target, signal });
      results.push(result);
      progress.step(resultLine(cli, result), result.change === 'failed');
    });
    return { results };
  } catch (stopped) {
    return { results, stopped };
  } finally {
    progress.end();
  }
}

function resultLine(cli: Cli, { name, change, chunks, error }: FileResult): string {
  const shown = harmless(name);
  if (error) return `${cli.noteStyle('failed', 'red')}     ${shown}: ${harmless(error.message)} [${error.code}]`;
  return `${change.padEnd(10)} ${shown}${change === 'unchanged' ? '' : ` (${plural(chunks, 'passage')})`}`;
}

/** Says with the reason how far it came. */
function interruptedRun(failure: unknown, done: number, total: number): unknown {
  if (!(failure instanceof CommandError)) return failure;
  const how = exitCodeOf(failure.code) === EXIT.interrupted ? 'interrupted' : failure.message;
  const message = `${how}; ${done} of ${plural(total, 'file')} done, run it again to go on`;
  return new CommandError(failure.code, message, { ...failure.fields, done, total }, { cause: failure });
}
