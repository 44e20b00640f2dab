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
  /** `area.field=value` each. */
  readonly set?: readonly string[];
}

/** Variables that mean something to the command line alone. */
const OF_THE_COMMAND_LINE = [/^KAZE_URL$/, /^KAZE_DEBUG$/];

/**
 * The configuration of a cell that this process brings itself. Paths on the command line start where the user stands.
 * Errors: KAZE_CONFIG_INVALID with every problem, KAZE_CLI_FILE, KAZE_CLI_USAGE.
 */
export async function loadSettings(cli: Cli, options: SettingOptions) {
  const { env, cwd } = cli.terminal;
  const { CLUSTERED, loadCellConfig } = await import('../../cell/index.ts');
  const flags: Record<string, string | number | boolean | undefined> = {
    ...(options.engines === 'clustered' ? CLUSTERED : {}),
    ...parseSet(options.set ?? []),
  };
  if (options.port !== undefined) flags['api.port'] = options.port;
  if (options.host !== undefined) flags['api.host'] = options.host;
  if (options.data !== undefined) flags['data.dir'] = resolve(cwd, options.data);
  if (options.tokenFile !== undefined) flags['api.token'] = (await readText(cli, options.tokenFile)).trim();
  const file = options.config === undefined ? undefined : await configFile(cli, options.config);
  return loadCellConfig({
    env,
    flags,
    ...(file ? { file } : {}),
    readFile: (path) => readFileSync(resolve(cwd, path), 'utf8'),
    otherVariables: OF_THE_COMMAND_LINE,
  });
}

async function configFile(cli: Cli, path: string) {
  return { path: relative(cli.terminal.cwd, resolve(cli.terminal.cwd, path)), text: await readText(cli, path) };
}

function parseSet(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw usageError(`--set "${text}": give area.field=value, such as runtime.workers=8`, { set: text });
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
