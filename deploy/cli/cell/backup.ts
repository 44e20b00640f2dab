import { createWriteStream } from 'node:fs';
import { access, link, open, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import { cliError } from '../errors.ts';
import { fileError } from '../input/read-text.ts';
import { bytes } from '../output/values.ts';

/** Streams a backup from the running cell into a file of its own, which gets its name only when it is whole. */
export async function backup(cli: Cli, file: string, options: CellOptions): Promise<void> {
  const target = resolve(cli.terminal.cwd, file);
  await refuseExisting(file, target);
  const client = await cli.connect(options);
  const partial = `${target}.${process.pid}.part`;
  try {
    const stream = await client.download('/backup', { signal: cli.terminal.signal });
    const handle = await open(partial, 'wx', 0o600);
    await pipeline(stream, createWriteStream(partial, { fd: handle, flush: true }), { signal: cli.terminal.signal });
    // A link, unlike a renaming, does not replace a file that came into being meanwhile.
    await link(partial, target);
  } catch (error) {
    if (cli.terminal.signal.aborted) throw cliError('KAZE_CLI_INTERRUPTED', 'interrupted; no archive was kept');
    throw fileError(file, error, 'written');
  } finally {
    await rm(partial, { force: true });
  }
  const { size } = await stat(target);
  cli.result(options, { file: target, bytes: size }, () => `${target} (${bytes(size)})`);
  if (!options.json) cli.note(`bring it back with: kaze restore ${file} --data NEW-FOLDER`);
}

async function refuseExisting(file: string, target: string): Promise<void> {
  const exists = await access(target).then(
    () => true,
    () => false,
  );
  if (exists) throw cliError('KAZE_CLI_FILE', `${file} exists already; a backup overwrites nothing`, { path: file });
}
