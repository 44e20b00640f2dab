import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import { SourceDelete, SourceDetail } from '../connection/operations.ts';
import { usageError } from '../errors.ts';
import { confirm } from '../input/confirm.ts';
import { harmless } from '../output/text.ts';
import { localTime, plural } from '../output/values.ts';
import { unknownSource } from './read.ts';

interface EraseOptions extends CellOptions {
  readonly reason?: string;
  readonly yes?: boolean;
}

/** Errors: KAZE_CLI_USAGE without --yes where nobody can be asked. */
export async function erase(cli: Cli, id: string, options: EraseOptions): Promise<void> {
  const { signal } = cli.terminal;
  const asks = !options.yes;
  if (asks && (!cli.terminal.stdin.isTTY || options.json)) {
    throw usageError('erasing cannot be undone; give --yes where nobody can be asked', { id });
  }
  const client = await cli.connect(options);
  if (asks) {
    const { source } = await client.execute(SourceDetail, { id, passages: 1 }, { signal });
    if (!source) throw unknownSource(id);
    const what = `"${harmless(source.name)}" with ${plural(source.chunks.totalCount, 'passage')}`;
    if (!(await confirm(cli, `Erase ${what} for good?`))) return cli.note('nothing was erased');
  }
  const { deleteSource } = await client.execute(SourceDelete, { input: { id, reason: options.reason } }, { signal });
  const { source } = deleteSource;
  if (!source) throw unknownSource(id);
  cli.result(options, source, () => `erased ${source.id} at ${localTime(source.erasedAt)}; a tombstone stays`);
}
