import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Cli } from '../cli.ts';
import { usageError } from '../errors.ts';
import { readText } from '../input/read-text.ts';

export interface SettingOptions {
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
  readonly tokenFile?: string;
  readonly config?: string;
  readonly engines?: 'embedded' | 'clustered';
  /** Folders of further verticals. */
  readonly verticals?: readonly string[];
  /** `area.field=value` each. */
  readonly set?: readonly string[];
}

/** Variables that mean something to the command line or to `kaze gateway` alone. */
const OF_THE_COMMAND_LINE = [/^KAZE_URL$/, /^KAZE_DEBUG$/, /^KAZE_GATEWAY_/];

/**
 * The configuration of a cell that this process brings itself. Paths on the command line start where the user stands.
 * Errors: KAZE_CONFIG_INVALID with every problem, KAZE_CLI_FILE, KAZE_CLI_USAGE.
 */
export async function loadSettings(cli: Cli, options: SettingOptions) {
  const { env, cwd } = cli.terminal;
  const { CLUSTERED, loadCellConfig } = await import('../../cell/config.ts');
  const flags: Record<string, string | number | boolean | readonly string[] | undefined> = {};
  // As they are written on the command line, for `doctor` and for what is wrong with them.
  const flagNames: Record<string, string> = {};
  const give = (key: string, name: string, value: string | number | readonly string[] | undefined) => {
    if (value === undefined) return;
    flags[key] = value;
    flagNames[key] = name;
  };
  if (options.engines === 'clustered') {
    for (const [key, engine] of Object.entries(CLUSTERED)) give(key, '--engines', engine);
  }
  for (const [key, value] of Object.entries(parseSet(options.set ?? []))) give(key, `--set ${key}`, value);
  give('api.port', '--port', options.port);
  give('api.host', '--host', options.host);
  if (options.data !== undefined) give('data.dir', '--data', resolve(cwd, options.data));
  if (options.verticals !== undefined) {
    const folders = options.verticals.map((folder) => resolve(cwd, folder));
    give('verticals.folders', '--verticals', folders);
  }
  if (options.tokenFile !== undefined) {
    give('api.token', '--token-file', (await readText(cli, options.tokenFile)).trim());
  }
  const file = options.config === undefined ? undefined : await configFile(cli, options.config);
  return loadCellConfig({
    env,
    flags,
    flagNames,
    ...(file ? { file } : {}),
    readFile: (path) => readFileSync(resolve(cwd, path), 'utf8'),
    otherVariables: OF_THE_COMMAND_LINE,
  });
}

async function configFile(cli: Cli, path: string) {
  return { path: relative(cli.terminal.cwd, resolve(cli.terminal.cwd, path)), text: await readText(cli, path) };
}

/** Errors: KAZE_CLI_USAGE. */
export function parseSet(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw usageError(`--set "${text}": give area.field=value, such as runtime.workers=8`, { set: text });
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
