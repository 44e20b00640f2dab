import { seededNumbers } from './random.ts';
import { type Auc, auc, type Estimate, wilson, Z_99 } from './ranks.ts';

/** One of ten (or fewer) equally large groups of leads by their score. */
export interface ReliabilityBin {
  readonly leads: number;
  readonly predicted: number;
  readonly observed: number;
  /** 95 % interval of the observed rate, after Wilson. */
  readonly low: number;
  readonly high: number;
}

export interface Quality {
  readonly leads: number;
  readonly won: number;
  readonly baseRate: Estimate;
  readonly auc: Auc;
  /** Lower end of the 99 % interval of the AUC: what a score must have above .5. */
  readonly aucSurely: number;
  /** Share of won leads in the best-scored tenth, over the share in all. */
  readonly lift: Estimate;
  /** Expected calibration error over equally large bins. */
  readonly calibrationError: Estimate;
  /** What a perfectly calibrated score would show in 95 of 100 draws of as many leads. */
  readonly calibrationByChance: number;
  /** The error less what a perfectly calibrated score shows on average in as many leads; at least 0. */
  readonly calibrationExcess: number;
  readonly brier: number;
  /** 1 - log-loss over that of the base rate: above 0 the score knows something. */
  readonly skill: number;
  readonly bins: readonly ReliabilityBin[];
}

const REPLICATES = 400;
const SEED = 1_979;
const MOST_BINS = 10;
const LEAST_IN_BIN = 60;

/**
 * Quality of predictions on leads not learned from. Intervals: AUC after DeLong, base rate after Wilson, lift and
 * calibration error by the percentile bootstrap (Efron 1979; 400 seeded draws). Undefined when there is one class only.
 */
export function evaluate(scores: Float64Array, wins: Float64Array): Quality | undefined {
  const found = auc(scores, wins);
  const strict = auc(scores, wins, Z_99);
  if (!found || !strict) return undefined;
  const leads = scores.length;
  const won = wins.reduce((sum, one) => sum + one, 0);
  const order = Uint32Array.from({ length: leads }, (_, at) => at).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const binOf = equalBins(order);
  const draws = bootstrap({ scores, wins, order, binOf });
  const base = won / leads;
  const bins = reliability({ scores, wins, binOf });
  const error = errorOf(bins, leads);
  let [brier, loss, baseLoss] = [0, 0, 0];
  for (let at = 0; at < leads; at++) {
    const [score, win] = [Math.min(1 - 1e-12, Math.max(1e-12, scores[at]!)), wins[at]!];
    brier += (score - win) ** 2;
    loss -= win === 1 ? Math.log(score) : Math.log(1 - score);
    baseLoss -= win === 1 ? Math.log(base) : Math.log(1 - base);
  }
  return {
    leads,
    won,
    baseRate: wilson(won, leads),
    auc: found,
    aucSurely: strict.low,
    lift: { value: topTenth(order, wins) / base, ...interval(draws.lifts) },
    calibrationError: { value: error, ...interval(draws.errors) },
    calibrationByChance: quantileOf(draws.chance, 0.95),
    calibrationExcess: Math.max(0, error - draws.chance.reduce((sum, one) => sum + one, 0) / draws.chance.length),
    brier: brier / leads,
    skill: 1 - loss / baseLoss,
    bins,
  };
}

function equalBins(order: Uint32Array): Uint8Array {
  const bins = Math.max(1, Math.min(MOST_BINS, Math.floor(order.length / LEAST_IN_BIN)));
  const binOf = new Uint8Array(order.length);
  for (const [place, lead] of order.entries()) binOf[lead] = bins - 1 - Math.floor((place * bins) / order.length);
  return binOf;
}

interface Binned {
  readonly scores: Float64Array;
  readonly wins: Float64Array;
  readonly binOf: Uint8Array;
}

function reliability({ scores, wins, binOf }: Binned): ReliabilityBin[] {
  const bins = Array.from({ length: Math.max(...binOf) + 1 }, () => ({ leads: 0, sum: 0, won: 0 }));
  for (let at = 0; at < scores.length; at++) {
    const bin = bins[binOf[at]!]!;
    bin.leads++;
    bin.sum += scores[at]!;
    bin.won += wins[at]!;
  }
  return bins.map(({ leads, sum, won }) => {
    const { value, low, high } = wilson(won, leads);
    return { leads, predicted: sum / leads, observed: value, low, high };
  });
}

const errorOf = (bins: readonly ReliabilityBin[], leads: number): number =>
  bins.reduce((sum, bin) => sum + (bin.leads / leads) * Math.abs(bin.predicted - bin.observed), 0);

function topTenth(order: Uint32Array, wins: Float64Array): number {
  const size = Math.max(1, Math.round(order.length / 10));
  let won = 0;
  for (let place = 0; place < size; place++) won += wins[order[place]!]!;
  return won / size;
}

/** Draws with replacement for lift and error; and, for the error by chance, outcomes drawn from the scores themselves. */
function bootstrap({ scores, wins, order, binOf }: Binned & { readonly order: Uint32Array }) {
  const next = seededNumbers(SEED);
  const leads = scores.length;
  const size = Math.max(1, Math.round(leads / 10));
  const binCount = Math.max(...binOf) + 1;
  const [lifts, errors, chance]: [number[], number[], number[]] = [[], [], []];
  const times = new Uint16Array(leads);
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    times.fill(0);
    for (let draw = 0; draw < leads; draw++) times[Math.floor(next() * leads)]!++;
    const gap = new Float64Array(binCount);
    const drawnGap = new Float64Array(binCount);
    let [won, taken, wonTop] = [0, 0, 0];
    for (const lead of order) {
      const count = times[lead]!;
      won += count * wins[lead]!;
      const part = Math.min(count, size - taken);
      wonTop += part * wins[lead]!;
      taken += part;
      gap[binOf[lead]!]! += count * (scores[lead]! - wins[lead]!);
      drawnGap[binOf[lead]!]! += scores[lead]! - (next() < scores[lead]! ? 1 : 0);
    }
    if (won > 0) lifts.push(wonTop / size / (won / leads));
    errors.push(gap.reduce((sum, one) => sum + Math.abs(one), 0) / leads);
    chance.push(drawnGap.reduce((sum, one) => sum + Math.abs(one), 0) / leads);
  }
  return { lifts, errors, chance };
}

function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

const interval = (values: readonly number[]) => ({ low: quantileOf(values, 0.025), high: quantileOf(values, 0.975) });
