import { expect, it } from 'vitest';
import { newId } from '#platform';
import { isSampled } from '../../../governance/delivery/sampling.ts';

it('picks its share, the same ones each time, and all or none at the ends', () => {
  const ids = Array.from({ length: 4_000 }, () => newId());
  const picked = ids.filter((id) => isSampled(id, 0.2));
  expect(picked.length / ids.length).toBeGreaterThan(0.17);
  expect(picked.length / ids.length).toBeLessThan(0.23);
  expect(ids.filter((id) => isSampled(id, 0.2))).toEqual(picked);
  expect(picked.every((id) => isSampled(id, 0.3))).toBe(true);
  expect(ids.some((id) => isSampled(id, 0))).toBe(false);
  expect(ids.every((id) => isSampled(id, 1))).toBe(true);
});
