// Enqueues and works jobs in the given folder until it is killed; prints what is kept, running and done.
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { createLocalJobQueue } from '#platform/adapters/job-queue/local';

const [folder = '', prefix = ''] = process.argv.slice(2);
const database = await openPgliteDatabase({ folder });
const queue = await createLocalJobQueue({ database });
await queue.work(
  'jobs',
  async (job) => {
    console.log(`running ${job.id}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
    console.log(`done ${job.id}`);
  },
  { concurrency: 2 },
);
for (let i = 0; ; i += 1) {
  const id = await queue.enqueue('jobs', i, { id: `${prefix}-${i}` });
  console.log(`kept ${id}`);
}
