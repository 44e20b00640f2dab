/** One request to a vendor over kept connections, without fetch and web streams, which cost three times as much. */
import type { OnReadOpts, Socket } from 'node:net';
import { context, propagation } from '@opentelemetry/api';
import type { Agent, Dispatcher } from 'undici';
import type { Ending } from '../../../domain/ending.ts';
import { factsOf, UpstreamFailure } from '../translation/upstream.ts';

export interface UpstreamRequest {
  /** The vendor's address, with or without slashes at its end, and what is asked below it. */
  readonly base: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** JSON. */
  readonly body: string;
}

/** Takes the pieces of a successful answer; the next one comes once a promise that it gives resolves. */
export type TakePiece = (piece: Buffer) => Promise<void> | undefined;

const MAX_ERROR_BYTES = 64 * 1024;

/** The time-outs are the gateway's own, by the signal. */
const OPTIONS = { headersTimeout: 0, bodyTimeout: 0 } as const;

/** Connections to every address that a provider is reached at. */
export class Upstream {
  private agent: Agent | undefined;
  private loading: Promise<Agent> | undefined;

  /** @param connectTimeoutMs default 10,000, of undici itself */
  constructor(private readonly connectTimeoutMs?: number) {}

  /**
   * Resolves once the answer has come to its end and every piece was taken. Errors: `UpstreamFailure` for what is no
   * success, those of the connection, what `take` threw, the signal's reason.
   */
  exchange(request: UpstreamRequest, take: TakePiece, signal: Ending): Promise<void> {
    if (!this.agent) return this.load().then((agent) => exchangeOver(agent, request, { take, signal }));
    return exchangeOver(this.agent, request, { take, signal });
  }

  async close(): Promise<void> {
    const agent = this.agent ?? (await this.loading);
    this.agent = undefined;
    this.loading = undefined;
    await agent?.destroy();
  }

  private load(): Promise<Agent> {
    this.loading ??= import('undici').then(({ Agent }) => {
      this.agent = new Agent({ ...OPTIONS, connect: { timeout: this.connectTimeoutMs, onread: readInto(64 * 1024) } });
      return this.agent;
    });
    return this.loading;
  }
}

/**
 * Reads of all connections go into one piece of memory, and what came is copied out of it: left alone Node takes 64 KiB
 * from the system for each read, to give most of it back.
 */
function readInto(bytes: number): OnReadOpts {
  return {
    buffer: Buffer.allocUnsafeSlow(bytes),
    callback(this: Socket, read: number, buffer: Buffer) {
      return this.push(Buffer.from(buffer.subarray(0, read)));
    },
  } as OnReadOpts;
}

function exchangeOver(
  agent: Agent,
  { base, path: below, headers: asked, body }: UpstreamRequest,
  { take, signal }: { readonly take: TakePiece; readonly signal: Ending },
): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const reading = new Reading(take, signal, (error) => (error === undefined ? resolve() : reject(error)));
    const { origin, path } = addressOf(base, below);
    const { headersTimeout, bodyTimeout } = OPTIONS;
    const headers = traced(asked);
    agent.dispatch({ origin, path, method: 'POST', headers, body, headersTimeout, bodyTimeout }, reading);
  });
}

class Reading implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private headers: Record<string, string | string[] | undefined> | undefined;
  private readonly refused: Buffer[] = [];
  private refusedBytes = 0;
  private waiting: Promise<void> | undefined;
  private over = false;
  private readonly onAbort = () => this.finish(this.signal.reason);

  constructor(
    private readonly take: TakePiece,
    private readonly signal: Ending,
    private readonly done: (error: unknown) => void,
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // It may have been given up while it waited for a connection.
    if (this.over) controller.abort(new Error('given up'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.over) return;
    if (this.status !== 200) {
      this.refused.push(piece);
      this.refusedBytes += piece.length;
      if (this.refusedBytes >= MAX_ERROR_BYTES) this.finish(this.failure());
      return;
    }
    try {
      const waiting = this.take(piece);
      if (!waiting) return;
      controller.pause();
      this.waiting = waiting;
      waiting.then(
        () => {
          this.waiting = undefined;
          if (!this.over) controller.resume();
        },
        (error: unknown) => this.finish(error),
      );
    } catch (error) {
      this.finish(error);
    }
  }

  onResponseEnd(): void {
    if (this.status !== 200) this.finish(this.failure());
    else if (this.waiting) this.waiting.then(() => this.finish(undefined));
    else this.finish(undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.finish(error);
  }

  private failure(): UpstreamFailure {
    const { status, headers, refused } = this;
    const told = new Headers();
    for (const name of ['retry-after', 'retry-after-ms']) {
      const value = headers?.[name];
      if (typeof value === 'string') told.set(name, value);
    }
    return new UpstreamFailure(factsOf(status, Buffer.concat(refused).toString('utf8'), told));
  }

  private finish(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.signal.removeEventListener('abort', this.onAbort);
    // Closes the connection, so that the vendor stops its work.
    if (error !== undefined) this.controller?.abort(error instanceof Error ? error : new Error('given up'));
    this.done(error);
  }
}

interface Address {
  readonly origin: string;
  readonly path: string;
}

/** By what is asked, then by the vendor's address: taken apart once, since every call asks for it. */
const addresses = new Map<string, Map<string, Address>>();
const MOST_BASES = 1_000;

function addressOf(base: string, below: string): Address {
  let byBase = addresses.get(below);
  if (!byBase) {
    byBase = new Map();
    addresses.set(below, byBase);
  }
  const known = byBase.get(base);
  if (known) return known;
  const { origin, pathname, search } = new URL(base.replace(/\/+$/, '') + below);
  const address = { origin, path: pathname + search };
  if (byBase.size >= MOST_BASES) byBase.clear();
  byBase.set(base, address);
  return address;
}

/** The trace goes on at the vendor's, without the baggage; without one registered nothing is added. */
function traced(headers: UpstreamRequest['headers']): UpstreamRequest['headers'] {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  const { traceparent } = carrier;
  return traceparent === undefined ? headers : { ...headers, traceparent };
}
