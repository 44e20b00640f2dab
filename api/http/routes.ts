import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from '#platform';
import type { Readiness } from '../ports/readiness.ts';
import type { Authenticated } from './authentication.ts';

/** Authenticates a request and counts it. Errors: KAZE_API_UNAUTHENTICATED, KAZE_API_RATE. */
export type Admit = (request: FastifyRequest) => Promise<Authenticated>;

function isLoopback(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

export function healthRoutes(
  app: FastifyInstance,
  options: { readiness: Readiness; metrics: Metrics; admit: Admit; closing: () => boolean },
): void {
  app.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const found = options.closing()
      ? { ready: false, reasons: ['the cell is shutting down'] }
      : await options.readiness.check().catch(() => ({ ready: false, reasons: ['the readiness check failed'] }));
    return reply
      .code(found.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(found);
  });

  app.get('/metrics', async (request, reply) => {
    // Scrapers on this machine need no token. A request that came through a proxy is not from this machine.
    const direct = request.headers['x-forwarded-for'] === undefined && request.headers.forwarded === undefined;
    if (!direct || !isLoopback(request.ip) || request.headers.authorization !== undefined) await options.admit(request);
    const { contentType, text } = await options.metrics.scrape();
    return reply.type(contentType).send(text);
  });
}
