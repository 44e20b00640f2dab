import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import { Me } from '../connection/operations.ts';
import { CommandError } from '../errors.ts';
import { VERSION } from '../package-version.ts';

/** Needs no cell; where one answers, its version stands beside. */
export async function version(cli: Cli, options: CellOptions): Promise<void> {
  const cell = await cellVersion(cli, options);
  const value = { kaze: VERSION, node: process.versions.node, platform: `${process.platform}-${process.arch}`, cell };
  cli.result(options, value, () => {
    const lines = [`kaze ${value.kaze}`, `node ${value.node} (${value.platform})`];
    if (cell) lines.push(`cell ${cell.version} "${cell.name}" at ${cell.url}`);
    return lines.join('\n');
  });
}

async function cellVersion(cli: Cli, options: CellOptions) {
  try {
    const client = await cli.connect(options);
    const signal = AbortSignal.any([cli.terminal.signal, AbortSignal.timeout(2_000)]);
    const { cellInfo } = await client.execute(Me, {}, { signal });
    return { ...cellInfo, url: client.url };
  } catch (error) {
    if (error instanceof CommandError) return null;
    throw error;
  }
}
