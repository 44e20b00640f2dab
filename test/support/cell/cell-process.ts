import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KAZE = fileURLToPath(new URL('../../../bin/kaze.js', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const START_MS = 240_000;

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GraphqlFailure {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly retryable?: boolean };
}

/** A GraphQL answer with errors. */
export class QueryRefused extends Error {
  readonly code: string | undefined;
  readonly retryable: boolean;

  constructor(errors: readonly GraphqlFailure[]) {
    super(JSON.stringify(errors));
    this.code = errors[0]?.extensions?.code;
    this.retryable = errors[0]?.extensions?.retryable ?? false;
  }
}

/** A whole cell as its own process, as a user starts it; its command line beside it. */
export class CellProcess {
  readonly folder: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;
  /** What the cell printed, for a failure's message. */
  output = '';

  readonly #node: string;

  /**
   * @param settings environment of the cell: `KAZE_…`
   * @param node the Node that runs it; this process's own when left out
   */
  constructor(folder: string, settings: Readonly<Record<string, string>> = {}, node = process.execPath) {
    this.folder = folder;
    this.#node = node;
    const { PATH = '', HOME = '' } = process.env;
    this.#env = { PATH, HOME, KAZE_DATA_DIR: folder, NO_COLOR: '1', ...settings };
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when `/readyz` says so. */
  async start(...args: readonly string[]): Promise<void> {
    await this.#launch(args, () => this.#ready());
  }

  /** Resolves when it answers on its port, ready or not: an engine may be away. */
  async startUnready(...args: readonly string[]): Promise<void> {
    await this.#launch(args, async () => (await this.get('/healthz')).status === 200);
  }

  async #launch(args: readonly string[], isUp: () => Promise<boolean>): Promise<void> {
    const child = spawn(this.#node, [KAZE, 'start', '--port', '0', ...args], { cwd: ROOT, env: this.#env });
    this.#child = child;
    const keep = (chunk: Buffer) => {
      this.output = `${this.output}${chunk}`.slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = Date.now() + START_MS;
    while (Date.now() < end) {
      if (child.exitCode !== null) break;
      if (this.address()?.pid === child.pid && (await isUp())) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill('SIGKILL');
    throw new Error(`the cell did not start:\n${this.output}`);
  }

  address(): { url: string; pid: number } | undefined {
    const file = join(this.folder, 'cell.json');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  }

  get url(): string {
    return this.address()!.url;
  }

  get token(): string {
    return readFileSync(join(this.folder, 'credentials', 'token'), 'utf8').trim();
  }

  async #ready(): Promise<boolean> {
    return (await this.get('/readyz')).status === 200;
  }

  /** What an address without a token answers; status 0 where nobody answers. */
  async get(path: '/healthz' | '/readyz'): Promise<{ status: number; reasons: readonly string[] }> {
    try {
      const response = await fetch(`${this.url}${path}`);
      const { reasons = [] } = (await response.json()) as { reasons?: readonly string[] };
      return { status: response.status, reasons };
    } catch {
      return { status: 0, reasons: [] };
    }
  }

  /** Runs `kaze …` against this cell. */
  kaze(...args: readonly string[]): Promise<CommandResult> {
    return new Promise((resolve) => {
      const options = { cwd: ROOT, env: this.#env, maxBuffer: 64 * 2 ** 20, timeout: 120_000 };
      execFile(this.#node, [KAZE, ...args], options, (error, stdout, stderr) => {
        const code = error ? ((error as { code?: unknown }).code as number) : 0;
        resolve({ code: typeof code === 'number' ? code : 1, stdout, stderr });
      });
    });
  }

  /** The same with `--json`; throws with what was printed when it fails. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.kaze(...args, '--json');
    if (code !== 0) throw new Error(`kaze ${args.join(' ')} ended with ${code}\n${stdout}${stderr}\n${this.output}`);
    return JSON.parse(stdout) as T;
  }

  /** Throws a `QueryRefused` for an answer with errors. */
  async query<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: T; errors?: GraphqlFailure[] };
    if (errors || !data) throw new QueryRefused(errors ?? []);
    return data;
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As Ctrl-C does. Gives the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGINT');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }
}

/** Asks until the answer fits, up to a deadline. */
export async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean, timeoutMs = 100_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const began = performance.now();
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${JSON.stringify(answer)?.slice(0, 2_000)}`);
    // Asking for hundreds of tasks takes the cell's time: at least half of it is left to the work that is waited for.
    await new Promise((resolve) => setTimeout(resolve, Math.max(100, performance.now() - began)));
  }
}
