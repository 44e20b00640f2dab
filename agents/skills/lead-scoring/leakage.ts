import { afterwardsReason, identifierReason } from './headers.ts';
import type { Outcomes } from './outcome.ts';
import { auc, wilson } from './ranks.ts';
import type { Column } from './types.ts';

/** A single field that separates won from lost better than this knows the outcome. */
export const TOO_GOOD_AUC = 0.95;
/** Rows on which a claim about a field must rest. */
const LEAST_ROWS = 20;
/** Difference of the filled shares of won and lost leads that no field known beforehand has. */
const FILLED_APART = 0.6;
/** Of the days of a field, so many behind the decision show that it is written afterwards. */
const AFTER_DECISION = 0.02;
const ON_DECISION = 0.3;
/** Of the days of a field, so many behind the creation show that it is written while the lead is open. */
const AFTER_CREATION = 0.05;
const LEAST_OPEN = 50;

/** Why the name says that a field is none a score may rest on. */
export function nameReason(column: Column): { because: 'identifier' | 'leaked'; reason: string } | undefined {
  const afterwards = afterwardsReason(column.header);
  if (afterwards) return { because: 'leaked', reason: `its name ${afterwards}` };
  const identifier = identifierReason(column.header);
  return identifier ? { because: 'identifier', reason: `it ${identifier}` } : undefined;
}

/** Every sign in the data that a field was filled once the outcome was known; the first of each kind, in sentences. */
export function leakReasons(column: Column, outcomes: Outcomes): string[] {
  return [
    missingness(column, outcomes),
    purity(column, outcomes),
    separation(column, outcomes),
    timing(column, outcomes),
  ].filter((reason) => reason !== undefined);
}

/** Difference of the filled shares of decided and open leads beyond which a field is filled in while a lead is worked on. */
const FILLED_LATER = 0.1;

/**
 * Whether it may be used that a field is filled or not: often enough both, not told by the outcome, and as often among
 * open leads as among decided ones. What sellers complete in the course of a deal is not (`crm/scoring/missing-tells`).
 */
export function isGivenFromTheStart(column: Column, outcomes: Outcomes): boolean {
  const { filled, all } = filledShares(column, outcomes);
  const [given, decided] = [filled.won + filled.lost, all.won + all.lost];
  if (Math.min(given, decided - given) < Math.max(LEAST_OPEN, 0.02 * decided) || all.open < LEAST_OPEN) return false;
  const apart = Math.abs(given / decided - filled.open / all.open);
  return apart <= FILLED_LATER && missingness(column, outcomes) === undefined;
}

/** Whether a day is written while a lead is open: what it will say at the time of scoring is not in an export. */
export function movingReason(column: Column, { created, outcomes }: Outcomes): string | undefined {
  if (column.kind !== 'date') return undefined;
  if (!created || column === created) return undefined;
  const later = countDays(column, (day, row) => outcomes[row] !== 'open' && day > created.numbers![row]!, outcomes);
  if (later.all < LEAST_ROWS || later.hits / later.all <= AFTER_CREATION) return undefined;
  return `${later.hits} of its ${later.all} days lie behind the creation of the lead, so it changes while the lead is open`;
}

interface Filled {
  readonly won: number;
  readonly lost: number;
  readonly open: number;
}

function filledShares(column: Column, outcomes: Outcomes): { filled: Filled; all: Filled } {
  const filled = { won: 0, lost: 0, open: 0 };
  const all = { won: 0, lost: 0, open: 0 };
  for (const [row, outcome] of outcomes.outcomes.entries()) {
    all[outcome]++;
    if (column.texts[row] !== '') filled[outcome]++;
  }
  return { filled, all };
}

const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;

function missingness(column: Column, outcomes: Outcomes): string | undefined {
  const { filled, all } = filledShares(column, outcomes);
  const decidedFilled = filled.won + filled.lost;
  const decided = all.won + all.lost;
  if (decidedFilled < LEAST_ROWS || decidedFilled === decided) return undefined;
  const shares = `filled in ${percent(filled.won, all.won)} of the won, ${percent(filled.lost, all.lost)} of the lost and ${percent(filled.open, all.open)} of the open leads`;
  if (Math.abs(filled.won / Math.max(1, all.won) - filled.lost / Math.max(1, all.lost)) >= FILLED_APART) return shares;
  const base = all.won / decided;
  const won = wilson(filled.won, decidedFilled);
  const surelyWon = won.low >= Math.max(0.9, 1 - (1 - base) / 5);
  if (surelyWon || won.high <= base / 10) return shares;
  const unknownWhileOpen = all.open >= LEAST_OPEN && filled.open / all.open <= 0.02 && decidedFilled / decided >= 0.2;
  return unknownWhileOpen ? `${shares}: it is empty as long as a lead is open` : undefined;
}

/** A value that only won leads have. One that only lost ones have may be a segment that never buys, and stays. */
function purity(column: Column, { outcomes }: Outcomes): string | undefined {
  if (column.kind !== 'category') return undefined;
  const counts = new Map<string, { won: number; all: number }>();
  let base = { won: 0, all: 0 };
  for (const [row, outcome] of outcomes.entries()) {
    if (outcome === 'open') continue;
    const won = outcome === 'won' ? 1 : 0;
    base = { won: base.won + won, all: base.all + 1 };
    const text = column.texts[row]!;
    if (text === '') continue;
    const one = counts.get(text) ?? { won: 0, all: 0 };
    counts.set(text, { won: one.won + won, all: one.all + 1 });
  }
  const most = Math.max(0.9, 1 - (1 - base.won / Math.max(1, base.all)) / 5);
  for (const [text, { won, all }] of counts) {
    if (all >= LEAST_ROWS && wilson(won, all).low >= most) {
      return `${won} of the ${all} leads with "${text.slice(0, 40)}" are won`;
    }
  }
  return undefined;
}

function separation(column: Column, { outcomes }: Outcomes): string | undefined {
  const found = singleFieldAuc(column, outcomes);
  if (found === undefined || found.low < TOO_GOOD_AUC - 0.02 || found.value < TOO_GOOD_AUC) return undefined;
  return `alone it separates won from lost with an AUC of ${found.value.toFixed(3)}, which no field known beforehand does`;
}

/** How well a field alone tells won from lost; classes by the rates of the other half of the rows. */
export function singleFieldAuc(column: Column, outcomes: Outcomes['outcomes']) {
  const scores: number[] = [];
  const wins: number[] = [];
  const rates = column.numbers ? undefined : crossedRates(column, outcomes);
  for (const [row, outcome] of outcomes.entries()) {
    if (outcome === 'open') continue;
    const score = rates ? rates(row) : column.numbers![row]!;
    if (Number.isNaN(score)) continue;
    scores.push(score);
    wins.push(outcome === 'won' ? 1 : 0);
  }
  if (scores.length < 2 * LEAST_ROWS) return undefined;
  const found = auc(scores, wins);
  // A number that falls with the chance separates as well as one that rises.
  return found && found.value < 0.5 && !rates
    ? { ...found, value: 1 - found.value, low: 1 - found.high, high: 1 - found.low }
    : found;
}

function crossedRates(column: Column, outcomes: Outcomes['outcomes']): (row: number) => number {
  const halves = [new Map<string, [won: number, all: number]>(), new Map<string, [won: number, all: number]>()];
  let [won, all] = [0, 0];
  for (const [row, outcome] of outcomes.entries()) {
    if (outcome === 'open') continue;
    const half = halves[row % 2]!;
    const one = half.get(column.texts[row]!) ?? [0, 0];
    const win = outcome === 'won' ? 1 : 0;
    half.set(column.texts[row]!, [one[0] + win, one[1] + 1]);
    won += win;
    all++;
  }
  const base = won / Math.max(1, all);
  return (row) => {
    const [wins, rows] = halves[1 - (row % 2)]!.get(column.texts[row]!) ?? [0, 0];
    return (wins + 5 * base) / (rows + 5);
  };
}

function timing(column: Column, { outcomes, decided }: Outcomes): string | undefined {
  if (column.kind !== 'date' || !decided || column === decided) return undefined;
  const after = countDays(column, (day, row) => day > decided.numbers![row]!, outcomes);
  if (after.all < LEAST_ROWS) return undefined;
  if (after.hits >= 5 && after.hits / after.all >= AFTER_DECISION) {
    return `${after.hits} of its ${after.all} days in decided leads lie behind the decision`;
  }
  const on = countDays(column, (day, row) => day === decided.numbers![row]!, outcomes);
  return on.hits / on.all >= ON_DECISION
    ? `${on.hits} of its ${on.all} days in decided leads are the day of the decision`
    : undefined;
}

function countDays(column: Column, hit: (day: number, row: number) => boolean, outcomes: Outcomes['outcomes']) {
  let [hits, all] = [0, 0];
  for (const [row, outcome] of outcomes.entries()) {
    const day = column.numbers![row]!;
    if (outcome === 'open' || Number.isNaN(day)) continue;
    all++;
    if (hit(day, row)) hits++;
  }
  return { hits, all };
}
