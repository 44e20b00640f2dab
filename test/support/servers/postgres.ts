import { chown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { withInstallLock } from './cache.ts';
import { launch } from './child.ts';
import { aptInstall, findProgram, lastLines, run, ServerUnavailable } from './commands.ts';
import type { Installed, RunningServer, StartOptions } from './types.ts';

export const POSTGRES_MAJOR = 15;
const BINARIES = `/usr/lib/postgresql/${POSTGRES_MAJOR}/bin`;
const USER = 'kaze';

/** PostgreSQL from the system's packages; `path` is its folder of binaries. */
export async function install(): Promise<Installed> {
  return withInstallLock('postgres', async () => {
    let postgres = await findProgram(join(BINARIES, 'postgres'), 'postgres');
    if (!postgres) {
      await aptInstall('PostgreSQL', [`postgresql-${POSTGRES_MAJOR}`]);
      postgres = await findProgram(join(BINARIES, 'postgres'));
    }
    const version = postgres && /(\d+\.\d+)/.exec((await run(postgres, ['--version'])).output)?.[1];
    if (!postgres || !version || Number.parseInt(version, 10) < POSTGRES_MAJOR) {
      throw new ServerUnavailable(
        `PostgreSQL ${POSTGRES_MAJOR} or later is needed, found ${version ?? 'none'}. On Debian 12: sudo apt-get install -y postgresql`,
      );
    }
    return { version, path: join(postgres, '..') };
  });
}

/**
 * A cluster of one's own with the database and superuser `kaze`, no password on loopback. It flushes nothing to disk
 * (`fsync=off`): a killed process still loses nothing, only a power cut would, and tests run twice as fast; a bench
 * passes `settings: { fsync: 'on' }`.
 */
export async function start(options: StartOptions = {}): Promise<RunningServer> {
  const { path: binaries } = await install();
  const owner = await serverUser();
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '200', ...options.settings };
  return launch(
    {
      name: 'postgres',
      readyWithinMs: 60_000,
      // SIGTERM waits for every client to leave; SIGINT ends their sessions first.
      stopSignal: 'SIGINT',
      url: ({ port }) => urlOf(port, USER),
      async prepare({ folder }) {
        if (owner.uid !== undefined && owner.gid !== undefined) await chown(folder, owner.uid, owner.gid);
        const data = join(folder, 'data');
        if ((await readdir(data).catch(() => [])).length > 0) return;
        const args = ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
        const done = await run(join(binaries, 'initdb'), args, { cwd: folder, ...owner });
        if (done.code !== 0) throw new Error(`initdb failed in ${folder}:\n${lastLines(done.output)}`);
      },
      command: ({ folder, port }) => ({
        file: join(binaries, 'postgres'),
        args: [
          ...['-D', join(folder, 'data'), '-p', `${port}`, '-c', 'listen_addresses=127.0.0.1', '-k', folder],
          ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
        ],
        ...owner,
      }),
      ready: ({ port }) => ensureDatabase(port),
    },
    options,
  );
}

function urlOf(port: number, database: string): string {
  return `postgres://${USER}@127.0.0.1:${port}/${database}`;
}

async function ensureDatabase(port: number): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(port, 'postgres'), connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [USER]);
    if (!rowCount) await client.query(`CREATE DATABASE ${USER}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The server refuses to run as root: then its package's own user runs it. */
async function serverUser(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
  if (uid.code !== 0 || gid.code !== 0) {
    throw new ServerUnavailable(
      'PostgreSQL will not run as root and there is no user "postgres". Run: useradd --system postgres',
    );
  }
  return { uid: Number(uid.output), gid: Number(gid.output) };
}
