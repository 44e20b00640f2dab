import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyRequest } from 'fastify';
import type { GraphSchema, GraphStore } from '#graph-schema';
import {
  type Clock,
  createMetrics,
  type EventBus,
  isKazeError,
  type Logger,
  type Metrics,
  systemClock,
} from '#platform';
import { type ApiOptions, apiConfig } from './config.ts';
import { apiError } from './errors.ts';
import { OperationExecutor } from './execution/executor.ts';
import { bearerToken, Gatekeeper } from './http/authentication.ts';
import { backupRoute } from './http/backup.ts';
import { apolloServer, graphqlRoute } from './http/graphql.ts';
import type { ApiListener } from './http/listener.ts';
import { playgroundRoutes } from './http/playground.ts';
import { RateLimit } from './http/rate.ts';
import { installReplies } from './http/replies.ts';
import { healthRoutes } from './http/routes.ts';
import { Shortcut } from './http/shortcut.ts';
import { uploadRoutes } from './http/uploads.ts';
import { type WebSocketEdge, webSocketEdge } from './http/websocket.ts';
import type { Authenticator } from './ports/authenticator.ts';
import type { Backups } from './ports/backups.ts';
import type { Readiness } from './ports/readiness.ts';
import type { Services } from './ports/services.ts';
import type { Uploads } from './ports/uploads.ts';
import { buildApiSchema } from './schema/build.ts';
import { EventHub } from './subscriptions/hub.ts';
import { apiMetrics } from './telemetry.ts';

export interface ApiParts {
  readonly store: GraphStore;
  readonly graph: GraphSchema;
  readonly bus: EventBus;
  readonly services: Services;
  readonly authenticator: Authenticator;
  readonly readiness: Readiness;
  readonly uploads: Uploads;
  /** Without it there is no `/backup`. */
  readonly backups?: Backups;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Where metrics of the whole process are counted; its own when left out. */
  readonly metrics?: Metrics;
  readonly options?: ApiOptions;
  /** Where it answers; `options.host` and `options.port` are listened on when left out. */
  readonly listener?: ApiListener;
}

export interface ApiServer {
  /** Listens. Resolves with the address, such as `http://127.0.0.1:4000`. */
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /** Takes no new requests, lets running ones end within `shutdownMs`, then closes every socket. */
  close(): Promise<void>;
}

const ROUTES: ReadonlyMap<string, readonly string[]> = new Map([
  ['/', ['GET']],
  ['/graphql', ['GET', 'POST']],
  ['/backup', ['GET']],
  ['/uploads', ['PUT']],
  ['/healthz', ['GET']],
  ['/readyz', ['GET']],
  ['/metrics', ['GET']],
]);

/** The HTTP and GraphQL edge of a cell. Errors: KAZE_API_INPUT for wrong options. */
export function createApi(parts: ApiParts): ApiServer {
  const config = apiConfig(parts.options);
  const { store, services, uploads, authenticator, readiness } = parts;
  const clock = parts.clock ?? systemClock;
  const logger = parts.logger.child({ part: 'api' });
  const { schema, model } = buildApiSchema(parts.graph);
  const hub = new EventHub(parts.bus, logger);
  const gatekeeper = new Gatekeeper({ authenticator, clock, cacheMs: config.tokenCacheMs });
  const rate = new RateLimit({ perSecond: config.ratePerSecond, burst: config.rateBurst, clock });
  let edge: WebSocketEdge | undefined;
  let closing = false;
  let running = 0;
  const metrics = parts.metrics ?? createMetrics();
  const meters = apiMetrics(metrics, {
    subscriptions: () => hub.open,
    connections: () => edge?.connections() ?? 0,
  });
  const executor = new OperationExecutor({
    schema,
    model,
    store,
    services,
    uploads,
    hub,
    logger,
    clock,
    limits: config,
    forgetTokens: () => gatekeeper.forget(),
    onOperation: meters.operation,
  });
  const shortcut = new Shortcut(executor);
  const apollo = apolloServer({ schema, executor, shortcut, logger, maxDocumentTokens: config.maxDocumentTokens });
  const { listener } = parts;
  let handler: RequestListener | undefined;
  const app = fastify({
    ...{ bodyLimit: config.bodyMaxBytes, forceCloseConnections: true, return503OnClosing: false },
    ...(listener && {
      serverFactory: (own: RequestListener) => {
        handler = own;
        return listener.server;
      },
    }),
  });

  const admit = async (request: FastifyRequest) => {
    try {
      const who = await gatekeeper.admit(bearerToken(request.headers.authorization));
      rate.take(who.key);
      return who;
    } catch (error) {
      if (isKazeError(error)) meters.refused(error.code);
      throw error;
    }
  };

  const build = async () => {
    installReplies(app, { logger, bodyMaxBytes: config.bodyMaxBytes, routes: ROUTES });
    app.addHook('onRequest', async (request, reply) => {
      running++;
      reply.raw.once('close', () => running--);
      if (!URL.canParse(`http://${request.host}/`)) {
        throw apiError('KAZE_API_BAD_REQUEST', 'the header Host is no host name');
      }
      if (closing && !request.url.startsWith('/healthz') && !request.url.startsWith('/readyz')) {
        void reply.header('connection', 'close');
        throw apiError('KAZE_API_CLOSING', 'the cell is shutting down; connect again after a moment');
      }
    });
    await apollo.start();
    graphqlRoute(app, { apollo, shortcut, admit });
    healthRoutes(app, { readiness, metrics, admit, closing: () => closing });
    playgroundRoutes(app);
    if (parts.backups) backupRoute(app, { backups: parts.backups, admit });
    const counted: Uploads = {
      put: async (...given) => {
        const upload = await uploads.put(...given);
        meters.uploaded(upload.bytes);
        return upload;
      },
      describe: (...given) => uploads.describe(...given),
      open: (...given) => uploads.open(...given),
      remove: (...given) => uploads.remove(...given),
      close: () => uploads.close(),
    };
    await app.register(uploadRoutes, { uploads: counted, admit });
  };

  return {
    async start() {
      await build();
      if (listener) await app.ready();
      else await app.listen({ host: config.host, port: config.port });
      edge = webSocketEdge({ server: app.server, schema, model, executor, gatekeeper, rate, config, logger });
      if (listener) {
        listener.handOver(handler!);
        return { url: listener.url, port: listener.port };
      }
      const { port } = app.server.address() as AddressInfo;
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      return { url: `http://${host}:${port}`, port };
    },
    async close() {
      if (closing) return;
      closing = true;
      app.server.close();
      app.server.closeIdleConnections();
      await edge?.close();
      await hub.close();
      const end = clock.now() + config.shutdownMs;
      while (running > 0 && clock.now() < end) await clock.sleep(20);
      await app.close();
      await listener?.close();
      await apollo.stop();
    },
  };
}
