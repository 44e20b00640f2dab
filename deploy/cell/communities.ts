import {
  Community,
  Entity,
  type GraphStore,
  Knowledge,
  type Principal,
  refreshCommunities,
  systemPrincipal,
  Tenant,
  Vertical,
} from '#graph-schema';
import type { JobQueue, Logger } from '#platform';

const QUEUE = 'communities';
const EVERY_MS = 600_000;

/** Computes the communities of each scope whose knowledge has changed in number since this process looked last. */
export async function startCommunities({
  store,
  queue,
  logger,
}: {
  store: GraphStore;
  queue: JobQueue;
  logger: Logger;
}) {
  const principal = systemPrincipal('curation');
  const seen = new Map<string, string>();
  const worker = await queue.work(QUEUE, async (_job, signal) => {
    const owners = [
      ...(await store.list(principal, Tenant, { limit: 10_000 })),
      ...(await store.list(principal, Vertical, { limit: 10_000 })),
    ];
    for (const { scope } of owners) {
      signal.throwIfAborted();
      const where = { scope: { eq: scope } };
      const size = `${await store.count(principal, Knowledge, where)} ${await store.count(principal, Entity, where)}`;
      if (seen.get(scope) === size) continue;
      // After a restart they stand as they were: reading whole clients again would hold up everyone's first minutes.
      if (!seen.has(scope) && (await areCurrent(store, principal, scope))) {
        seen.set(scope, size);
        continue;
      }
      const communities = await refreshCommunities(store, scope);
      seen.set(scope, size);
      logger.debug({ scope, communities }, 'communities computed');
    }
  });
  await queue.schedule('communities', QUEUE, { everyMs: EVERY_MS });
  return worker;
}

/** Whether nothing that they are made of was written since they were computed. */
async function areCurrent(store: GraphStore, principal: Principal, scope: string): Promise<boolean> {
  const [one] = await store.list(principal, Community, { where: { scope: { eq: scope } }, limit: 1 });
  if (!one) return false;
  const later = { scope: { eq: scope }, updatedAt: { gt: one.createdAt } };
  return (await store.count(principal, Knowledge, later)) + (await store.count(principal, Entity, later)) === 0;
}
