import { readTable } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import type { EarlierOutcome, Json, SkillInput } from '../handler.ts';
import { fileSource } from '../read-input.ts';
import { isRecord } from '../validators/business-alignment.ts';
import { type Analysis, sourcesOf } from './analyse.ts';
import { evaluate } from './evaluate.ts';
import { idColumn, inert } from './explain.ts';
import { type ScoreModel, scoreAll } from './model.ts';
import type { Estimate } from './ranks.ts';

/** What an earlier run said of leads that were open then. */
export interface EarlierScores {
  /** Outcome or file that said it. */
  readonly from: string;
  readonly probabilities: ReadonlyMap<string, number>;
  /** Lower end of the AUC that it promised. */
  readonly promisedLow?: number;
  readonly model?: ScoreModel;
  readonly modelHash?: string;
}

export interface DriftReport {
  readonly from: string;
  readonly modelHash?: string;
  /** Leads scored then whose outcome is known now. */
  readonly leads: number;
  readonly won: number;
  /** Sum of their probabilities: won leads that were to be expected. */
  readonly expected: number;
  /** Standard deviations between won and expected. */
  readonly z: number;
  readonly auc?: Estimate;
  readonly calibrationExcess?: number;
  /** Of the earlier model's scores: leads learned from then against open leads now. */
  readonly psi?: number;
  readonly verdict: 'stable' | 'watch' | 'drifted' | 'too-few';
  readonly reasons: readonly string[];
}

const LEAST_LEADS = 50;
const LEAST_OF_OUTCOME = 10;
/** Usual limits of the index (Siddiqi, Credit Risk Scorecards, 2006). */
const PSI_WATCH = 0.1;
const PSI_DRIFTED = 0.25;
/** Below it the index is mostly chance: ten groups in this many leads. */
const LEAST_FOR_PSI = 200;

/** The last delivered outcome of this skill for the client, as far as it has scores. */
export function earlierOfOutcome({ id, outputs }: EarlierOutcome): EarlierScores | undefined {
  const { scored_leads: leads, model_card: card } = outputs;
  if (!Array.isArray(leads)) return undefined;
  const probabilities = new Map<string, number>();
  for (const lead of leads as readonly Json[]) {
    if (isRecord(lead) && typeof lead.id === 'string' && typeof lead.probability === 'number') {
      probabilities.set(lead.id, lead.probability);
    }
  }
  if (probabilities.size === 0) return undefined;
  const promised = isRecord(card) && isRecord(card.auc) && typeof card.auc.low === 'number' ? card.auc.low : undefined;
  const model = isRecord(card) && isRecord(card.model) && card.model.version === 1 ? card.model : undefined;
  const modelHash = isRecord(card) && typeof card.model_hash === 'string' ? card.model_hash : undefined;
  return {
    from: `outcome ${id}`,
    probabilities,
    promisedLow: promised,
    model: model as unknown as ScoreModel,
    modelHash,
  };
}

/** The table that an earlier run wrote (`scores_csv`). Errors: those of `readTable`; KAZE_SKILL_INPUT_INVALID. */
export async function earlierOfFile(input: SkillInput): Promise<EarlierScores> {
  const name = input.kind === 'file' ? input.name : 'previous_scores';
  const wrong = (problem: string) =>
    skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${name} ${problem}; give the table that an earlier run wrote as scores_csv, unchanged`,
      {
        fields: { skill: 'lead-scoring', input: 'previous_scores', name },
      },
    );
  if (input.kind !== 'file') throw wrong('is no file');
  const table = await readTable(fileSource(input), { limits: { maxRows: 300_000 } });
  const [id, probability] = ['id', 'probability'].map((header) => table.columns.indexOf(header));
  if (id! < 0 || probability! < 0) {
    throw wrong(
      `line ${table.headerLine}: found the columns ${table.columns.slice(0, 8).join(', ')}, and id and probability were expected`,
    );
  }
  const probabilities = new Map<string, number>();
  for await (const { line, cells } of table.rows) {
    const value = Number(cells[probability!]);
    if (!(value >= 0 && value <= 1)) {
      throw wrong(
        `line ${line}, column ${probability! + 1}: found "${cells[probability!]!.slice(0, 40)}", and a probability from 0 to 1 was expected`,
      );
    }
    probabilities.set(cells[id!]!, value);
  }
  return { from: name, probabilities };
}

/** How earlier scores did on leads that were decided since. Undefined when no lead of theirs is among the decided ones. */
export function measureDrift(
  { history, open, openRows }: Pick<Analysis, 'history' | 'open' | 'openRows'>,
  earlier: EarlierScores,
): DriftReport | undefined {
  const id = idColumn(history);
  if (!id) return undefined;
  const scores: number[] = [];
  const wins: number[] = [];
  for (const [row, outcome] of history.outcomes.outcomes.entries()) {
    const probability = outcome === 'open' ? undefined : earlier.probabilities.get(inert(id.texts[row]!));
    if (probability === undefined) continue;
    scores.push(probability);
    wins.push(outcome === 'won' ? 1 : 0);
  }
  const psi =
    earlier.model && openRows.length >= LEAST_FOR_PSI ? stability(earlier.model, { open, openRows }) : undefined;
  if (scores.length === 0 && psi === undefined) return undefined;
  const won = wins.reduce((sum, one) => sum + one, 0);
  const expected = scores.reduce((sum, one) => sum + one, 0);
  const variance = scores.reduce((sum, one) => sum + one * (1 - one), 0);
  const z = variance === 0 ? 0 : (won - expected) / Math.sqrt(variance);
  const enough = scores.length >= LEAST_LEADS && Math.min(won, scores.length - won) >= LEAST_OF_OUTCOME;
  const quality = enough ? evaluate(Float64Array.from(scores), Float64Array.from(wins)) : undefined;
  const base = { from: earlier.from, modelHash: earlier.modelHash, leads: scores.length, won, expected, z };
  const measured = { ...base, auc: quality?.auc, calibrationExcess: quality?.calibrationExcess, psi };
  return { ...measured, ...judge(measured, earlier) };
}

/** Sum over tenths of (share now - share then) * ln(share now / share then). */
function stability(model: ScoreModel, { open, openRows }: Pick<Analysis, 'open' | 'openRows'>): number {
  const scores = scoreAll(model, { rows: open.table.rows.length, source: sourcesOf(open) });
  const counts = new Array<number>(model.tenths.length + 1).fill(0);
  for (const row of openRows) {
    const place = model.tenths.findIndex((end) => scores[row]!.probability < end);
    counts[place < 0 ? model.tenths.length : place]!++;
  }
  const then = 1 / counts.length;
  return counts.reduce((sum, count) => {
    const now = (count + 0.5) / (openRows.length + 0.5 * counts.length);
    return sum + (now - then) * Math.log(now / then);
  }, 0);
}

function judge(
  report: Omit<DriftReport, 'verdict' | 'reasons'>,
  { promisedLow }: EarlierScores,
): Pick<DriftReport, 'verdict' | 'reasons'> {
  const { auc, calibrationExcess = 0, z, won, expected, psi = 0, leads } = report;
  const drifted: string[] = [];
  const watch: string[] = [];
  if (auc && promisedLow !== undefined && auc.high < promisedLow) {
    drifted.push(
      `the AUC is ${auc.value.toFixed(3)} (at most ${auc.high.toFixed(3)}) where at least ${promisedLow.toFixed(3)} was promised`,
    );
  }
  const ratio = expected === 0 ? 1 : won / expected;
  if (auc && Math.abs(z) > 3 && Math.abs(ratio - 1) > 0.2) {
    drifted.push(`${won} leads were won where ${expected.toFixed(0)} were expected`);
  } else if (auc && Math.abs(z) > 2) watch.push(`${won} leads were won where ${expected.toFixed(0)} were expected`);
  if (calibrationExcess > 0.1) drifted.push(`the calibration error is ${calibrationExcess.toFixed(3)} above chance`);
  if (psi > PSI_DRIFTED)
    drifted.push(
      `the open leads are others than those learned from (stability index ${psi.toFixed(2)}, limit ${PSI_DRIFTED})`,
    );
  else if (psi > PSI_WATCH)
    watch.push(`the open leads begin to differ from those learned from (stability index ${psi.toFixed(2)})`);
  if (drifted.length > 0) return { verdict: 'drifted', reasons: drifted };
  if (watch.length > 0) return { verdict: 'watch', reasons: watch };
  if (auc) return { verdict: 'stable', reasons: [] };
  return { verdict: 'too-few', reasons: [`only ${leads} of the leads scored then are decided now`] };
}

/** The report in a sentence or two. */
export function driftSentence({ from, leads, won, expected, verdict, reasons }: DriftReport): string {
  const said = {
    stable: 'it held',
    watch: 'watch it',
    drifted: 'it no longer holds',
    'too-few': 'too few to judge',
  };
  return `of the leads that ${from} scored ${leads} are decided now, ${won} won where ${expected.toFixed(0)} were expected: ${[said[verdict], ...reasons].join('; ')}`;
}
