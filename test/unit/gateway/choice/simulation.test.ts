import { describe, expect, it } from 'vitest';
import { PRIOR_TASKS } from '../../../../gateway/domain/choice/bandit.ts';
import { share, world } from './setup.ts';

const WINDOW = 500;
const FLOOR = 0.7;
const EXPLORE = 0.06;
const ARMS = 3;
/** Choices that each share is taken over. */
const LOOK = 1_000;
/** Probability that a bound below fails for a random seed; the seeds are fixed, so it holds always or never. */
const DELTA = 1e-4;
const SEEDS = [1, 2, 3, 4];

/** Hoeffding: how far a share of LOOK choices may lie above its expectation. */
const CHANCE = Math.sqrt(Math.log(1 / DELTA) / (2 * LOOK));
const EXPLORED = EXPLORE / ARMS;

/**
 * How often an arm on the wrong side of the floor is still taken. Draws from a Beta of n tasks lie `gap` from its mean
 * with probability of at most exp(-2 (n + prior + 1) gap^2) (O. Marchal and J. Arbel, "On the sub-Gaussianity of the
 * Beta and Dirichlet distributions", 2017). Half of the true gap is left to chance in the scores; then after n* tasks
 * in the window at most one more of it is expected.
 */
function takenInError(quality: number): number {
  const gap = Math.abs(FLOOR - quality) / 2;
  const enough = Math.log(WINDOW) / (2 * gap * gap) - PRIOR_TASKS - 1;
  return (enough + 1) / WINDOW;
}

const settings = { window: WINDOW, floor: FLOOR, explore: EXPLORE };
const BEFORE = { cheap: 0.2, mid: 0.95, dear: 0.99 };
const WORSE = { ...BEFORE, mid: 0.2 };
const BETTER = { ...WORSE, cheap: 0.95 };

describe.each(SEEDS)('the learned choice, with seed %i,', (seed) => {
  it('settles on the cheapest model above the floor, notices that it got worse, and that a cheaper one got better', async () => {
    const { run } = world(seed, settings);
    await run(3 * WINDOW, BEFORE);
    const settled = await run(LOOK, BEFORE);
    const cheapAtMost = takenInError(BEFORE.cheap) + EXPLORED + CHANCE;
    // The right one has far more tasks in the window than it needs: at most one draw a window misses.
    const dearAtMost = 1 / WINDOW + EXPLORED + CHANCE;
    expect(share(settled, 'cheap')).toBeLessThan(cheapAtMost);
    expect(share(settled, 'dear')).toBeLessThan(dearAtMost);
    expect(share(settled, 'mid')).toBeGreaterThan(1 - cheapAtMost - dearAtMost);

    // One window later nothing is known any more of how good it was.
    await run(WINDOW, WORSE);
    const noticed = await run(LOOK, WORSE);
    const midAtMost = takenInError(WORSE.mid) + EXPLORED + CHANCE;
    expect(share(noticed, 'mid')).toBeLessThan(midAtMost);
    expect(share(noticed, 'dear')).toBeGreaterThan(1 - midAtMost - cheapAtMost);

    // It is seen by exploring alone at first: the old tasks leave the window meanwhile.
    await run(3 * WINDOW, BETTER);
    const found = await run(LOOK, BETTER);
    expect(share(found, 'cheap')).toBeGreaterThan(1 - midAtMost - dearAtMost);
  });

  it('gives every model its share of the exploring, also one that is plainly bad', async () => {
    const tasks = 2_000;
    const { run } = world(seed, { ...settings, explore: 0.2 });
    const chosen = await run(tasks, { cheap: 0, mid: 1, dear: 1 });
    // Chernoff: below (1 - g) of the expected with a probability of at most exp(-g^2 expected / 2).
    const expected = (0.2 / ARMS) * tasks;
    const least = expected * (1 - Math.sqrt((2 * Math.log(1 / DELTA)) / expected));
    for (const name of ['cheap', 'mid', 'dear']) expect(share(chosen, name) * tasks).toBeGreaterThan(least);
    // A model that is always wrong is hardly taken beyond that.
    expect(share(chosen, 'cheap')).toBeLessThan(0.2 / ARMS + takenInError(0) + CHANCE);
  });

  it('learns each type of task by itself', async () => {
    const { run } = world(seed, settings);
    const easy = { cheap: 0.95, mid: 0.95, dear: 0.99 };
    await run(2 * WINDOW, easy, 'easy');
    await run(2 * WINDOW, WORSE, 'hard');
    const atMost = takenInError(0.2) + EXPLORED + CHANCE;
    expect(share(await run(LOOK, easy, 'easy'), 'cheap')).toBeGreaterThan(1 - 2 * (1 / WINDOW + EXPLORED + CHANCE));
    expect(share(await run(LOOK, WORSE, 'hard'), 'dear')).toBeGreaterThan(1 - 2 * atMost);
  });

  it('takes the best there is where none reaches the floor', async () => {
    const { run } = world(seed, settings);
    const poor = { cheap: 0.05, mid: 0.1, dear: 0.45 };
    await run(2 * WINDOW, poor);
    const chosen = await run(LOOK, poor);
    expect(share(chosen, 'dear')).toBeGreaterThan(Math.max(share(chosen, 'cheap'), share(chosen, 'mid')));
  });
});
