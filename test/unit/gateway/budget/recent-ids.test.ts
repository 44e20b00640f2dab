import { expect, test } from 'vitest';
import { RecentIds } from '../../../../gateway/adapters/budget-store/memory/recent-ids.ts';

test('the last ids are known, at least as many as asked for and at most twice as many', () => {
  const ids = new RecentIds(100);
  for (let at = 0; at < 1_000; at += 1) {
    ids.add(`id-${at}`);
    for (let back = 0; back < Math.min(100, at + 1); back += 1) expect(ids.has(`id-${at - back}`)).toBe(true);
    if (at >= 200) expect(ids.has(`id-${at - 200}`)).toBe(false);
  }
  expect(ids.has('never')).toBe(false);
});
