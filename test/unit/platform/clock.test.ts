import { expect, it } from 'vitest';
import { systemClock } from '#platform';

it('sleeps for its time, and without a time not at all', async () => {
  const began = performance.now();
  await systemClock.sleep(20);
  // Timers count whole milliseconds, and may fire up to one early by this clock.
  expect(performance.now() - began).toBeGreaterThanOrEqual(18);
  await systemClock.sleep(0, new AbortController().signal);
});

it('ends a sleep with the reason for which it was ended, whether it had begun or not', async () => {
  const ending = new AbortController();
  const reason = new Error('enough');
  const sleeping = systemClock.sleep(600_000, ending.signal);
  ending.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(systemClock.sleep(600_000, ending.signal)).rejects.toBe(reason);
});
