import type { Cli } from '../cli.ts';
import type { CellClient } from '../connection/cell-client.ts';
import { SourceRootFinish, type SourceRootFinishMutation } from '../connection/operations.ts';
import { confirm } from '../input/confirm.ts';
import type { Target } from './send-file.ts';
import type { Walk } from './walk.ts';

export type RootEnd = SourceRootFinishMutation['finishSourceRoot'];

export interface FinishOptions {
  readonly target: Target;
  readonly walked: Walk;
  readonly options: { readonly prune?: boolean; readonly json?: boolean };
}

/** Ends a complete run. Where more than a fifth is gone it asks, on a terminal; elsewhere nothing is retired. */
export async function finishRoot(
  cli: Cli,
  client: CellClient,
  { target, walked, options }: FinishOptions,
): Promise<RootEnd> {
  const names = walked.files.map((file) => file.name);
  const finish = async (prune: boolean): Promise<RootEnd> => {
    const { signal } = cli.terminal;
    const answer = await client.execute(SourceRootFinish, { input: { ...target, names, prune } }, { signal });
    return answer.finishSourceRoot;
  };
  const end = await finish(options.prune === true);
  if (!end.held || options.json || !cli.terminal.stdin.isTTY) return end;
  const question = `${end.missing} of ${end.total} sources are no longer in "${target.root}". Retire them?`;
  return (await confirm(cli, question)) ? finish(true) : end;
}
