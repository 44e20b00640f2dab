import type { Secrets } from '#platform';
import { loadSettings, type SettingOptions } from '../cell/settings.ts';
import type { Cli, OutputOptions } from '../cli.ts';
import { cliError } from '../errors.ts';
import { secretText } from '../input/secret-text.ts';
import { table } from '../output/table.ts';

export type SecretsOptions = OutputOptions & Pick<SettingOptions, 'data' | 'config'>;

/** Keeps a value; one that is there already is replaced. A running cell finds it at its next look. */
export async function set(cli: Cli, path: string, options: SecretsOptions): Promise<void> {
  await withStore(cli, options, async (secrets) => {
    const known = (await secrets.list(path)).includes(path);
    const value = await secretText(cli, `Value of ${path} (not shown): `);
    await secrets.put(path, value);
    cli.result(
      options,
      { path, change: known ? 'replaced' : 'added' },
      () => `${known ? 'replaced' : 'added'} ${path}`,
    );
  });
}

/** Names, never values. */
export async function list(cli: Cli, options: SecretsOptions): Promise<void> {
  await withStore(cli, options, async (secrets) => {
    const nodes = (await secrets.list('')).map((path) => ({ path }));
    cli.result(options, { nodes }, () => {
      if (nodes.length === 0) return 'no secrets';
      return table(nodes, [{ title: 'NAME', value: ({ path }: { path: string }) => path }], cli.width);
    });
  });
}

export async function remove(cli: Cli, path: string, options: SecretsOptions): Promise<void> {
  await withStore(cli, options, async (secrets) => {
    if (!(await secrets.list(path)).includes(path)) {
      throw cliError('KAZE_CLI_NOT_FOUND', `there is no secret ${path}; kaze secrets list shows what there is`, {
        path,
      });
    }
    await secrets.remove(path);
    cli.result(options, { path, change: 'removed' }, () => `removed ${path}`);
  });
}

async function withStore(cli: Cli, options: SecretsOptions, work: (secrets: Secrets) => Promise<void>): Promise<void> {
  const { values } = await loadSettings(cli, { data: options.data, config: options.config });
  const { openSecretsStore } = await import('../../cell/secrets.ts');
  const { data, ...rest } = values;
  const { dataFolder } = await import('../connection/find-cell.ts');
  const secrets = await openSecretsStore({
    ...rest,
    data: { ...data, dir: dataFolder({ data: data.dir }, cli.terminal) },
  });
  try {
    await work(secrets);
  } finally {
    await secrets.close();
  }
}
