/** GraphQL over WebSocket (graphql-transport-ws) on the address of the HTTP endpoint. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';
import { CloseCode } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { isKazeError, type Logger } from '#platform';
import type { ApiConfig } from '../config.ts';
import { apiError } from '../errors.ts';
import { analyse, findOperation, prepareRoots } from '../execution/analysis.ts';
import type { CompileInput } from '../execution/compile.ts';
import type { RequestContext } from '../execution/context.ts';
import { type Stripped, stripGenerated } from '../execution/executable-schema.ts';
import type { OperationExecutor } from '../execution/executor.ts';
import { OperationMeter } from '../execution/limits.ts';
import { LruMap } from '../execution/lru.ts';
import { toGraphQLError } from '../execution/mask.ts';
import { checkNesting } from '../execution/nesting.ts';
import { meterVerbs } from '../execution/verb-cost.ts';
import type { ApiModel } from '../schema/model.ts';
import { type Authenticated, bearerToken, type Gatekeeper } from './authentication.ts';
import type { RateLimit } from './rate.ts';

/** How long a WebSocket's token is trusted before it is looked up again, and how often the other side is pinged. */
const RECHECK_MS = 30_000;
const PING_MS = 12_000;

interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  who?: Authenticated;
  gone?: AbortController;
  recheck?: NodeJS.Timeout;
}

interface Prepared {
  readonly compile: CompileInput;
  readonly variables: Record<string, unknown>;
  readonly stripped: Stripped;
}

interface WsArgs extends ExecutionArgs {
  contextValue: RequestContext;
  queryHash: string;
  prepared?: Prepared;
}

export interface WebSocketOptions {
  readonly server: Server;
  readonly schema: GraphQLSchema;
  readonly model: ApiModel;
  readonly executor: OperationExecutor;
  readonly gatekeeper: Gatekeeper;
  readonly rate: RateLimit;
  readonly config: ApiConfig;
  readonly logger: Logger;
}

export interface WebSocketEdge {
  connections(): number;
  close(): Promise<void>;
}

export function webSocketEdge(options: WebSocketOptions): WebSocketEdge {
  const { config, logger, gatekeeper } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: config.bodyMaxBytes });
  const documents = new LruMap<string, DocumentNode>(500);
  const perPrincipal = new Map<string, number>();

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?', 1)[0] !== '/graphql') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
  };
  options.server.on('upgrade', upgrade);

  /** Limits are checked before a subscription begins. Errors: KAZE_API_DEPTH, _COST, _PAGE, _FIELDS. */
  const prepare = (args: WsArgs): Prepared | readonly GraphQLError[] => {
    const meter = new OperationMeter(config);
    const analysed = analyse(args.document);
    const operation = findOperation(analysed, args.operationName);
    if (operation instanceof Error) return [operation];
    const { schema, model } = options;
    const { fragments } = analysed;
    const roots = prepareRoots(operation, { schema, model, fragments, variables: args.variableValues ?? {}, meter });
    if (!('verbs' in roots)) return roots;
    const compile = { schema, model, fragments, variables: roots.variables, meter };
    meterVerbs(operation.operation, roots.verbs, compile);
    return { compile, variables: roots.variables, stripped: stripGenerated(args.document, schema, model) };
  };

  const subscribeTo = async (args: WsArgs) => {
    const { compile, stripped, variables } = args.prepared!;
    const time = { per: 'call', ms: config.readTimeoutMs } as const;
    const result = await subscribe({
      schema: options.executor.executable,
      document: stripped.document,
      operationName: args.operationName,
      variableValues: variables,
      contextValue: options.executor.context(args.contextValue, time, compile, stripped),
    });
    if (Symbol.asyncIterator in result) return masked(result, logger);
    return { errors: result.errors?.map((error) => toGraphQLError(error, logger, { path: error.path })) };
  };

  const disposable = useServer<Record<string, unknown>, Extra>(
    {
      isProd: true,
      connectionInitWaitTimeout: 10_000,
      async onConnect(context) {
        const extra = context.extra as Extra;
        const params = context.connectionParams ?? {};
        const given = params.Authorization ?? params.authorization;
        let token: string;
        try {
          token = bearerToken(typeof given === 'string' ? given : undefined);
          extra.who = await gatekeeper.admit(token);
          options.rate.take(extra.who.key);
        } catch (error) {
          logger.debug({ err: error }, 'a WebSocket connection was refused');
          return false;
        }
        const { id } = extra.who.principal;
        const open = (perPrincipal.get(id) ?? 0) + 1;
        if (open > config.connectionsPerPrincipal) {
          delete extra.who;
          extra.socket.close(CloseCode.TooManyInitialisationRequests, 'Too many connections');
          return false;
        }
        perPrincipal.set(id, open);
        extra.gone = new AbortController();
        // A token that ends or is revoked meanwhile ends the connection; that it cannot be looked up now does not.
        extra.recheck = setInterval(() => {
          gatekeeper.admit(token).catch((error: unknown) => {
            if (isKazeError(error) && error.kind === 'environment') return;
            extra.socket.close(CloseCode.Forbidden, 'Forbidden');
          });
        }, RECHECK_MS);
        extra.recheck.unref();
        return true;
      },
      async onSubscribe(context, id, payload) {
        const extra = context.extra as Extra;
        const count = Object.keys(context.subscriptions).length;
        if (count > config.subscriptionsPerConnection) {
          const message = `a connection may have ${config.subscriptionsPerConnection} operations at a time; ${id.slice(0, 64)} is one more`;
          const refused = apiError('KAZE_API_SUBSCRIPTIONS', message, {
            fields: { allowed: config.subscriptionsPerConnection },
          });
          return [toGraphQLError(refused, logger)];
        }
        try {
          options.rate.take(extra.who!.key);
          checkNesting(payload.query, payload.variables);
          const args = toArgs(payload, extra);
          if (
            !('document' in args) ||
            getOperationAST(args.document, args.operationName)?.operation !== 'subscription'
          ) {
            return args;
          }
          const prepared = prepare(args);
          return 'stripped' in prepared ? { ...args, prepared } : prepared;
        } catch (error) {
          return [toGraphQLError(error, logger)];
        }
      },
      execute: ((args: WsArgs) =>
        options.executor.execute({
          document: args.document,
          operationName: args.operationName,
          variables: args.variableValues as Record<string, unknown> | undefined,
          queryHash: args.queryHash,
          context: args.contextValue,
        })) as never,
      subscribe: subscribeTo as never,
      onClose(context) {
        const extra = context.extra as Extra;
        clearInterval(extra.recheck);
        extra.gone?.abort(new Error('the connection was closed'));
        if (!extra.who) return;
        const { id } = extra.who.principal;
        const left = (perPrincipal.get(id) ?? 1) - 1;
        if (left > 0) perPrincipal.set(id, left);
        else perPrincipal.delete(id);
      },
    },
    sockets,
    PING_MS,
  );

  function toArgs(
    payload: { query: string; operationName?: string | null; variables?: Record<string, unknown> | null },
    extra: Extra,
  ): WsArgs | readonly GraphQLError[] {
    const queryHash = createHash('sha256').update(payload.query).digest('hex');
    let document = documents.get(queryHash);
    if (!document) {
      try {
        document = parse(payload.query, { maxTokens: config.maxDocumentTokens });
      } catch (error) {
        return [error as GraphQLError];
      }
      const errors = validate(options.schema, document, specifiedRules, { maxErrors: 20 });
      if (errors.length > 0) return errors;
      documents.set(queryHash, document);
    }
    if (!getOperationAST(document, payload.operationName)) {
      const missing = findOperation(analyse(document), payload.operationName);
      if (missing instanceof Error) return [missing];
    }
    return {
      // graphql-ws looks at the operation's kind only; which schema runs is ours to say.
      schema: options.schema,
      document,
      queryHash,
      operationName: payload.operationName,
      variableValues: payload.variables,
      contextValue: { principal: extra.who!.principal, signal: extra.gone!.signal },
    };
  }

  return {
    connections: () => sockets.clients.size,
    async close() {
      options.server.off('upgrade', upgrade);
      await disposable.dispose();
      for (const client of sockets.clients) client.terminate();
    },
  };
}

/** Results of a subscription with their errors masked; a failing source ends it with such an error. */
function masked<T extends { readonly errors?: readonly GraphQLError[] }>(
  source: AsyncGenerator<T, void, void>,
  logger: Logger,
): AsyncGenerator<T, void, void> {
  let failed = false;
  const mask = (result: T): T =>
    result.errors
      ? { ...result, errors: result.errors.map((error) => toGraphQLError(error, logger, { path: error.path })) }
      : result;
  return {
    async next() {
      if (failed) return { done: true, value: undefined };
      try {
        const item = await source.next();
        return item.done ? item : { done: false, value: mask(item.value) };
      } catch (error) {
        failed = true;
        return { done: false, value: { errors: [toGraphQLError(error, logger)] } as unknown as T };
      }
    },
    return: (value) => source.return(value as undefined),
    throw: (error) => source.throw(error),
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await source.return();
    },
  } as AsyncGenerator<T, void, void>;
}
