import { type ChildProcess, fork } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KazeError } from '../../errors.ts';
import { programFlags } from '../../program-flags.ts';
import { formatErrors } from '../errors.ts';
import type { PdfLayout, ResolvedLimits } from '../types.ts';
import type { ParsedDocument, ParseFailure, ParseReply, ParseRequest } from './protocol.ts';

export type ParseJob =
  | { readonly kind: 'pdf'; readonly name: string; readonly bytes: Uint8Array; readonly layout?: PdfLayout }
  | { readonly kind: 'html'; readonly name: string; readonly text: string };

const HOST = new URL('./host.ts', import.meta.url);
const HERE = dirname(fileURLToPath(HOST));
/** A warm process parses the next document without the 0.3 s of a start. */
const IDLE_MS = 5_000;
/** Parsers leak a little; a fresh process now and then keeps what one document left from adding up. */
const DOCUMENTS_PER_PROCESS = 200;

/**
 * Parses PDF and HTML in a process of its own, one document at a time: it has no environment, no secrets and no
 * database, and is ended when a document takes too much time or memory.
 */
export class IsolatedParser {
  private child?: ChildProcess;
  private documents = 0;
  private nextId = 1;
  private idle?: NodeJS.Timeout;
  private last: Promise<unknown> = Promise.resolve();

  /** Waits for its turn; the time limit counts the parsing alone. */
  parse(job: ParseJob, limits: ResolvedLimits, signal?: AbortSignal): Promise<ParsedDocument> {
    const turn = this.last.then(() => this.run(job, limits, signal));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the process; the next document starts another. */
  close(): void {
    clearTimeout(this.idle);
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private run(job: ParseJob, limits: ResolvedLimits, signal?: AbortSignal): Promise<ParsedDocument> {
    signal?.throwIfAborted();
    clearTimeout(this.idle);
    const child = this.start();
    this.documents++;
    const { name, ...payload } = job;
    const { maxPages, maxBlockChars, parseMemoryMiB, parseTimeoutMs } = limits;
    const id = this.nextId++;
    const request = { id, ...payload, limits: { name, maxPages, maxBlockChars, parseMemoryMiB } } as ParseRequest;
    return new Promise<ParsedDocument>((resolve, reject) => {
      const stop = (error: unknown) => {
        this.close();
        finish();
        reject(error);
      };
      const timer = setTimeout(() => stop(timedOut(name, parseTimeoutMs)), parseTimeoutMs);
      const onAbort = () => stop(signal?.reason);
      const onExit = () => stop(lost(name, 'it ended without an answer'));
      const onMessage = (reply: ParseReply) => {
        if (reply.id !== id) return;
        finish();
        if (reply.ok) resolve(JSON.parse(reply.json) as ParsedDocument);
        else {
          if (reply.failure.kind !== 'coded') this.close();
          reject(toError(reply.failure, name, parseMemoryMiB));
        }
      };
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        child.off('message', onMessage).off('exit', onExit).off('error', onExit);
        this.rest();
      };
      signal?.addEventListener('abort', onAbort);
      child.on('message', onMessage).on('exit', onExit).on('error', onExit);
      child.send(request, (error) => error && stop(lost(name, error.message)));
    });
  }

  private start(): ChildProcess {
    if (this.child && (this.documents >= DOCUMENTS_PER_PROCESS || !this.child.connected)) this.close();
    if (!this.child) {
      this.documents = 0;
      this.child = fork(HOST, [], {
        cwd: HERE,
        env: {},
        execArgv: programFlags(HOST),
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      this.child.on('error', () => undefined);
    }
    this.child.ref();
    this.child.channel?.ref();
    return this.child;
  }

  /** An idle process neither keeps Kaze alive nor outlives its use. */
  private rest(): void {
    this.child?.unref();
    this.child?.channel?.unref();
    this.idle = setTimeout(() => this.close(), IDLE_MS);
    this.idle.unref();
  }
}

function timedOut(name: string, parseTimeoutMs: number): Error {
  return formatErrors(
    'KAZE_FORMAT_TIMEOUT',
    `parsing ${name} took longer than ${parseTimeoutMs} ms (parseTimeoutMs) and was ended; split the document or raise the limit`,
    { fields: { name, parseTimeoutMs } },
  );
}

function lost(name: string, reason: string): Error {
  return formatErrors('KAZE_FORMAT_PARSER_LOST', `the process that was parsing ${name} failed (${reason}); try again`, {
    fields: { name, reason },
  });
}

function toError(failure: ParseFailure, name: string, parseMemoryMiB: number): Error {
  switch (failure.kind) {
    case 'coded':
      return new KazeError(failure.code, failure.message, { fields: failure.fields });
    case 'memory':
      return formatErrors(
        'KAZE_FORMAT_MEMORY',
        `parsing ${name} took more than ${parseMemoryMiB} MiB (parseMemoryMiB) and was ended; split the document or raise the limit`,
        { fields: { name, parseMemoryMiB } },
      );
    case 'crash':
      return lost(name, failure.message);
  }
}

const shared = new IsolatedParser();

/** The parser process of this Kaze process, started at the first PDF or web page. */
export function sharedParser(): IsolatedParser {
  return shared;
}
