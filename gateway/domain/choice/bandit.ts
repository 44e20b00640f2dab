import { drawBeta, type Random } from './beta.ts';

/** What is known of one model for one type of task. */
export interface Arm {
  /** Judged tasks that it worked on, 0 and up. */
  readonly tasks: number;
  /** Sum of their scores. */
  readonly score: number;
  /** Expected of one task, in micro US dollars; infinity where no price is known. */
  readonly costMicros: number;
  /** Whether it is taken to be above the floor until it was judged: what the caller's hint says of it. */
  readonly presumedGood: boolean;
}

export interface BanditRules {
  /** Mean score that a model must reach, 0 to .99. */
  readonly floor: number;
  /** Share of choices that are made by chance alone, 0 to 1. */
  readonly explore: number;
}

/** So many judged tasks weigh as much as what was presumed before the first. */
export const PRIOR_TASKS = 4;

/**
 * The places of the arms, the chosen one first. Thompson sampling (W. R. Thompson, "On the likelihood that one unknown
 * probability exceeds another", Biometrika 25, 1933; as analysed by S. Agrawal and N. Goyal, COLT 2012) for the problem
 * of D. Sinha, K. Sankararaman, A. Kazerouni and V. Avadhanula, "Multi-armed bandits with cost subsidy", AISTATS 2021:
 * the cheapest arm that is good enough. Each arm's mean score is drawn from its Beta posterior; of those drawn at or
 * above the floor the cheapest is taken, and when there is none the one drawn highest.
 *
 * A share of `explore` is chosen evenly by chance, so that each of K arms gets at least explore / K of the choices: an
 * arm that looks bad by bad luck, or that has become better, is seen again.
 */
export function chooseArm(arms: readonly Arm[], rules: BanditRules, random: Random): readonly number[] {
  const explored = random() < rules.explore ? Math.floor(random() * arms.length) : undefined;
  const drawn = arms.map((arm, place) => ({ place, arm, quality: drawQuality(arm, rules, random) }));
  drawn.sort((one, other) => {
    const good = one.quality >= rules.floor;
    if (good !== other.quality >= rules.floor) return good ? -1 : 1;
    if (good && one.arm.costMicros !== other.arm.costMicros) return one.arm.costMicros < other.arm.costMicros ? -1 : 1;
    return other.quality - one.quality;
  });
  const order = drawn.map(({ place }) => place);
  return explored === undefined ? order : [explored, ...order.filter((place) => place !== explored)];
}

/** Without any chance: the cheapest of those presumed good, for work that nobody will judge. */
export function presumedOrder(arms: readonly Arm[]): readonly number[] {
  const order = arms.map((_, place) => place);
  return order.sort((one, other) => {
    const [a, b] = [arms[one]!, arms[other]!];
    if (a.presumedGood !== b.presumedGood) return a.presumedGood ? -1 : 1;
    if (a.costMicros === b.costMicros) return 0;
    return a.costMicros < b.costMicros ? -1 : 1;
  });
}

function drawQuality({ tasks, score, presumedGood }: Arm, { floor }: BanditRules, random: Random): number {
  const mean = presumedGood ? (1 + floor) / 2 : floor / 2;
  const good = PRIOR_TASKS * mean + score;
  const bad = PRIOR_TASKS * (1 - mean) + tasks - score;
  // With a floor of 0 the prior of a model that is not presumed good has no weight on one side.
  return drawBeta(Math.max(good, 1e-3), Math.max(bad, 1e-3), random);
}
