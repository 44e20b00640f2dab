/**
 * Answers reads that Apollo has let through before, past its pipeline: their text was parsed and validated then, and
 * their plan is compiled. Who asks was admitted as for any other request, and the executor counts and limits as ever.
 * Whatever is not plainly such a read takes the whole way.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import type { RequestContext } from '../execution/context.ts';
import type { OperationExecutor } from '../execution/executor.ts';
import { LruMap } from '../execution/lru.ts';

const TEXTS_KEPT = 1_000;
const LONGEST_TEXT = 16_384;
const FIELDS = new Set(['query', 'operationName', 'variables', 'extensions']);

/** What clients say that they take, and what Apollo then sends. */
const CONTENT_TYPES: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, 'application/json; charset=utf-8'],
  ['*/*', 'application/json; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
]);

export class Shortcut {
  readonly #executor: OperationExecutor;
  /** Hashes of valid texts. */
  readonly #hashes = new LruMap<string, string>(TEXTS_KEPT);

  constructor(executor: OperationExecutor) {
    this.#executor = executor;
  }

  /** Remembers a text that Apollo found valid. */
  learn(text: string | undefined, queryHash: string | undefined): void {
    if (text && queryHash && text.length <= LONGEST_TEXT && !this.#hashes.get(text)) this.#hashes.set(text, queryHash);
  }

  /** The body to send; or a result with errors, for Apollo to put into words; or undefined where nothing was done. */
  async take(
    request: FastifyRequest,
    reply: FastifyReply,
    context: RequestContext,
  ): Promise<{ readonly sent: Buffer | string } | { readonly result: ExecutionResult } | undefined> {
    const type = CONTENT_TYPES.get(request.headers.accept);
    const operation = type && request.method === 'POST' ? operationOf(request.body) : undefined;
    const queryHash = operation && this.#hashes.get(operation.query);
    if (!operation || queryHash === undefined) return undefined;
    const answer = await this.#executor.repeat({ ...operation, queryHash, context });
    if (!answer) return undefined;
    if ('result' in answer && answer.result.errors) return answer;
    void reply.header('cache-control', 'no-store').header('content-type', type!);
    return { sent: 'bytes' in answer ? answer.bytes : `${JSON.stringify({ data: answer.result.data })}\n` };
  }
}

interface Operation {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Record<string, unknown> | null;
}

/** A body that Apollo would take as it is; anything else is for Apollo to judge. */
function operationOf(body: unknown): Operation | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  for (const field of Object.keys(body)) if (!FIELDS.has(field)) return undefined;
  const { query, operationName = null, variables = null, extensions = null } = body as Record<string, unknown>;
  if (typeof query !== 'string' || extensions !== null) return undefined;
  if (operationName !== null && (typeof operationName !== 'string' || operationName === '')) return undefined;
  if (typeof variables !== 'object' || Array.isArray(variables)) return undefined;
  return { query, operationName, variables: variables as Record<string, unknown> | null };
}
