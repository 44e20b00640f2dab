import { Pace } from '#platform';
import { ascending, nonIncreasing } from './statistics.ts';

export interface CurveRow {
  readonly position: number;
  readonly impressions: number;
  readonly clicks: number;
}

/** Expected click-through by position, estimated from the site's own unbranded queries. */
export interface ClickCurve {
  /** Expected click-through at a position, 0 to 1; falls or stays with the position. */
  rate(position: number): number;
  /** Standard error of the logarithm of `rate` at a position. */
  logError(position: number): number;
  /** Standard deviation, in logarithms, of queries' own rates about the curve: titles, result page forms, intent. */
  readonly spread: number;
  /** Share of the curve's scale that the data tell, 0 to 1; the rest is the published prior. */
  readonly fromData: number;
  /** Queries and clicks that it rests on. */
  readonly queries: number;
  readonly clicks: number;
}

/**
 * Click-through by position over 80 million keywords: 28.5 % at 1, 15.7 % at 2, 2.5 % at 10 (SISTRIX, July 2020), which
 * is close to .285 p^-1.06. Sites differ from it by about half as much again in scale and a quarter in decay.
 */
export const PRIOR = { logScale: Math.log(0.285), decay: 1.06, logScaleError: 0.4, decayError: 0.2 } as const;

/** Borders of the position classes in which the data may bend the power law: finer where it matters. */
const BORDERS = [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 17, 20, 25, 32, 45, 70, 101];
const CENTRES = BORDERS.slice(0, -1).map((low, at) => Math.sqrt(low * BORDERS[at + 1]!));
const LOG_CENTRES = CENTRES.map(Math.log);
/** A class may differ from the power law by about this much before the data must insist, in logarithms. */
const BEND = 0.3;
/** ... and from the next class by about this much more: clicks do not jump back and forth from place to place. */
const STEP = 0.12;
const LONE_CLICKS = 8;
/** Bisquare constant: what lies three deviations off counts nothing. Costs a fifth of the efficiency and resists more. */
const TUKEY = 3;

/** Rows, or small ones together, in flat arrays: a fit goes over them some fifty times. */
class Cells {
  size = 0;
  readonly logPositions: Float64Array;
  readonly impressions: Float64Array;
  readonly clicks: Float64Array;

  constructor(most: number) {
    this.logPositions = new Float64Array(most + 1);
    this.impressions = new Float64Array(most + 1);
    this.clicks = new Float64Array(most + 1);
  }

  add(logPosition: number, impressions: number, clicks: number): void {
    this.logPositions[this.size] = logPosition;
    this.impressions[this.size] = impressions;
    this.clicks[this.size++] = clicks;
  }

  /** Clicks that a law expects of a cell. */
  expected(at: number, law: PowerLaw): number {
    return this.impressions[at]! * Math.exp(law.logScale - law.decay * this.logPositions[at]!);
  }
}

/**
 * Robust fit in three steps: (1) a power law by iteratively re-weighted Poisson regression with Tukey's bisquare, so that
 * queries far from the rest (unusual titles, brand names) count little, drawn towards the prior where data are few;
 * (2) a correction by class of positions, drawn towards none, which finds what no power law has, such as the step behind
 * the first result page; (3) pooling of adjacent violators, so that the rate never rises with the position.
 */
export async function fitClickCurve(rows: readonly CurveRow[], pace = new Pace()): Promise<ClickCurve> {
  const usable = rows.filter((row) => row.position >= 1 && row.position <= 100 && row.impressions > 0);
  const cells = pool(usable);
  if (pace.isDue()) await pace.rest();
  let law = startingLaw(cells);
  let spread = estimateSpread(cells, law);
  for (let round = 0; round < 25; round++) {
    if (pace.isDue()) await pace.rest();
    const before = law;
    law = refit(cells, { law, spread });
    spread = estimateSpread(cells, law);
    if (Math.abs(law.logScale - before.logScale) + Math.abs(law.decay - before.decay) < 1e-5) break;
  }
  const { bends, errors } = bendByClass(cells, { law, spread });
  const scaleError = 1 / Math.sqrt(law.information + PRIOR.logScaleError ** -2);
  const logRates = nonIncreasing(
    CENTRES.map((centre, at) => law.logScale - law.decay * Math.log(centre) + bends[at]!),
    errors.map((error) => error ** -2),
  );
  const logRate = interpolator(logRates);
  const bendError = interpolator(errors);
  return {
    rate: (position) => Math.min(0.95, Math.exp(logRate(position))),
    logError: (position) => Math.hypot(bendError(position), scaleError),
    spread,
    fromData: 1 - scaleError ** 2 / PRIOR.logScaleError ** 2,
    queries: usable.length,
    clicks: usable.reduce((sum, row) => sum + row.clicks, 0),
  };
}

/** Rows with few expected clicks are pooled with their neighbours, so that chance does not look like an outlier. */
function pool(rows: readonly CurveRow[]): Cells {
  const cells = new Cells(rows.length);
  let open = { weighted: 0, impressions: 0, clicks: 0, expected: 0 };
  const close = () => {
    const { weighted, impressions, clicks } = open;
    if (impressions > 0) cells.add(weighted / impressions, impressions, clicks);
    open = { weighted: 0, impressions: 0, clicks: 0, expected: 0 };
  };
  let border = 0;
  const order = ascending(
    rows.map((row) => row.position),
    1e6,
  );
  for (const at of order) {
    const row = rows[at]!;
    const logPosition = Math.log(row.position);
    const expected = row.impressions * Math.exp(PRIOR.logScale - PRIOR.decay * logPosition);
    if (expected >= LONE_CLICKS) {
      cells.add(logPosition, row.impressions, row.clicks);
      continue;
    }
    while (border < BORDERS.length && row.position >= BORDERS[border]!) {
      close();
      border++;
    }
    open.weighted += logPosition * row.impressions;
    open.impressions += row.impressions;
    open.clicks += row.clicks;
    open.expected += expected;
    if (open.expected >= 2 * LONE_CLICKS) close();
  }
  close();
  return cells;
}

interface PowerLaw {
  readonly logScale: number;
  readonly decay: number;
  /** Weight of the data about the logarithm of the scale. */
  readonly information: number;
}
interface Situation {
  readonly law: PowerLaw;
  readonly spread: number;
}

/** Half a click keeps the logarithm of zero clicks finite; it is added on both sides so that it does not shift the fit. */
function residualOf(clicks: number, expected: number): number {
  return Math.log((clicks + 0.5) / (expected + 0.5));
}

/** The robust weight of a residual. */
function weightOf(residual: number, expected: number, spread: number): number {
  const variance = 1 / (expected + 0.5) + spread ** 2;
  const standardised = residual / Math.sqrt(variance);
  return Math.abs(standardised) < TUKEY ? (1 - (standardised / TUKEY) ** 2) ** 2 / variance : 0;
}

function refit(cells: Cells, { law, spread }: Situation): PowerLaw {
  // Normal equations of the two parameters, the prior as two further observations.
  let [aa, ab, bb] = [PRIOR.logScaleError ** -2, 0, PRIOR.decayError ** -2];
  let ya = (PRIOR.logScale - law.logScale) * aa;
  let yb = (PRIOR.decay - law.decay) * bb;
  let information = 0;
  for (let at = 0; at < cells.size; at++) {
    const expected = Math.max(1e-9, cells.expected(at, law));
    const residual = residualOf(cells.clicks[at]!, expected);
    const weight = weightOf(residual, expected, spread);
    const slope = -cells.logPositions[at]!;
    aa += weight;
    ab += weight * slope;
    bb += weight * slope ** 2;
    ya += weight * residual;
    yb += weight * residual * slope;
    information += weight;
  }
  const determinant = aa * bb - ab ** 2;
  // Damped, since the weights move with the law.
  const logScale = law.logScale + (0.8 * (ya * bb - yb * ab)) / determinant;
  const decay = Math.max(0.2, law.decay + (0.8 * (yb * aa - ya * ab)) / determinant);
  return { logScale, decay, information };
}

/**
 * Residuals of the cells that tell something, and their shortest half (Rousseeuw's least median of squares): unlike the
 * middle half it stays with the majority when nearly half of the queries lie apart on one side.
 */
function shortestHalf(cells: Cells, law: PowerLaw): { centre: number; width: number; chance: number; count: number } {
  const found = new Float64Array(cells.size);
  let count = 0;
  let chance = 0;
  for (let at = 0; at < cells.size; at++) {
    const expected = cells.expected(at, law);
    if (expected < 12) continue;
    found[count++] = residualOf(cells.clicks[at]!, expected);
    chance += 1 / expected;
  }
  const residuals = found.subarray(0, count).sort();
  const half = Math.floor(count / 2);
  let centre = 0;
  let width = Number.POSITIVE_INFINITY;
  for (let at = 0; at + half < count; at++) {
    const [low, high] = [residuals[at]!, residuals[at + half]!];
    if (high - low >= width) continue;
    centre = (low + high) / 2;
    width = high - low;
  }
  return { centre, width, chance: chance / Math.max(1, count), count };
}

/** Half of a normal sample lies within .6745 deviations. Less what chance alone makes; drawn towards .3 where cells are few. */
function estimateSpread(cells: Cells, law: PowerLaw): number {
  const { width, chance, count } = shortestHalf(cells, law);
  const own = count > 3 ? Math.max(0, (width / 1.349) ** 2 - chance) : 0;
  const weight = count > 3 ? count : 0;
  const variance = (own * weight + 0.09 * 10) / (weight + 10);
  return Math.min(1, Math.max(0.1, Math.sqrt(variance)));
}

/** The published shape at the height of the majority. */
function startingLaw(cells: Cells): PowerLaw {
  const prior: PowerLaw = { logScale: PRIOR.logScale, decay: PRIOR.decay, information: 0 };
  const { centre, count } = shortestHalf(cells, prior);
  return count > 3 ? { ...prior, logScale: prior.logScale + (centre * count) / (count + 10) } : prior;
}

/** Mean residual of each class, drawn towards none and towards its neighbours' (a tridiagonal system). */
function bendByClass(cells: Cells, situation: Situation): { bends: number[]; errors: number[] } {
  const size = CENTRES.length;
  const weights = new Array<number>(size).fill(0);
  const values = new Array<number>(size).fill(0);
  for (let at = 0; at < cells.size; at++) {
    const position = Math.exp(cells.logPositions[at]!);
    const place = Math.min(size - 1, Math.max(0, BORDERS.findIndex((border) => border > position) - 1));
    const expected = Math.max(1e-9, cells.expected(at, situation.law));
    const residual = residualOf(cells.clicks[at]!, expected);
    const weight = weightOf(residual, expected, situation.spread);
    weights[place]! += weight;
    values[place]! += weight * residual;
  }
  const tie = STEP ** -2;
  const diagonal = weights.map((weight, at) => weight + BEND ** -2 + tie * (at === 0 || at === size - 1 ? 1 : 2));
  // Thomas' algorithm, the off-diagonal being -tie throughout.
  const upper: number[] = [];
  const right: number[] = [];
  for (let at = 0; at < size; at++) {
    const pivot = diagonal[at]! + tie * (upper[at - 1] ?? 0);
    upper.push(-tie / pivot);
    right.push((values[at]! + tie * (right[at - 1] ?? 0)) / pivot);
  }
  const bends = new Array<number>(size).fill(0);
  for (let at = size - 1; at >= 0; at--) bends[at] = right[at]! - upper[at]! * (bends[at + 1] ?? 0);
  return { bends, errors: diagonal.map((weight) => weight ** -0.5) };
}

/** Straight between the classes' centres over log position; beyond the outer ones along the prior's slope or flat. */
function interpolator(values: readonly number[]): (position: number) => number {
  const xs = LOG_CENTRES;
  return (position) => {
    const x = Math.log(Math.max(1, position));
    let next = 0;
    while (next < xs.length && xs[next]! < x) next++;
    if (next === xs.length) next = -1;
    const at = next <= 0 ? (next === 0 ? 1 : xs.length - 1) : next;
    const share = (x - xs[at - 1]!) / (xs[at]! - xs[at - 1]!);
    const inside = Math.min(1, Math.max(next === 0 ? -1 : 0, share));
    return values[at - 1]! + (values[at]! - values[at - 1]!) * inside;
  };
}
