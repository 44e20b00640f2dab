import type { FastifyInstance } from 'fastify';
import { apiError } from '../errors.ts';
import type { Uploads } from '../ports/uploads.ts';
import type { Admit } from './routes.ts';

const MAX_NAME = 1_000;

/** The sender's name for the file, from the query or the header; text only, never a path on this machine. */
function nameOf(query: unknown): string {
  const name = (query as { name?: unknown } | undefined)?.name;
  if (name === undefined || name === '') return 'upload';
  if (typeof name !== 'string' || name.length > MAX_NAME) {
    throw apiError('KAZE_API_INPUT', `name: give one text of at most ${MAX_NAME} characters`, {
      fields: { field: 'name' },
    });
  }
  return name;
}

/** `PUT /uploads?name=…`: the body is the file, of any type, streamed to where the uploads are kept. */
export async function uploadRoutes(app: FastifyInstance, options: { uploads: Uploads; admit: Admit }): Promise<void> {
  app.removeAllContentTypeParsers();
  // The stream itself is the body; nothing is read into memory.
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.put('/uploads', { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request, reply) => {
    const { principal } = await options.admit(request);
    const contentType = (request.headers['content-type'] ?? 'application/octet-stream').slice(0, 200);
    const upload = await options.uploads.put(principal, request.raw, { name: nameOf(request.query), contentType });
    return reply
      .code(201)
      .header('cache-control', 'no-store')
      .send({
        id: upload.id,
        name: upload.name,
        bytes: upload.bytes,
        sha256: upload.sha256,
        expiresAt: new Date(upload.expiresAt).toISOString(),
      });
  });
}
