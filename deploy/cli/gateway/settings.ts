import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseSet, type SettingOptions } from '../cell/settings.ts';
import type { Cli } from '../cli.ts';
import { dataFolder } from '../connection/find-cell.ts';
import { readText } from '../input/read-text.ts';

export type GatewaySettingOptions = Pick<SettingOptions, 'port' | 'host' | 'data' | 'config' | 'set'>;

/**
 * The configuration of a gateway that this process brings itself. Paths on the command line start where the user
 * stands. Errors: KAZE_CONFIG_INVALID with every problem, KAZE_CLI_FILE, KAZE_CLI_USAGE.
 */
export async function loadGatewaySettings(cli: Cli, options: GatewaySettingOptions) {
  const { env, cwd } = cli.terminal;
  const { loadGatewayConfig } = await import('../../gateway/config.ts');
  const { port, host, data, config: path } = options;
  const set = parseSet(options.set ?? []);
  const flags: Record<string, string | number | undefined> = { ...set, 'gateway.port': port, 'gateway.host': host };
  if (port === undefined) flags['gateway.port'] = set['gateway.port'];
  if (host === undefined) flags['gateway.host'] = set['gateway.host'];
  if (data !== undefined) flags['data.dir'] = resolve(cwd, data);
  const flagNames = {
    ...Object.fromEntries(Object.keys(set).map((key) => [key, `--set ${key}`])),
    ...{ 'gateway.port': '--port', 'gateway.host': '--host', 'data.dir': '--data' },
  };
  const loaded = loadGatewayConfig({
    ...{ env, flags, flagNames },
    ...(path === undefined
      ? {}
      : { file: { path: relative(cwd, resolve(cwd, path)), text: await readText(cli, path) } }),
    readFile: (file) => readFileSync(resolve(cwd, file), 'utf8'),
  });
  const { models } = loaded.values;
  const from = (path: string | undefined) => (path === undefined ? undefined : resolve(cwd, path));
  const files = {
    policyFile: from(models.policyFile),
    priceFile: from(models.priceFile),
    guardrailsFile: from(models.guardrailsFile),
  };
  const dir = dataFolder({ data: loaded.values.data.dir }, cli.terminal);
  return {
    ...loaded,
    values: {
      ...loaded.values,
      data: { ...loaded.values.data, dir },
      models: { ...models, ...files },
    },
  };
}
