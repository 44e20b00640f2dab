import { type Contribution, contributionsOf } from './contributions.ts';
import type { Sources } from './sourced.ts';
import type { Work } from './work.ts';

export type CostFactor = 'tasks' | 'mix' | 'price' | 'begun' | 'ended';

/**
 * Why the cost changed: number of tasks, which skills they were for, cost of a task of each skill; skills that cost
 * something in one of the periods only stand by themselves. Undefined where neither period cost anything.
 */
export function explainCost(work: Work, sources: Sources): readonly Contribution<CostFactor>[] | undefined {
  const { cost, costBefore, skills } = work;
  if (cost.value === 0 || costBefore.value === 0) return undefined;
  const both = skills.filter((one) => one.cost.value > 0 && one.costBefore.value > 0);
  const total = (figures: ReadonlyArray<{ readonly value: number }>) =>
    figures.reduce((sum, { value }) => sum + value, 0);
  const tasks = total(both.map((one) => one.tasks));
  const tasksBefore = total(both.map((one) => one.tasksBefore));
  const groups = both.map((one) => ({
    before: [tasksBefore, one.tasksBefore.value / tasksBefore, one.costBefore.value / one.tasksBefore.value],
    after: [tasks, one.tasks.value / tasks, one.cost.value / one.tasks.value],
  }));
  const of = [cost.source, costBefore.source];
  const names = ['tasks', 'mix', 'price'] as const;
  const found: Contribution<CostFactor>[] =
    groups.length === 0 ? [] : contributionsOf(groups, { names, unit: 'usd', of, sources });
  const begun = skills.filter((one) => one.costBefore.value === 0 && one.cost.value > 0).map((one) => one.cost);
  const ended = skills.filter((one) => one.cost.value === 0 && one.costBefore.value > 0).map((one) => one.costBefore);
  const lone = (name: CostFactor, figures: typeof begun, sign: number) => {
    if (figures.length === 0) return;
    const source = sources.derived(
      'sum',
      figures.map((figure) => figure.source),
    );
    found.push({ name, figure: sources.change(sign * total(figures), 'usd', source) });
  };
  lone('begun', begun, 1);
  lone('ended', ended, -1);
  return found;
}
