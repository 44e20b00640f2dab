import { connect } from 'node:net';
import { withInstallLock } from './cache.ts';
import { launch } from './child.ts';
import { aptInstall, findProgram, run, ServerUnavailable } from './commands.ts';
import type { Installed, RunningServer, StartOptions } from './types.ts';

/** The oldest major that BullMQ's own documents recommend for new installations, and what Debian 12 has. */
export const REDIS_MAJOR = 7;

/** Redis from the system's packages. */
export async function install(): Promise<Installed> {
  return withInstallLock('redis', async () => {
    let path = await findProgram('redis-server');
    if (!path) {
      await aptInstall('Redis', ['redis-server']);
      path = await findProgram('redis-server');
    }
    const version = path && /v=(\d+\.\d+\.\d+)/.exec((await run(path, ['--version'])).output)?.[1];
    if (!path || !version || Number.parseInt(version, 10) < REDIS_MAJOR) {
      throw new ServerUnavailable(
        `Redis ${REDIS_MAJOR} or later is needed, found ${version ?? 'none'}. Debian 12 has 7.0: sudo apt-get install -y redis-server`,
      );
    }
    return { version, path };
  });
}

/**
 * Redis that hands every command to its append-only file before answering, so a killed process loses nothing. With its
 * own `everysec` it holds what it writes back for up to two seconds while the disk is busy.
 */
export async function start(options: StartOptions = {}): Promise<RunningServer> {
  const { path } = await install();
  const settings = {
    save: '',
    appendonly: 'yes',
    appendfsync: 'no',
    'maxmemory-policy': 'noeviction',
    ...options.settings,
  };
  return launch(
    {
      name: 'redis',
      readyWithinMs: 20_000,
      url: ({ port }) => `redis://127.0.0.1:${port}`,
      command: ({ folder, port }) => ({
        file: path,
        args: [
          ...['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder],
          ...Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]),
        ],
      }),
      ready: ({ port }) => ping(port),
    },
    options,
  );
}

/** One PING on a plain socket; anything but PONG (`-LOADING` while the file is read) is not ready yet. */
function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer to PING')));
    socket.once('error', reject);
    socket.once('data', (answer) => {
      socket.destroy();
      if (answer.toString().startsWith('+PONG')) resolve();
      else reject(new Error(answer.toString().trim()));
    });
  });
}
