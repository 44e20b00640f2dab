import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Cli, OutputOptions } from '../cli.ts';
import { fileError } from '../input/read-text.ts';
import { localTime, plural } from '../output/values.ts';
import { statusFor } from '../progress/status.ts';
import { loadSettings, type SettingOptions } from './settings.ts';

export async function restore(cli: Cli, file: string, options: OutputOptions & SettingOptions): Promise<void> {
  const archive = resolve(cli.terminal.cwd, file);
  await access(archive).catch((error: unknown) => {
    throw fileError(file, error);
  });
  const loaded = await loadSettings(cli, options);
  const { restoreCell } = await import('../../cell/index.ts');
  const status = statusFor(cli);
  const restoring = restoreCell({ loaded, archive, onProgress: status.say });
  const { createdAt, ...manifest } = await restoring.finally(status.end);
  const dataFolder = resolve(cli.terminal.cwd, loaded.values.data.dir);
  const value = { ...manifest, createdAt: new Date(createdAt).toISOString(), dataFolder };
  cli.result(options, value, () => {
    const what = `${plural(manifest.nodes, 'node')}, ${plural(manifest.relationships, 'relationship')} and ${plural(manifest.ledgerRows, 'ledger row')}`;
    return `restored ${what} of ${localTime(value.createdAt)} into ${dataFolder}`;
  });
  if (!options.json)
    cli.note(`start it with: kaze start --data ${options.data}\nparked tasks go on with: kaze tasks resume ID`);
}
