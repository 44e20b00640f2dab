import { relative } from 'node:path';
import type { Cli, OutputOptions } from '../cli.ts';
import { duration } from '../output/values.ts';
import { VERSION } from '../package-version.ts';
import { statusFor } from '../progress/status.ts';
import { loadSettings, type SettingOptions } from './settings.ts';

/** A query that shows something on a fresh cell, short enough to type. */
export const FIRST_QUERY = '{ agents { nodes { name state skills { nodes { name status } } } } }';

/** Runs a cell until a signal ends it. Progress goes to stderr, what one needs to use it to stdout. */
export async function start(cli: Cli, options: OutputOptions & SettingOptions): Promise<void> {
  const { signal } = cli.terminal;
  const loaded = await loadSettings(cli, options);
  const { startCell } = await import('../../cell/index.ts');
  const status = statusFor(cli);
  status.say('starting the cell');
  const { env } = cli.terminal;
  const cell = await startCell({ loaded, kazeVersion: VERSION, env, onProgress: status.say, signal }).finally(
    status.end,
  );
  const { url, port, dataFolder, token, startedInMs } = cell;
  const value = {
    url,
    playground: `${url}/`,
    graphql: `${url}/graphql`,
    port,
    token,
    dataFolder,
    pid: process.pid,
    startedInMs,
  };
  cli.result(options, value, () => greeting(cli, { url, token, dataFolder, startedInMs }));
  try {
    await aborted(signal);
  } finally {
    cli.note('ending; Ctrl-C again ends at once');
    await cell.stop();
  }
}

interface Started {
  readonly url: string;
  readonly token: string | undefined;
  readonly dataFolder: string;
  readonly startedInMs: number;
}

function greeting(cli: Cli, { url, token, dataFolder, startedInMs }: Started): string {
  const { style } = cli;
  const elsewhere = relative(cli.terminal.cwd, dataFolder) === '.kaze' ? '' : ` --data ${dataFolder}`;
  return [
    `${style('Kaze is up', 'green')} (in ${duration(startedInMs)}), with its data in ${dataFolder}`,
    '',
    `  Playground   ${style(`${url}/`, 'underline')}`,
    `  Token        ${token ?? 'the one that was given (KAZE_API_TOKEN)'}`,
    `  First query  ${FIRST_QUERY}`,
    '',
    'Next, in another terminal:',
    `  npx kaze ingest examples/acme/handbook --tenant acme --vertical internal-ops${elsewhere}`,
    `  npx kaze ask "How many days of annual leave are there?" --tenant acme${elsewhere}`,
    `  npx kaze demo${elsewhere}`,
    '',
    'Ctrl-C ends it; nothing acknowledged is lost.',
  ].join('\n');
}

/** Resolves with the signal, and keeps the process alive until then. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    // Signal listeners alone do not keep a process alive, should every server handle be gone.
    const alive = setInterval(() => {}, 2 ** 30);
    const end = () => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
