import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Memory, memoryOf, treeOf } from './processes.ts';

const KAZE = fileURLToPath(new URL('../../bin/kaze.js', import.meta.url));
const OPEN_WITHIN_MS = 120_000;
const END_WITHIN_MS = 30_000;

/** A cell as a user runs it: `kaze start` in a process of its own, asked over HTTP. */
export interface WholeCell {
  /** Milliseconds from the start of the process to its first answer to a question. */
  readonly firstAnswerMs: number;
  ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<unknown>;
  memory(): Promise<Memory>;
  stop(): Promise<void>;
  /** kill -9, of the cell and of what it started: nothing gets to close anything. */
  kill(): Promise<void>;
}

export async function startWholeCell(
  dataFolder: string,
  first: { query: string; variables: Readonly<Record<string, unknown>> },
): Promise<WholeCell> {
  const began = performance.now();
  const child = spawn(process.execPath, [KAZE, 'start', '--port', '0', '--data', dataFolder, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const { url, token } = await Promise.race([
    startedLine(child),
    exited.then(() => Promise.reject(new Error('the cell ended while it started'))),
  ]);
  const agent = new Agent({ keepAlive: true });
  const ask = (query: string, variables: object) =>
    post(`${url}/graphql`, { agent, token, body: { query, variables } });
  await ask(first.query, first.variables);
  const end = async (signal: NodeJS.Signals, pids: readonly number[]) => {
    agent.destroy();
    for (const pid of pids) process.kill(pid, signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
    await exited;
    clearTimeout(timer);
  };
  return {
    firstAnswerMs: performance.now() - began,
    ask,
    memory: () => memoryOf(child.pid!),
    stop: () => end('SIGTERM', [child.pid!]),
    kill: async () => end('SIGKILL', await treeOf(child.pid!)),
  };
}

/** What `kaze start --json` prints once it is up: one JSON value over several lines. */
async function startedLine(child: ChildProcess): Promise<{ url: string; token: string }> {
  let text = '';
  const timer = setTimeout(() => child.kill('SIGKILL'), OPEN_WITHIN_MS);
  try {
    for await (const line of createInterface({ input: child.stdout! })) {
      text += line;
      try {
        return JSON.parse(text) as { url: string; token: string };
      } catch {
        // Not whole yet.
      }
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`the cell did not say where it is: ${text.slice(0, 200)}`);
}

function post(url: string, { agent, token, body }: { agent: Agent; token: string; body: object }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode !== 200 || text.includes('"errors"')) return reject(new Error(text.slice(0, 500)));
        resolve((JSON.parse(text) as { data: unknown }).data);
      });
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}
