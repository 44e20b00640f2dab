import { mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import { dataFolder } from '../connection/find-cell.ts';
import { CellDoctor, Me } from '../connection/operations.ts';
import { CommandError } from '../errors.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { table } from '../output/table.ts';
import { bytes } from '../output/values.ts';
import { VERSION } from '../package-version.ts';
import { loadSettings } from './settings.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

const LEAST_FREE_BYTES = 1e9;

/** What this machine says, then what the cell says of itself, or the settings where none runs. */
export async function doctor(cli: Cli, options: CellOptions & { readonly config?: string }): Promise<void> {
  const folder = dataFolder(options, cli.terminal);
  const checks: Check[] = [
    {
      name: 'kaze',
      ok: true,
      detail: `${VERSION} on Node ${process.versions.node}, ${process.platform}-${process.arch}`,
    },
    await folderCheck(folder),
    ...(await cellChecks(cli, options)),
  ];
  const ok = checks.every((check) => check.ok);
  cli.result(options, { ok, checks }, () => {
    const columns = [
      {
        title: '',
        value: (check: Check) => (check.ok ? 'ok' : 'WRONG'),
        paint: (text: string) => cli.style(text, text === 'ok' ? 'green' : 'red'),
      },
      { title: 'WHAT', value: (check: Check) => check.name },
      { title: 'HOW IT IS', value: (check: Check) => check.detail },
    ];
    return table(checks, columns);
  });
  if (!ok) cli.exitCode = EXIT.failed;
}

async function cellChecks(cli: Cli, options: CellOptions & { readonly config?: string }): Promise<Check[]> {
  const { signal } = cli.terminal;
  try {
    const client = await cli.connect(options);
    const { cellInfo, me } = await client.execute(Me, {}, { signal });
    const cell = { name: 'cell', ok: true, detail: `"${cellInfo.name}" ${cellInfo.version} answers at ${client.url}` };
    const token = { name: 'token', ok: true, detail: `${me.name}, ${me.role}${me.tenant ? `, for ${me.tenant}` : ''}` };
    const answered = await client.execute(CellDoctor, {}, { signal });
    return [cell, token, ...answered.doctor];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const runs = exitCodeOf(error.code) !== EXIT.noCell;
    // That no cell runs is no fault of the settings; a cell that cannot be asked is.
    const cell = { name: 'cell', ok: !runs, detail: error.message };
    return runs ? [cell] : [cell, ...(await settingChecks(cli, options))];
  }
}

async function settingChecks(cli: Cli, options: CellOptions & { readonly config?: string }): Promise<Check[]> {
  try {
    const loaded = await loadSettings(cli, { data: options.data, config: options.config });
    const [{ cellSections }, { openSecrets, describeSecrets }, { describeConfig }] = await Promise.all([
      import('../../cell/config.ts'),
      import('../../cell/secrets.ts'),
      import('#platform'),
    ]);
    const { data, ...rest } = loaded.values;
    const folder = dataFolder({ data: data.dir }, cli.terminal);
    const secrets = await openSecrets({ ...rest, data: { ...data, dir: folder } }, { env: cli.terminal.env });
    const keys = await describeSecrets(secrets).finally(() => secrets.close());
    const set = describeConfig(cellSections, loaded).filter(({ origin }) => origin !== 'default');
    return [
      { name: 'settings', ok: true, detail: `${set.length} differ from their defaults` },
      { name: 'secrets', ok: true, detail: keys },
      ...set.map(({ key, value, origin }) => ({ name: `setting ${key}`, ok: true, detail: `${value} (${origin})` })),
    ];
  } catch (error) {
    const problems = (error as { fields?: { problems?: readonly string[] } }).fields?.problems;
    const details = problems ?? [error instanceof Error ? error.message : String(error)];
    const code = (error as { code?: unknown }).code;
    const name = String(code).startsWith('KAZE_SECRETS_') ? 'secrets' : 'settings';
    return details.map((detail) => ({ name, ok: false, detail }));
  }
}

/** Whether the folder can be written and has room. It is not made here. */
async function folderCheck(folder: string): Promise<Check> {
  const name = 'data folder';
  let existing = folder;
  while (!(await stat(existing).catch(() => undefined)) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    const probe = await mkdtemp(join(existing, '.kaze-doctor-'));
    await writeFile(join(probe, 'probe'), 'x').finally(() => rm(probe, { recursive: true, force: true }));
    const { bavail, bsize } = await statfs(existing);
    const free = bavail * bsize;
    const there = existing === folder ? '' : ' (not there yet)';
    return { name, ok: free >= LEAST_FREE_BYTES, detail: `${folder}${there}, ${bytes(free)} free` };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: `${folder} cannot be written: ${error instanceof Error ? error.message : error}`,
    };
  }
}
