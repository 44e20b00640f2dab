import { join } from 'node:path';
import { withInstallLock } from './cache.ts';
import { launch } from './child.ts';
import { aptInstall, findProgram, run, ServerUnavailable } from './commands.ts';
import type { Installed, RunningServer, StartOptions } from './types.ts';

const NAMES = ['/usr/bin/chromium', 'chromium', 'chromium-browser', 'google-chrome'];

/** Chromium from the system's packages; `path` is what playwright-core takes as `executablePath`. */
export async function install(): Promise<Installed> {
  return withInstallLock('chromium', async () => {
    let path = await findProgram(...NAMES);
    if (!path) {
      await aptInstall('Chromium', ['chromium']);
      path = await findProgram(...NAMES);
    }
    const version = path && /(\d+\.\d+\.\d+\.\d+)/.exec((await run(path, ['--version'])).output)?.[1];
    if (!path || !version) throw new ServerUnavailable('No Chromium found. Run: sudo apt-get install -y chromium');
    return { version, path };
  });
}

/** For playwright-core's `launch`: a browser that asks nobody but loopback anything. */
export const CHROMIUM_ARGUMENTS: readonly string[] = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** A headless browser whose `url` is its DevTools address: `chromium.connectOverCDP(url)`. */
export async function start(options: StartOptions = {}): Promise<RunningServer> {
  const { path } = await install();
  return launch(
    {
      name: 'chromium',
      readyWithinMs: 60_000,
      url: ({ port }) => `http://127.0.0.1:${port}`,
      command: ({ folder, port }) => ({
        file: path,
        args: [
          ...CHROMIUM_ARGUMENTS,
          `--remote-debugging-port=${port}`,
          `--user-data-dir=${join(folder, 'profile')}`,
          'about:blank',
        ],
      }),
      async ready({ port }) {
        const answer = await fetch(`http://127.0.0.1:${port}/json/version`, { signal: AbortSignal.timeout(2_000) });
        if (!answer.ok) throw new Error(`/json/version answers ${answer.status}`);
      },
    },
    options,
  );
}
