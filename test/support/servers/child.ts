import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lastLines } from './commands.ts';
import type { RunningServer, StartOptions } from './types.ts';

export interface Place {
  readonly port: number;
  readonly folder: string;
}

export interface ServerProgram {
  readonly name: string;
  /** Called before the first start of a folder that the launcher made: configuration files, an empty database. */
  prepare?(place: Place): Promise<void>;
  command(place: Place): { file: string; args: readonly string[]; env?: NodeJS.ProcessEnv; uid?: number; gid?: number };
  /** Throws while the server does not answer yet. */
  ready(place: Place): Promise<void>;
  url(place: Place): string;
  /** The signal of an orderly end; SIGTERM unless the server gives it another meaning. */
  readonly stopSignal?: NodeJS.Signals;
  readonly readyWithinMs: number;
}

const STOP_WITHIN_MS = 15_000;
const PORT_TRIES = 3;
const running = new Set<ChildProcess>();

// An orderly exit of the test process; a killed one is the watchdog's business.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A loopback port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (!address || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}

/** Starts a server as a child process and resolves once it answers. */
export async function launch(program: ServerProgram, options: StartOptions = {}): Promise<RunningServer> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), `kaze-${program.name}-`)));
  const ownFolder = options.folder === undefined;
  await mkdir(folder, { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const place = { port: options.port ?? (await freePort()), folder };
    try {
      await program.prepare?.(place);
      const first = await spawnReady(program, place);
      return new ServerProcess(program, place, first, ownFolder);
    } catch (error) {
      // Between asking for a free port and taking it another process may have been faster.
      const mayRepeat = options.port === undefined && attempt < PORT_TRIES && /in use|bind/i.test(String(error));
      if (mayRepeat) continue;
      if (ownFolder) await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

interface Guarded {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
}

async function spawnReady(program: ServerProgram, place: Place): Promise<Guarded> {
  const { file, args, env, uid, gid } = program.command(place);
  const logFile = join(place.folder, 'launcher.log');
  const log = createWriteStream(logFile, { flags: 'a' });
  await once(log, 'open');
  const child = spawn(file, args, { cwd: place.folder, env, uid, gid, stdio: ['ignore', log, log], detached: true });
  let failure: string | undefined;
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failure = error.message;
      resolve();
    });
    child.once('exit', (code, signal) => {
      failure = `it ended with ${signal ?? `exit code ${code}`}`;
      resolve();
    });
  });
  log.close();
  guard(child);
  const deadline = Date.now() + program.readyWithinMs;
  let lastRefusal = 'no answer';
  while (failure === undefined && Date.now() < deadline) {
    try {
      await program.ready(place);
      return { child, exited };
    } catch (error) {
      lastRefusal = error instanceof Error ? error.message : String(error);
      await Promise.race([wait(50), exited]);
    }
  }
  child.kill('SIGKILL');
  await exited;
  const output = lastLines(await readFile(logFile, 'utf8').catch(() => ''));
  const reason =
    failure && failure !== 'it ended with SIGKILL'
      ? failure
      : `not ready within ${program.readyWithinMs} ms (${lastRefusal})`;
  throw new Error(`${program.name} did not start on port ${place.port}: ${reason}\n${output}`);
}

/**
 * Ties the child's life to ours. Its watchdog is a shell that waits on a pipe which only this process holds: when we
 * are gone, also by SIGKILL, the pipe closes and the shell kills the child with the processes of its group. Both stand in sessions of their own, so
 * that a Ctrl-C in the terminal reaches the test runner alone.
 */
function guard(child: ChildProcess): void {
  if (child.pid === undefined) return;
  running.add(child);
  const watchdog = spawn('/bin/sh', ['-c', `read -r line; kill -9 -${child.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  (watchdog.stdin as unknown as { unref?(): void }).unref?.();
  child.unref();
  child.once('exit', () => {
    running.delete(child);
    watchdog.kill('SIGKILL');
  });
}

class ServerProcess implements RunningServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly #program: ServerProgram;
  readonly #ownFolder: boolean;
  #current: Guarded | undefined;

  constructor(program: ServerProgram, place: Place, current: Guarded, ownFolder: boolean) {
    this.url = program.url(place);
    this.port = place.port;
    this.folder = place.folder;
    this.#program = program;
    this.#ownFolder = ownFolder;
    this.#current = current;
  }

  get pid(): number | undefined {
    const child = this.#current?.child;
    return child && child.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  async stop(): Promise<void> {
    await this.#end(this.#program.stopSignal ?? 'SIGTERM');
    if (this.#ownFolder) await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.#end(this.#program.stopSignal ?? 'SIGTERM');
    this.#current = await spawnReady(this.#program, { port: this.port, folder: this.folder });
  }

  /** Holds the server where it is. On a busy machine its threads go on for a while after the signal: waits for them. */
  pause(): void {
    const child = this.#current?.child;
    child?.kill('SIGSTOP');
    const deadline = Date.now() + 5_000;
    while (child?.pid !== undefined && !isHeld(child.pid) && Date.now() < deadline) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }

  resume(): void {
    this.#current?.child.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    if (!current) return;
    current.child.kill('SIGCONT');
    const helpers = signal === 'SIGKILL' ? childrenOf(current.child) : [];
    current.child.kill(signal);
    for (const pid of helpers) endProcess(pid);
    const timer = setTimeout(() => current.child.kill('SIGKILL'), STOP_WITHIN_MS);
    await current.exited;
    clearTimeout(timer);
    endGroup(current.child);
  }
}

/** A browser's helpers outlive it for a moment, and would write into the folder that is being removed. */
function endGroup(child: ChildProcess): void {
  if (child.pid !== undefined) endProcess(-child.pid);
}

/** PostgreSQL's stand in groups of their own and would answer until they notice that their parent is gone. */
function childrenOf({ pid }: ChildProcess): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    // Not Linux: there they go a moment later.
    return [];
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}

/** Whether every thread of a process is stopped; true where the system does not tell. */
function isHeld(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => {
      const state = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').split(') ').at(-1)?.[0];
      return state === 'T' || state === 't';
    });
  } catch {
    return true;
  }
}
