/** The port of a cell from the first moment of its start on: health at once, everything else once the API is there. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiError } from '../errors.ts';
import { extensionsOf } from '../execution/mask.ts';
import type { Readiness } from '../ports/readiness.ts';

const KEEP_ALIVE_MS = 72_000;
const RETRY_AFTER_S = 1;

export interface ApiListener {
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** From now on this handler answers. */
  handOver(handler: RequestListener): void;
  /** Closes every socket. Safe to call again. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What `/readyz` answers before the API is there. */
  readonly readiness: Readiness;
}

/**
 * Listens. Until a handler takes over, `/healthz` answers 200, `/readyz` what `readiness` says, and all else 503
 * KAZE_API_STARTING. Errors: those of `listen`, such as EADDRINUSE.
 */
export async function listenForApi({ host, port, readiness }: ListenOptions): Promise<ApiListener> {
  const starting: RequestListener = (request, response) => {
    void answerWhileStarting(readiness, request.url ?? '/').then(({ status, body }) => {
      const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
      response.writeHead(status, status === 503 ? { ...headers, 'retry-after': String(RETRY_AFTER_S) } : headers);
      response.end(JSON.stringify(body));
      // What was sent is not read; the connection must not be taken for one that can be used again.
      if (request.method !== 'GET' && request.method !== 'HEAD') request.resume();
    });
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, starting);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    port: taken,
    server,
    handOver(handler) {
      server.off('request', starting);
      server.on('request', handler);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerWhileStarting(readiness: Readiness, url: string): Promise<{ status: number; body: unknown }> {
  const path = url.split('?', 1)[0];
  if (path === '/healthz') return { status: 200, body: { status: 'ok' } };
  const found = await readiness.check().catch(() => ({ ready: false, reasons: ['the readiness check failed'] }));
  // Ready is only who answers requests.
  if (path === '/readyz') return { status: 503, body: { ...found, ready: false } };
  const error = apiError('KAZE_API_STARTING', `the cell is starting: ${found.reasons.join('; ')}`);
  return { status: error.status, body: { errors: [{ message: error.message, extensions: extensionsOf(error) }] } };
}
