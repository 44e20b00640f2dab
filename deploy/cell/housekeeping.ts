import { type GraphStore, Receipt, systemPrincipal } from '#graph-schema';
import type { Clock, JobQueue } from '#platform';

const QUEUE = 'housekeeping';
const EVERY_MS = 600_000;
/** A receipt only answers a question that is asked within seconds of its commit. */
const RECEIPT_MS = 3_600_000;
const BATCH = 5_000;

/** Sweeps what nobody needs any more; a job, so that one of several processes does it. */
export async function startHousekeeping({ store, queue, clock }: { store: GraphStore; queue: JobQueue; clock: Clock }) {
  const principal = systemPrincipal('cell');
  const worker = await queue.work(QUEUE, async () => {
    for (;;) {
      const old = await store.list(principal, Receipt, {
        where: { createdAt: { lt: clock.now() - RECEIPT_MS } },
        orderBy: [{ property: 'createdAt', direction: 'asc' }],
        limit: BATCH,
      });
      if (old.length === 0) return;
      const ids = old.map(({ id }) => id);
      await store.transact(principal, { why: 'housekeeping' }, (unit) => unit.sweep(Receipt, ids));
    }
  });
  await queue.schedule('sweep-receipts', QUEUE, { everyMs: EVERY_MS });
  return worker;
}
