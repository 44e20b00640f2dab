import type { ReadPlan } from './plan.ts';

/**
 * Plans that differ in ids alone, each made once: the store keeps the text of a plan for as long as the plan, for every
 * principal that stays.
 *
 * @param most of them that are kept; the oldest goes first
 */
export function keptPlans<Ids extends readonly string[]>(
  make: (...ids: Ids) => ReadPlan,
  most = 1_000,
): (...ids: Ids) => ReadPlan {
  const kept = new Map<string, ReadPlan>();
  return (...ids) => {
    const key = JSON.stringify(ids);
    const known = kept.get(key);
    if (known) return known;
    const plan = make(...ids);
    if (kept.size >= most) kept.delete(kept.keys().next().value!);
    kept.set(key, plan);
    return plan;
  };
}
