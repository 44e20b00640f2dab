// Takes jobs of the queue `long` and never ends them.
import { createBullmqJobQueue } from '#platform/adapters/job-queue/bullmq';

const [cell = '', url = ''] = process.argv.slice(2);
const queue = await createBullmqJobQueue({ cell, url, lockMs: 2_000 });
await queue.work('long', async (job) => {
  console.log(`running ${job.id}`);
  await new Promise(() => {});
});
