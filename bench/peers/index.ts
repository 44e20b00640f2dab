import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../load/index.ts';

export interface Peer {
  readonly port: number;
  /** Processor milliseconds that its process has taken so far. */
  cpuMs(): Promise<number>;
  /** Resident memory of its process; NaN of one that does not tell. */
  rssMiB(): Promise<number>;
  close(): Promise<void>;
}

/** Why a peer is not there; the rows that it belongs to are skipped with this text. */
export class PeerUnavailable extends Error {
  override readonly name = 'PeerUnavailable';
}

const folderOf = (name: string) => fileURLToPath(new URL(`./${name}/`, import.meta.url));

/** Installs a peer from its own lockfile where it is missing: its packages never stand in ours. */
async function install(name: string): Promise<void> {
  const folder = folderOf(name);
  if (existsSync(`${folder}node_modules/.package-lock.json`)) return;
  console.error(`installing the peer ${name} (its own lockfile, once) ...`);
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const [code] = await once(npm, 'exit').catch((error: Error) => [error.message]);
  if (code !== 0) {
    throw new PeerUnavailable(`npm ci in bench/peers/${name} failed (${code}); run it there and start the bench again`);
  }
}

/** Starts `bench/peers/<name>/server.mjs` in a process of its own. */
export async function startPeer(name: string, args: readonly string[]): Promise<Peer> {
  await install(name);
  const child: ChildProcess = fork(`${folderOf(name)}server.mjs`, [...args], {
    execArgv: [],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const { port } = await messageOf<{ port: number }>(child);
  const taken = () => {
    child.send('cpu');
    return messageOf<{ cpu: NodeJS.CpuUsage; rss?: number }>(child);
  };
  return {
    port,
    async cpuMs() {
      const { cpu } = await taken();
      return (cpu.user + cpu.system) / 1_000;
    },
    async rssMiB() {
      const { rss = Number.NaN } = await taken();
      return rss / 2 ** 20;
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
