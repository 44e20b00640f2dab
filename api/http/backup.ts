import type { FastifyInstance } from 'fastify';
import { apiError } from '../errors.ts';
import type { Backups } from '../ports/backups.ts';
import type { Admit } from './routes.ts';

/** `GET /backup`: the archive, streamed to an administrator of the whole cell. Where it is kept is the caller's business. */
export function backupRoute(app: FastifyInstance, { backups, admit }: { backups: Backups; admit: Admit }): void {
  let running = false;
  app.get('/backup', async (request, reply) => {
    const { principal } = await admit(request);
    if (principal.role !== 'admin' || principal.tenant !== undefined) {
      throw apiError('KAZE_API_FORBIDDEN', `${principal.name} (${principal.role}) may not take a backup of the cell`);
    }
    if (running) throw apiError('KAZE_API_BACKUP_RUNS', 'another backup is being written; try again when it is done');
    running = true;
    const { stream } = await backups.create().catch((error: unknown) => {
      running = false;
      throw error;
    });
    stream.once('close', () => {
      running = false;
    });
    return reply.type('application/gzip').header('cache-control', 'no-store').send(stream);
  });
}
