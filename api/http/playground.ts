import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { apiError } from '../errors.ts';
import { type Asset, CONTENT_SECURITY_POLICY, playground } from '../playground/page.ts';

function send(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  void reply
    .header('etag', asset.etag)
    .header('vary', 'Accept-Encoding')
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('content-security-policy', CONTENT_SECURITY_POLICY);
  if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
  void reply.type(asset.type);
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  return takesGzip ? reply.header('content-encoding', 'gzip').send(asset.gzipped) : reply.send(asset.plain);
}

/** `/` and its files. They hold no data and no token, so they need none. */
export function playgroundRoutes(app: FastifyInstance): void {
  app.get('/', async (request, reply) => {
    void reply.header('cache-control', 'no-cache');
    return send(request, reply, (await playground()).page);
  });
  app.get('/playground/*', async (request, reply) => {
    const asset = (await playground()).assets.get(request.url.split('?', 1)[0]!);
    if (!asset) throw apiError('KAZE_API_ROUTE', 'nothing is served here; the playground is at /');
    void reply.header('cache-control', 'public, max-age=31536000, immutable');
    return send(request, reply, asset);
  });
}
