/**
 * A client of a cell's GraphQL endpoint, for our own programs: typed operations over HTTP, subscriptions over WebSocket,
 * uploads as streams.
 *
 * @example
 * const client = createKazeClient({ url: 'http://127.0.0.1:4000', token });
 * const { submitTask } = await client.run(TaskSubmit, { input: { agent: 'seo-strategist', skill: 'keyword-research' } });
 * for await (const { taskChanged } of client.follow(TaskChanged, { id: submitTask.task.id })) console.log(taskChanged.state);
 */
import type { Readable } from 'node:stream';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { isKazeError } from '#platform';
import { apiError } from '../errors.ts';
import { fromWire, unreachable, type WireError } from './errors.ts';
import type { TypedOperation } from './generated/operations.ts';

export * from './generated/operations.ts';

export interface KazeClientOptions {
  /** Address of the cell, such as http://127.0.0.1:4000. */
  readonly url: string;
  readonly token: string;
  /** Milliseconds for one request; default 120,000. */
  readonly timeoutMs?: number;
}

export interface Uploaded {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
}

/** Every call rejects with a KazeError: the cell's own, KAZE_CLIENT_UNREACHABLE or KAZE_CLIENT_PROTOCOL. */
export interface KazeClient {
  run<R, V>(operation: TypedOperation<R, V>, variables: V, options?: RunOptions): Promise<R>;
  /** An operation given as text, for what has no type here. */
  query(text: string, variables?: Record<string, unknown>, options?: RunOptions): Promise<Record<string, unknown>>;
  /** Results of a subscription until the consumer stops, the signal aborts or the cell ends it. */
  follow<R, V>(operation: TypedOperation<R, V>, variables: V, options?: RunOptions): AsyncGenerator<R, void>;
  upload(
    content: Readable | Uint8Array,
    meta: { name: string; contentType?: string },
    options?: RunOptions,
  ): Promise<Uploaded>;
  readiness(options?: RunOptions): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }>;
  close(): Promise<void>;
}

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly WireError[];
}

export function createKazeClient(options: KazeClientOptions): KazeClient {
  const base = options.url.replace(/\/+$/, '');
  const timeoutMs = options.timeoutMs ?? 120_000;
  const authorization = `Bearer ${options.token}`;
  const sockets = createClient({
    url: `${base.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: authorization },
    retryAttempts: 5,
    // A refusal stays one; everything else may be a cell that starts again.
    shouldRetry: (event) => !(typeof event === 'object' && event !== null && 'code' in event && event.code === 4403),
  });

  async function call(path: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    const bounded = AbortSignal.timeout(timeoutMs);
    try {
      return await fetch(`${base}${path}`, { ...init, signal: signal ? AbortSignal.any([signal, bounded]) : bounded });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw unreachable(base, error);
    }
  }

  async function answerOf<T>(response: Response): Promise<T> {
    const type = response.headers.get('content-type') ?? '';
    if (!type.includes('json')) {
      throw apiError('KAZE_CLIENT_PROTOCOL', `what answers at ${base} is no Kaze cell (status ${response.status})`);
    }
    return (await response.json()) as T;
  }

  async function post(payload: object, signal?: AbortSignal): Promise<Record<string, unknown>> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization },
      body: JSON.stringify(payload),
    };
    const response = await call('/graphql', init, signal);
    const answer = await answerOf<Answer>(response);
    const [error] = answer.errors ?? [];
    if (error) throw fromWire(error, response.status);
    if (!answer.data) throw apiError('KAZE_CLIENT_PROTOCOL', `the cell at ${base} answered without data`);
    return answer.data;
  }

  return {
    async run<R, V>({ text, name }: TypedOperation<R, V>, variables: V, { signal }: RunOptions = {}) {
      return (await post({ query: text, operationName: name, variables }, signal)) as R;
    },

    query: (text, variables, { signal } = {}) => post({ query: text, variables }, signal),

    async *follow<R, V>({ text, name }: TypedOperation<R, V>, variables: V, { signal }: RunOptions = {}) {
      const results = sockets.iterate<Record<string, unknown>>({
        query: text,
        operationName: name,
        variables: variables as Record<string, unknown>,
      });
      const stop = () => void results.return?.();
      signal?.addEventListener('abort', stop, { once: true });
      try {
        for await (const result of results) {
          const [error] = (result.errors ?? []) as readonly WireError[];
          if (error) throw fromWire(error);
          yield result.data as R;
        }
      } catch (error) {
        if (signal?.aborted) return;
        throw fromSocket(error, base);
      } finally {
        signal?.removeEventListener('abort', stop);
        stop();
      }
    },

    async upload(content, meta, { signal } = {}) {
      const init = {
        method: 'PUT',
        headers: { authorization, 'content-type': meta.contentType ?? 'application/octet-stream' },
        body: content as unknown as RequestInit['body'],
        duplex: 'half',
      } as RequestInit;
      const response = await call(`/uploads?name=${encodeURIComponent(meta.name)}`, init, signal);
      const answer = await answerOf<Uploaded & Answer>(response);
      const [error] = answer.errors ?? [];
      if (error) throw fromWire(error, response.status);
      return answer;
    },

    async readiness({ signal } = {}) {
      return answerOf(await call('/readyz', {}, signal));
    },

    async close() {
      await sockets.dispose();
    },
  };
}

/** What graphql-ws rejects with: a list of GraphQL errors, a close event, or an error of the socket. */
function fromSocket(error: unknown, base: string): Error {
  if (isKazeError(error)) return error;
  if (Array.isArray(error) && error.length > 0) return fromWire(error[0] as WireError);
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 4403) return apiError('KAZE_API_UNAUTHENTICATED', `the cell at ${base} refused the token`);
  return unreachable(base, error);
}
