import { expect, it } from 'vitest';
import { silentLogger, systemClock } from '#platform';
import { TaskRun } from '../../../../agents/runtime/task-run.ts';

it('takes the failure of work that began after the attempt had ended, so that nobody has to hear of it', async () => {
  const lease = { task: { costMicros: 0 } } as never;
  const run = new TaskRun({ lease, clock: systemClock, logger: silentLogger, kept: new Map() });
  const reason = new Error('over');
  run.end(reason);
  // Left alone, its rejection would end the process: here it would be an error outside any test.
  await expect(run.untilEnded(Promise.reject(new Error('too late')))).rejects.toBe(reason);
});
