import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { CommandError } from '../errors.ts';
import type { Operation, RawAnswer } from './cell-client.ts';
import { unreachable } from './failures.ts';

export interface LiveOptions {
  readonly url: string;
  readonly authorization: string;
  readonly operation: Operation<never, never> | { readonly name: string; readonly text: string };
  readonly variables: unknown;
  readonly signal: AbortSignal;
}

/** Results of one subscription over a connection of its own. */
export async function* liveResults(options: LiveOptions): AsyncGenerator<RawAnswer, void> {
  const { url, authorization, operation, variables, signal } = options;
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: authorization },
    lazy: true,
    retryAttempts: 0,
    // A cell that went away without a word is noticed.
    keepAlive: 15_000,
  });
  const results = client.iterate<Record<string, unknown>>({
    query: operation.text,
    operationName: operation.name,
    variables: variables as Record<string, unknown>,
  });
  const stop = () => void results.return?.();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) return;
    for await (const result of results) {
      yield { data: result.data, errors: result.errors as RawAnswer['errors'] };
    }
  } catch (error) {
    throw signal.aborted ? error : closed(url, error);
  } finally {
    signal.removeEventListener('abort', stop);
    await client.dispose();
  }
}

function closed(url: string, error: unknown): unknown {
  if (Array.isArray(error)) return new CommandError('KAZE_CLI_QUERY', String(error[0]?.message ?? 'refused'));
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === 4403) {
    return new CommandError('KAZE_API_UNAUTHENTICATED', 'the cell refused the token; it may be revoked or expired');
  }
  return unreachable(url, error);
}
