/**
 * The parser process. Its main thread only watches: memory while the working thread parses, and the connection to its
 * parent. Started by `isolated-parser.ts` with an empty environment.
 */
import { Worker } from 'node:worker_threads';
import type { ParseReply, ParseRequest } from './protocol.ts';

/** Inflated streams grow outside the JavaScript heap, which `resourceLimits` does not count, so the process is measured. */
const WATCH_INTERVAL_MS = 20;

let current: ParseRequest | undefined;

const worker = new Worker(new URL('./thread.ts', import.meta.url), {
  resourceLimits: { maxOldGenerationSizeMb: 1024 },
});

function answer(reply: ParseReply, thenExit: boolean): void {
  current = undefined;
  process.send?.(reply, () => {
    if (thenExit) process.exit(0);
  });
}

worker.on('message', (reply: ParseReply) => answer(reply, false));
worker.on('error', (error: Error & { code?: string }) => {
  if (!current) process.exit(1);
  const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const failure = memory ? ({ kind: 'memory' } as const) : ({ kind: 'crash', message: error.message } as const);
  answer({ id: current.id, ok: false, failure }, true);
});

setInterval(() => {
  if (!current) return;
  if (process.memoryUsage.rss() <= current.limits.parseMemoryMiB * 1024 * 1024) return;
  const { id } = current;
  void worker.terminate();
  answer({ id, ok: false, failure: { kind: 'memory' } }, true);
}, WATCH_INTERVAL_MS);

process.on('message', (request: ParseRequest) => {
  current = request;
  worker.postMessage(request);
});
process.on('disconnect', () => process.exit(0));
