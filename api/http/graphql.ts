import { ApolloServer, type ApolloServerOptionsWithGateway } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from '#platform';
import type { RequestContext } from '../execution/context.ts';
import type { OperationExecutor } from '../execution/executor.ts';
import { formatForApollo } from '../execution/mask.ts';
import { checkNesting } from '../execution/nesting.ts';
import { textOfData } from '../execution/text.ts';
import type { Admit } from './routes.ts';

type Gateway = ApolloServerOptionsWithGateway<RequestContext>['gateway'];

/** Apollo Server as the host of the endpoint; what executes is ours. It holds the public schema, the executor its own. */
export function apolloServer(options: {
  readonly schema: GraphQLSchema;
  readonly executor: OperationExecutor;
  readonly logger: Logger;
  readonly maxDocumentTokens: number;
}): ApolloServer<RequestContext> {
  const gateway: Gateway = {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: options.schema, coreSupergraphSdl: '' });
      return () => {};
    },
    async load() {
      return {
        executor: async ({ document, queryHash, request, context }) =>
          options.executor.execute({
            document,
            queryHash,
            operationName: request.operationName,
            variables: request.variables,
            written: true,
            context: context as unknown as RequestContext,
          }) as ReturnType<NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>>,
      };
    },
    async stop() {},
  };
  return new ApolloServer<RequestContext>({
    gateway,
    logger: options.logger,
    plugins: [ApolloServerPluginLandingPageDisabled()],
    stringifyResult: bodyOf,
    formatError: formatForApollo(options.logger),
    includeStacktraceInErrorResponses: false,
    introspection: true,
    maxRecursiveSelections: true,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: options.maxDocumentTokens },
    validationOptions: { maxErrors: 20 },
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
  });
}

/** The body. What is written already stays as it is. */
function bodyOf({ data, errors, extensions }: { data?: unknown; errors?: unknown; extensions?: unknown }): string {
  const text = errors || extensions ? undefined : textOfData(data);
  if (text !== undefined) return `{"data":${text}}\n`;
  return `${JSON.stringify({ errors, data, extensions })}\n`;
}

/** GET and POST /graphql. */
export function graphqlRoute(
  app: FastifyInstance,
  options: { readonly apollo: ApolloServer<RequestContext>; readonly admit: Admit },
): void {
  const contexts = new WeakMap<object, RequestContext>();
  const handle = fastifyApolloHandler(options.apollo, { context: async (request) => contexts.get(request)! });
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preHandler: async (request, reply) => {
      const { principal } = await options.admit(request);
      const { query, variables } = (request.body ?? request.query ?? {}) as Record<string, unknown>;
      checkNesting(query, variables);
      const gone = new AbortController();
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) gone.abort(new Error('the client went away'));
      });
      contexts.set(request, { principal, signal: gone.signal });
    },
    handler: async (request, reply) => {
      const body: unknown = await handle.call(app, request, reply);
      // Bytes once, instead of counting and encoding a long text again at the socket.
      return typeof body === 'string' ? Buffer.from(body) : body;
    },
  });
}
