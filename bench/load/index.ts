import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadAnswer, LoadOrder } from './generator.ts';

export type { LoadAnswer, LoadOrder } from './generator.ts';

const RUN = new URL('../../bin/run.mjs', import.meta.url);

/** Forks a module of the bench, translated before its start as the product is; it lives until `disconnect()`. */
export function forkBench(file: URL, args: readonly string[] = [], nodeFlags: readonly string[] = []): ChildProcess {
  return fork(RUN, [fileURLToPath(file), ...args], { execArgv: [...nodeFlags] });
}

/** The next message of a child. Errors: its early end. */
export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const gone = new AbortController();
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal: gone.signal }),
      once(child, 'exit', { signal: gone.signal }).then(([code, signal]) => {
        throw new Error(`a process of the bench ended early (${signal ?? `exit code ${code}`})`);
      }),
    ]);
    return message as T;
  } finally {
    gone.abort();
  }
}

/** The load generator. One order at a time. */
export class Load {
  readonly #child = forkBench(new URL('./generator.ts', import.meta.url));

  async run(order: LoadOrder): Promise<LoadAnswer> {
    this.#child.send(order);
    const answer = await messageOf<LoadAnswer | { readonly failure: string }>(this.#child);
    if ('failure' in answer) throw new Error(answer.failure);
    return answer;
  }

  close(): void {
    this.#child.disconnect();
  }
}
