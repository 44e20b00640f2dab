import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { ErrorFields } from '#platform';
import { CommandError, cliError } from '../errors.ts';
import type { CellClient, RawAnswer } from './cell-client.ts';

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

/** The first error of an answer, with its code and fields; the others stand in `fields.others`. */
export function errorOf(errors: NonNullable<RawAnswer['errors']>): CommandError {
  const [first, ...others] = errors;
  const extensions = first?.extensions ?? {};
  const ours = typeof extensions.code === 'string' && extensions.code.startsWith('KAZE_');
  const fields: ErrorFields = ours
    ? ((extensions.fields as ErrorFields | undefined) ?? {})
    : { reason: typeof extensions.code === 'string' ? extensions.code : undefined };
  return new CommandError(
    ours ? String(extensions.code) : 'KAZE_CLI_QUERY',
    first?.message ?? 'the cell answered with an error that has no message',
    others.length > 0 ? { ...fields, others: others.map((error) => error.message) } : fields,
  );
}

export function unreachable(url: string, cause: unknown): CommandError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const reason = inner instanceof Error ? ((inner as NodeJS.ErrnoException).code ?? inner.message) : String(inner);
  const lost = reason === 'UND_ERR_SOCKET' || reason === 'ECONNRESET';
  const message = lost
    ? `the cell at ${url} ended the connection; see its log, then run the command again`
    : `no cell at ${url}, run npm start`;
  return new CommandError('KAZE_CLI_NO_CELL', message, { url, reason }, { cause });
}

const notACell = (url: string, why: string): CommandError =>
  new CommandError('KAZE_CLIENT_PROTOCOL', `what answers at ${url} is no Kaze cell (${why}); check the address`, {
    url,
  });
