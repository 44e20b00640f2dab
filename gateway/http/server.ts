import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Clock, Logger, Meters, Metrics } from '#platform';
import { type Awaitable, andThen } from '../domain/awaitable.ts';
import type { VirtualKey } from '../domain/virtual-key.ts';
import type { Gateway } from '../gateway.ts';
import type { Judgements } from '../ports/outcome-feed.ts';
import type { VirtualKeys } from '../ports/virtual-keys.ts';
import { administer, CHOICES_PATH, checkAdministrator, KEYS_PATH, showChoices, USAGE_PATH } from './administration.ts';
import { Callers } from './authenticate.ts';
import { declaresTooMuch, expectedBytes, parseBody, readBody } from './body.ts';
import { type BodyPlace, BodyRoom } from './body-room.ts';
import {
  type Call,
  chatCompletions,
  countTokens,
  embeddings,
  type Handler,
  messages,
  models,
  oneModel,
} from './calls.ts';
import { type GatewayHttpConfig, type GatewayHttpOptions, HTTP_DEFAULTS } from './config.ts';
import { httpError } from './errors.ts';
import { Exchange } from './exchange.ts';
import { IdleWatch } from './idle-watch.ts';
import { outcomes } from './outcomes.ts';
import { type RefusalRows, RefusedCalls } from './refused-calls.ts';
import { Roster } from './roster.ts';
import { gatewayHttpMetrics } from './telemetry.ts';
import { showUsage, usage, usageRows } from './usage.ts';

export interface GatewayServerOptions {
  readonly gateway: Gateway;
  readonly keys: VirtualKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Served at `/metrics`. */
  readonly metrics: Metrics;
  /** What `/readyz` says. Default: ready. */
  readonly readiness?: () => Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }>;
  /** Opens `/kaze/keys` to whoever shows it. */
  readonly administratorToken?: string;
  /** Takes a usage row for each call that was turned away before the gateway had a model for it. Default: none is kept. */
  readonly refusals?: RefusalRows;
  /** Opens `/v1/kaze/outcomes` and `/v1/kaze/usage`. */
  readonly judgements?: Judgements;
  readonly options?: GatewayHttpOptions;
}

export interface GatewayServer {
  /** @returns the address; port 0 takes a free one */
  listen(where: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly url: string; readonly port: number }>;
  /** Takes no more calls, lets those under way end within `drainMs`, and gives the others up. */
  close(): Promise<void>;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly handle: Handler;
  /** Whether it asks a model, so that it leaves a usage row whatever comes of it. */
  readonly counted?: boolean;
}

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ['/v1/chat/completions', { method: 'POST', handle: chatCompletions, counted: true }],
  ['/v1/embeddings', { method: 'POST', handle: embeddings, counted: true }],
  ['/v1/models', { method: 'GET', handle: models }],
  ['/v1/messages', { method: 'POST', handle: messages, counted: true }],
  ['/v1/messages/count_tokens', { method: 'POST', handle: countTokens }],
  ['/v1/kaze/outcomes', { method: 'POST', handle: outcomes }],
  ['/v1/kaze/usage', { method: 'GET', handle: usage }],
  ['/v1/kaze/usage/rows', { method: 'GET', handle: usageRows }],
]);
const ONE_MODEL: Route = { method: 'GET', handle: oneModel };
const ONE_MODEL_PATH = '/v1/models/';
/** Connections that wait to be taken: with Node's 511 a crowd would be left to TCP, which asks again after seconds. */
const BACKLOG = 4_096;
/** A body that was refused is still taken in, so that its sender gets to read why; no more than this. */
const DISCARDED_MAX_BYTES = 512 * 2 ** 20;
/** For the last words to callers whose calls are given up. */
const FAREWELL_MS = 1_000;

/** The gateway as an HTTP service that speaks OpenAI's and Anthropic's interfaces. */
export function createGatewayServer(options: GatewayServerOptions): GatewayServer {
  return new HttpGateway(options);
}

class HttpGateway implements GatewayServer {
  private readonly config: GatewayHttpConfig;
  private readonly server: Server;
  private readonly callers: Callers;
  private readonly meters: Meters<typeof gatewayHttpMetrics>;
  /** Until their responses have closed. */
  private readonly exchanges = new Roster<Exchange>();
  /** How many are being answered. */
  private open = 0;
  private readonly idle: Array<() => void> = [];
  private readonly room: BodyRoom;
  /** Those that are being read. */
  private readonly bodies: IdleWatch;
  private readonly refused: RefusedCalls;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: GatewayServerOptions) {
    this.config = { ...HTTP_DEFAULTS, ...options.options };
    const { arrivalTimeoutMs, keepAliveMs, keyCacheMs, bodyMaxBytes } = this.config;
    this.room = new BodyRoom(this.config.bodiesMaxBytes, this.config.bodyWaitMs);
    this.bodies = new IdleWatch(this.config.bodyIdleMs);
    this.callers = new Callers(options.keys, options.clock, keyCacheMs);
    this.meters = options.metrics.use(gatewayHttpMetrics);
    this.meters.kaze_gateway_open_requests.read({}, () => this.open);
    const { clock, logger, refusals: rows } = options;
    const count = (route: string, error: string) => this.meters.kaze_gateway_refused_total.add({ route, error });
    this.refused = new RefusedCalls({ rows, clock, logger, count });
    const timeouts = { requestTimeout: arrivalTimeoutMs, keepAliveTimeout: keepAliveMs };
    const headersTimeout = Math.min(arrivalTimeoutMs, 30_000);
    // How late they are noticed.
    const connectionsCheckingInterval = Math.min(5_000, Math.ceil(arrivalTimeoutMs / 4));
    const served = { ...timeouts, headersTimeout, connectionsCheckingInterval, noDelay: true };
    this.server = createServer(served, (request, response) => {
      void this.serve(request, response);
    });
    this.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (!declaresTooMuch(request, bodyMaxBytes)) response.writeContinue();
      void this.serve(request, response);
    });
    this.server.on('clientError', refuseUnreadable);
  }

  listen({ host, port }: { host: string; port: number }): Promise<{ url: string; port: number }> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host, port, backlog: BACKLOG }, () => {
        this.server.off('error', reject);
        const taken = (this.server.address() as AddressInfo).port;
        const name = host.includes(':') ? `[${host}]` : host;
        resolve({ url: `http://${name}:${taken}`, port: taken });
      });
    });
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    this.callers.close();
    const over = new AbortController();
    const emptied = new Promise<void>((resolve) => (this.open === 0 ? resolve() : this.idle.push(resolve)));
    const late = this.options.clock.sleep(this.config.drainMs, over.signal).catch(() => {});
    await Promise.race([emptied, late]);
    over.abort();
    for (const exchange of this.exchanges.all()) exchange.abandon();
    await this.within(emptied);
    // Who reads nothing cannot be told.
    if (this.open > 0) for (const { response } of this.exchanges.all()) response.destroy();
    await emptied;
    // What was written last still goes out.
    const written = this.exchanges
      .all()
      .map(({ response }) => new Promise((resolve) => response.once('close', resolve)));
    await this.within(Promise.all(written));
    this.server.closeAllConnections();
    await closed;
  }

  private async within(work: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const late = this.options.clock.sleep(FAREWELL_MS, over.signal).catch(() => {});
    await Promise.race([work, late]);
    over.abort();
  }

  /** Never rejects. */
  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new Exchange(request, response, this.options.logger);
    const startedAt = performance.now();
    const route = routeOf(exchange.path);
    const place = this.room.place();
    this.open += 1;
    this.exchanges.enter(exchange);
    response.on('close', () => {
      this.exchanges.leave(exchange);
      this.meters.kaze_gateway_requests_total.add({ route, status: String(exchange.status) });
      this.meters.kaze_gateway_request_seconds.observe({ route }, (performance.now() - startedAt) / 1_000);
    });
    try {
      // A trace that the caller began goes on; without a collector this is nothing.
      await context.with(propagation.extract(ROOT_CONTEXT, request.headers), () => this.route(exchange, place));
    } catch (error) {
      exchange.fail(error);
      discardRest(request);
    } finally {
      place.leave();
      this.open -= 1;
      if (this.open === 0) for (const resolve of this.idle.splice(0)) resolve();
    }
  }

  private route(exchange: Exchange, place: BodyPlace): Awaitable<void> {
    const { path, request } = exchange;
    const route = ROUTES.get(path) ?? (path.startsWith(ONE_MODEL_PATH) ? ONE_MODEL : undefined);
    if (!route) return this.aside(exchange);
    if (request.method !== route.method) {
      const message = `${path} takes ${route.method}, not ${request.method}`;
      throw httpError('KAZE_GATEWAY_METHOD', message, { fields: { allow: route.method } });
    }
    if (this.closing) throw httpError('KAZE_GATEWAY_STOPPING', 'the gateway is ending; call again');
    // Who it is comes before what is said: a stranger's body is not read.
    return andThen(this.identified(exchange), (key) => this.answer(route, { exchange, key }, place));
  }

  private identified({ path, request }: Exchange): Awaitable<VirtualKey> {
    const unknown = (error: unknown): never => {
      this.refused.stranger(routeOf(path), error);
      throw error;
    };
    try {
      const key = this.callers.identify(request.headers, request.socket);
      return key instanceof Promise ? key.catch(unknown) : key;
    } catch (error) {
      return unknown(error);
    }
  }

  private async answer(route: Route, { exchange, key }: Omit<Call, 'body'>, place: BodyPlace): Promise<void> {
    const watched = route.counted ? this.refused.call(exchange, key) : undefined;
    try {
      const body = route.method === 'POST' ? parseBody(await this.bodyOf(exchange, place)) : {};
      watched?.heard(body);
      await route.handle(this.options, { exchange, key, body, onAdmitted: watched?.onAdmitted });
    } catch (error) {
      watched?.failed(error);
      throw error;
    }
  }

  /** Read once there is room for it, which it keeps until its call has ended. */
  private bodyOf({ request, signal }: Exchange, place: BodyPlace): Promise<Buffer> {
    const { bodyMaxBytes: maxBytes } = this.config;
    const read = () => readBody(request, { maxBytes, idle: this.bodies, place });
    const waited = place.take(expectedBytes(request, maxBytes), signal);
    return waited ? waited.then(read) : read();
  }

  /** What is not a call to a model. */
  private async aside(exchange: Exchange): Promise<void> {
    const { path } = exchange;
    const { keys, clock, metrics, readiness, administratorToken: token } = this.options;
    if (path === KEYS_PATH || path.startsWith(`${KEYS_PATH}/`)) {
      return administer(exchange, { keys, clock, token, onChange: () => this.callers.forget() });
    }
    switch (path) {
      case CHOICES_PATH:
        return showChoices(exchange, { judgements: this.options.judgements, token });
      case USAGE_PATH:
        checkAdministrator(exchange, token);
        return showUsage(exchange, this.options.judgements);
      case '/healthz':
        return exchange.json(200, { status: 'ok' });
      case '/readyz': {
        const { ready, reasons } = this.closing
          ? { ready: false, reasons: ['the gateway is ending'] }
          : ((await readiness?.()) ?? { ready: true, reasons: [] });
        return exchange.json(ready ? 200 : 503, { ready, reasons });
      }
      case '/metrics': {
        const { contentType, text } = await metrics.scrape();
        return exchange.text(200, { 'content-type': contentType }, text);
      }
      default:
        throw httpError('KAZE_GATEWAY_ROUTE', 'nothing is served here; OpenAI clients take …/v1 as their base address');
    }
  }
}

function routeOf(path: string): string {
  if (ROUTES.has(path) || path === '/healthz' || path === '/readyz' || path === '/metrics') return path;
  if (path.startsWith(ONE_MODEL_PATH)) return `${ONE_MODEL_PATH}{model}`;
  return path.startsWith(KEYS_PATH) ? KEYS_PATH : 'other';
}

function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let bytes = 0;
  request.on('error', () => {});
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > DISCARDED_MAX_BYTES) request.destroy();
  });
}

/** What is no HTTP at all. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : status;
  socket.end(`HTTP/1.1 ${late}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
