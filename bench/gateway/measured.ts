/** A server of the bench in a process of its own, and what it takes: both sides of the talk over IPC. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { forkBench, messageOf } from '../load/index.ts';

/** Virtual keys, by tenant. */
export type Secrets = Readonly<Record<string, string>>;

/** Processor time and memory of a process so far. */
export interface Taken {
  readonly cpuMs: number;
  readonly rssMiB: number;
}

/** In the measured process: says where it listens, then answers every question for what it has taken. */
export function tellOfSelf(first: { readonly port: number; readonly secrets?: Secrets }): void {
  process.on('message', (word) => {
    if (word !== 'taken') return;
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1_000, rssMiB: process.memoryUsage.rss() / 2 ** 20 });
  });
  process.send?.(first);
}

export interface Measured {
  readonly port: number;
  /** From a server that asks for virtual keys. */
  readonly secrets?: Secrets;
  taken(): Promise<Taken>;
  close(): Promise<void>;
}

export async function startMeasured(
  file: URL,
  args: readonly string[] = [],
  nodeFlags: readonly string[] = [],
): Promise<Measured> {
  return measured(forkBench(file, args, nodeFlags));
}

export async function measured(child: ChildProcess): Promise<Measured> {
  const first = await messageOf<{ port: number; secrets?: Secrets }>(child);
  return {
    ...first,
    taken() {
      child.send('taken');
      return messageOf<Taken>(child);
    },
    async close() {
      const ended = once(child, 'exit');
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
