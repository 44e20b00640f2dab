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
import type { Admit } from './routes.ts';
import type { Shortcut } from './shortcut.ts';

type Gateway = ApolloServerOptionsWithGateway<RequestContext>['gateway'];

/** Apollo Server as the host of the endpoint; what executes is ours. It holds the public schema, the executor its own. */
export function apolloServer(options: {
  readonly schema: GraphQLSchema;
  readonly executor: OperationExecutor;
  readonly shortcut: Shortcut;
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
        executor: async ({ document, queryHash, request, source, context: given }) => {
          const context = given as unknown as RequestContext;
          options.shortcut.learn(source, queryHash);
          const answer =
            context.answered ??
            options.executor.execute({
              document,
              queryHash,
              operationName: request.operationName,
              variables: request.variables,
              context,
            });
          return answer as ReturnType<NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>>;
        },
      };
    },
    async stop() {},
  };
  return new ApolloServer<RequestContext>({
    gateway,
    logger: options.logger,
    plugins: [ApolloServerPluginLandingPageDisabled()],
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

/** GET and POST /graphql. */
export function graphqlRoute(
  app: FastifyInstance,
  options: { readonly apollo: ApolloServer<RequestContext>; readonly shortcut: Shortcut; readonly admit: Admit },
): void {
  const contexts = new WeakMap<object, RequestContext>();
  const wholeWay = fastifyApolloHandler(options.apollo, { context: async (request) => contexts.get(request)! });
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
      const context = contexts.get(request)!;
      const answer = await options.shortcut.take(request, reply, context);
      if (answer && 'sent' in answer) return answer.sent;
      if (answer) contexts.set(request, { ...context, answered: answer.result });
      return wholeWay.call(app, request, reply);
    },
  });
}
