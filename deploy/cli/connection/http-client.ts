import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { cliError } from '../errors.ts';
import type { CellClient, RawAnswer } from './cell-client.ts';
import { errorOf, notACell, unreachable } from './failures.ts';

export interface HttpClientOptions {
  /** Address without a path, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly token: string;
}

/** A client over HTTP and, for live results, WebSocket. Nothing is sent before the first call. */
export function httpClient({ url, token }: HttpClientOptions): CellClient {
  const authorization = `Bearer ${token}`;

  async function send(path: string, init: RequestInit & { duplex?: 'half' }): Promise<Response> {
    try {
      return await fetch(`${url}${path}`, { ...init, redirect: 'error', headers: { ...init.headers, authorization } });
    } catch (error) {
      if (init.signal?.aborted) throw cliError('KAZE_CLI_INTERRUPTED', 'interrupted');
      throw unreachable(url, error);
    }
  }

  async function post(query: string, options: { variables: unknown; name?: string; signal?: AbortSignal }) {
    const body = JSON.stringify({ query, variables: options.variables, operationName: options.name });
    const headers = {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
    };
    return answerOf(url, await send('/graphql', { method: 'POST', headers, body, signal: options.signal }));
  }

  return {
    url,
    async execute(operation, variables, options = {}) {
      const answer = await post(operation.text, { variables, name: operation.name, signal: options.signal });
      if (answer.errors?.length) throw errorOf(answer.errors);
      return answer.data as never;
    },
    async raw(query, variables, options = {}) {
      return post(query, { variables, signal: options.signal });
    },
    async *subscribe(operation, variables, options) {
      const { liveResults } = await import('./live.ts');
      for await (const answer of liveResults({ url, authorization, operation, variables, signal: options.signal })) {
        if (answer.errors?.length) throw errorOf(answer.errors);
        yield answer.data as never;
      }
    },
    async download(path, options = {}) {
      const response = await send(path, { signal: options.signal });
      if (response.ok && response.body) return Readable.fromWeb(response.body as ReadableStream);
      const { errors } = await answerOf(url, response);
      throw errors?.length ? errorOf(errors) : notACell(url, `HTTP ${response.status} without a body`);
    },
    async upload(file, options = {}) {
      const response = await send(`/uploads?name=${encodeURIComponent(file.name)}`, {
        method: 'PUT',
        headers: { 'content-type': file.contentType },
        body: file.stream as unknown as NonNullable<RequestInit['body']>,
        duplex: 'half',
        signal: options.signal,
      });
      const answer = (await answerOf(url, response)) as RawAnswer & { id?: string; bytes?: number };
      if (answer.errors?.length) throw errorOf(answer.errors);
      if (typeof answer.id !== 'string') throw notACell(url, 'its answer to an upload has no id');
      return { id: answer.id, bytes: Number(answer.bytes) };
    },
  };
}

/** A cell answers everything as JSON, its refusals too. */
async function answerOf(url: string, response: Response): Promise<RawAnswer> {
  const text = await response.text().catch((error: unknown) => {
    throw unreachable(url, error);
  });
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw notACell(url, `HTTP ${response.status} without JSON`);
  }
  if (typeof answer !== 'object' || answer === null) throw notACell(url, `HTTP ${response.status} without an object`);
  const answered = answer as RawAnswer;
  if (!response.ok && !answered.errors?.length) throw notACell(url, `HTTP ${response.status} without an error`);
  return answered;
}
