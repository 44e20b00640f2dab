import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatewayAddress } from '../../../deploy/gateway/address.ts';
import { type KeyAccess, loadGatewayConfig, openKeyAccess } from '../../../deploy/gateway/index.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const START_MS = 90_000;

export interface Answered {
  readonly status: number;
  readonly headers: string;
  readonly text: string;
}

/** `kaze gateway` as a process of its own, with everything that it prints. */
export class GatewayProcess {
  output = '';
  #child: ChildProcess | undefined;
  #url = '';

  constructor(
    readonly folder: string,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  async start(): Promise<void> {
    const { PATH = '', HOME = '' } = process.env;
    const args = [join(ROOT, 'bin/kaze.js'), 'gateway', '--port', '0', '--data', this.folder];
    const child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH, HOME, NO_COLOR: '1', ...this.env } });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk;
      });
    }
    for (const end = Date.now() + START_MS; Date.now() < end && child.exitCode === null; ) {
      const address = await gatewayAddress.read(join(this.folder, 'gateway'));
      if (address?.pid === child.pid && address) {
        this.#url = address.url;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    child.kill('SIGKILL');
    throw new Error(`the gateway did not start:\n${this.output}`);
  }

  async ask(path: string, key: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    const answer = await fetch(`${this.#url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    });
    return { status: answer.status, headers: JSON.stringify([...answer.headers]), text: await answer.text() };
  }

  /** As `kaze gateway keys` does, through the running gateway. */
  async keys<T>(work: (keys: KeyAccess) => Promise<T>): Promise<T> {
    const loaded = loadGatewayConfig({ env: this.env, flags: { 'data.dir': this.folder } });
    const keys = await openKeyAccess(loaded.values);
    try {
      return await work(keys);
    } finally {
      await keys.close();
    }
  }

  /** SIGTERM ends it as an operator would. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
