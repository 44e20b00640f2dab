/** Errors over HTTP: always JSON in GraphQL's error shape, also for addresses that do not exist. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isKazeError, type KazeError, type Logger } from '#platform';
import { apiError } from '../errors.ts';
import { extensionsOf, publicError, shortened } from '../execution/mask.ts';

export function sendError(reply: FastifyReply, error: KazeError): FastifyReply {
  if (error.status === 401) {
    // RFC 6750: a token that was sent and refused is told from one that was not sent.
    const why = error.code.startsWith('KAZE_AUTH_') ? ', error="invalid_token"' : '';
    void reply.header('www-authenticate', `Bearer realm="kaze"${why}`);
  }
  const { retryAfterS } = error.fields;
  if (typeof retryAfterS === 'number') void reply.header('retry-after', String(retryAfterS));
  return reply
    .code(error.status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify({ errors: [{ message: shortened(error.message), extensions: extensionsOf(error) }] }));
}

/** What fastify itself refuses, in our words. */
function refusal(error: FastifyError, request: FastifyRequest, bodyMaxBytes: number): KazeError | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return apiError('KAZE_API_BODY', `the body is larger than ${bodyMaxBytes} bytes; send files to PUT /uploads`, {
        fields: { allowed: bodyMaxBytes },
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE': {
      const given = (request.headers['content-type'] ?? 'none').slice(0, 100);
      return apiError('KAZE_API_MEDIA_TYPE', `the content type ${given} is not taken here; send application/json`);
    }
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return apiError(
        'KAZE_API_BAD_REQUEST',
        'the body is no JSON document that can be taken: it is broken off, or a key is named __proto__ or constructor',
      );
    default:
      if (error instanceof SyntaxError)
        return apiError('KAZE_API_BAD_REQUEST', `the body is no JSON: ${error.message}`);
      return undefined;
  }
}

export function installReplies(
  app: FastifyInstance,
  options: { logger: Logger; bodyMaxBytes: number; routes: ReadonlyMap<string, readonly string[]> },
): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = isKazeError(error) ? undefined : refusal(error, request, options.bodyMaxBytes);
    return sendError(reply, known ?? publicError(error, options.logger));
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const methods = options.routes.get(path);
    if (methods) {
      void reply.header('allow', methods.join(', '));
      const message = `${path} takes ${methods.join(' and ')}, not ${request.method}`;
      return sendError(reply, apiError('KAZE_API_METHOD', message, { fields: { allowed: methods } }));
    }
    return sendError(reply, apiError('KAZE_API_ROUTE', 'nothing is served here; GraphQL is at /graphql'));
  });
}
