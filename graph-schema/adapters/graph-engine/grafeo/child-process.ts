import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from '#platform';
import { ChildGone, fromGrafeo } from './errors.ts';
import type { ChildAnswer, ChildFailure, ChildRequest } from './protocol.ts';

const ENTRY = fileURLToPath(new URL('./child.mjs', import.meta.url));
const PAGE_BYTES = 4_096;
const LOGGED_CHARACTERS = 500;
/** How long a kill waits for commits that were sent; they take milliseconds. */
const COMMITS_WAIT_MS = 300;

interface Waiting {
  readonly isCommit: boolean;
  readonly resolve: (answer: ChildAnswer) => void;
  readonly reject: (error: Error) => void;
  /** Answers the caller now, before the process is killed; absent where nobody may be answered early. */
  readonly abandon: ((error: Error) => void) | undefined;
  readonly errorOf: (failure: ChildFailure) => Error;
  killTimer: NodeJS.Timeout | undefined;
  killAt: number;
}

export interface SendOptions {
  /** Answers the caller when this request is to be given up at once (memory). */
  readonly abandon?: (error: Error) => void;
  readonly errorOf?: (failure: ChildFailure) => Error;
}

export interface SentRequest {
  readonly answer: Promise<ChildAnswer>;
  /** Kills the process unless this request is answered within `graceMs`, of several the shortest: no statement can be cancelled. */
  endWithin(graceMs: number): void;
}

/** One child process and the requests that wait for it. */
export class EngineChild {
  readonly exited: Promise<void>;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  readonly #onCondemned: () => void;
  #isCondemned = false;
  #gone: ChildGone | undefined;

  /** @param onCondemned called when the process is about to be killed or no longer listens: send it nothing more */
  constructor(logger: Logger, onCondemned: () => void) {
    this.#onCondemned = onCondemned;
    // An empty environment: no credential of the cell reaches it, and no NODE_OPTIONS changes it.
    this.#process = fork(ENTRY, [], {
      env: {},
      execArgv: [],
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      logger.warn({ text: text.slice(0, LOGGED_CHARACTERS) }, 'the embedded graph wrote to its error output');
    });
    this.#process.on('message', (message) => this.#onAnswer(message as ChildAnswer));
    this.exited = new Promise((resolve) => {
      const end = (why: string): void => {
        this.#end(why);
        resolve();
      };
      this.#process.once('error', (error) => end(`its process could not be used (${error.message})`));
      this.#process.once('exit', (code, signal) => end(`its process ended (${signal ?? `exit code ${code}`})`));
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  send(request: ChildRequest, { abandon, errorOf = fromGrafeo }: SendOptions = {}): SentRequest {
    this.#lastId += 1;
    const id = this.#lastId;
    const isCommit = request.kind === 'pack' && request.commits === true;
    const answer = new Promise<ChildAnswer>((resolve, reject) => {
      // A killed process stops listening some time before its exit is known: who tries again must wait for the next one.
      if (!this.#process.connected) this.#onCondemned();
      if (this.#gone || !this.#process.connected || (this.#isCondemned && isCommit)) {
        reject(new ChildGone(this.#gone?.message ?? 'its process is being replaced', false));
        return;
      }
      this.#waiting.set(id, { isCommit, resolve, reject, abandon, errorOf, killTimer: undefined, killAt: Infinity });
      // A failed send is followed by the exit event, which answers everything that waits.
      this.#process.send({ id, ...request }, () => undefined);
    });
    return {
      answer,
      endWithin: (graceMs) => {
        const waiting = this.#waiting.get(id);
        const killAt = performance.now() + graceMs;
        if (!waiting || killAt >= waiting.killAt) return;
        clearTimeout(waiting.killTimer);
        waiting.killAt = killAt;
        waiting.killTimer = setTimeout(() => void this.#replace(), graceMs);
      },
    };
  }

  async call(request: ChildRequest): Promise<ChildAnswer> {
    return this.send(request).answer;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /**
   * Takes no new work and kills the process once the commits under way are answered: nobody should be left wondering
   * about a commit because of another caller's query.
   */
  async #replace(): Promise<void> {
    if (this.#isCondemned) return;
    this.#isCondemned = true;
    this.#onCondemned();
    const until = performance.now() + COMMITS_WAIT_MS;
    const hasCommit = (): boolean => [...this.#waiting.values()].some(({ isCommit }) => isCommit);
    while (hasCommit() && performance.now() < until) await wait(5);
    this.kill();
  }

  /** Gives up the statement that has run longest, then kills the process; others find it gone and repeat. */
  killForMemory(error: () => Error): void {
    for (const waiting of this.#waiting.values()) {
      if (!waiting.abandon) continue;
      waiting.abandon(error());
      break;
    }
    void this.#replace();
  }

  /** Resident memory in bytes: from the system, or where it does not tell, from the process itself. */
  async residentBytes(): Promise<number> {
    try {
      // From the memory of the system, at once: a promise of it would cost ten times as much.
      const pages = readFileSync(`/proc/${this.pid}/statm`, 'utf8').split(' ')[1];
      return Number(pages) * PAGE_BYTES;
    } catch {
      return (await this.call({ kind: 'stats' })).stats?.residentBytes ?? 0;
    }
  }

  #onAnswer(answer: ChildAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) return;
    this.#waiting.delete(answer.id);
    clearTimeout(waiting.killTimer);
    if (answer.failure) waiting.reject(waiting.errorOf(answer.failure));
    else waiting.resolve(answer);
  }

  #end(why: string): void {
    if (this.#gone) return;
    this.#gone = new ChildGone(why, true);
    this.#onCondemned();
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.killTimer);
      waiting.reject(this.#gone);
    }
    this.#waiting.clear();
  }
}
