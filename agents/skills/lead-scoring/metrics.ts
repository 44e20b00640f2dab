import type { Analysis } from './analyse.ts';
import type { DriftReport } from './drift.ts';
import { round } from './explain.ts';

/** Each metric with its formula; all on held-out past leads (by time where days are known, else in five folds). */
export const METRICS = {
  auc: 'Area under the ROC curve: the chance that a won lead is scored above a lost one.',
  auc_low: 'Lower end of its 95 % interval after DeLong.',
  auc_high: 'Upper end of its 95 % interval after DeLong.',
  lift_top_decile: 'Share of won leads in the best-scored tenth / share in all.',
  lift_top_decile_low: 'Lower end of its 95 % bootstrap interval.',
  lift_top_decile_high: 'Upper end of its 95 % bootstrap interval.',
  calibration_error:
    'Expected calibration error: mean, over ten equally large groups by score (fewer below 600 leads), of |mean score - share won|.',
  calibration_error_low: 'Lower end of its 95 % bootstrap interval.',
  calibration_error_high: 'Upper end of its 95 % bootstrap interval.',
  calibration_error_by_chance: 'What a perfectly calibrated score shows in 95 of 100 draws of as many leads.',
  calibration_excess:
    'calibration_error less the mean of that of a perfectly calibrated score in as many leads; at least 0.',
  brier: 'Mean of (score - outcome)².',
  skill: '1 - log-loss of the score / log-loss of the base rate.',
  base_rate: 'Share of won leads among the held-out ones.',
  held_out_leads: 'Number of past leads predicted by a model that had not seen them.',
  history_won: 'Won leads learned from.',
  history_lost: 'Lost leads learned from.',
  fields_used: 'Fields in the score.',
  leaked_fields: 'Fields left out because they are known only afterwards.',
  protected_features:
    'Number of fields used that tell a protected attribute, or nearly do (Cramér V of .7 with one), without leave of the task: counted again from the fields in the model.',
  scored_leads_count: 'Open leads scored.',
  drift_leads: 'Leads scored by an earlier run whose outcome is known now; 0 without an earlier run.',
  drift_auc: 'AUC of the earlier scores on those; left out below 50 leads.',
  drift_psi:
    'Population stability index of the earlier model between then and the open leads now; left out without its parameters.',
} as const;

export type MetricName = keyof typeof METRICS;

export function measure(
  analysis: Analysis,
  { scored, protectedUsed, drift }: { scored: number; protectedUsed: number; drift?: DriftReport },
) {
  const { quality, choice, model, decided, heldOut } = analysis;
  const found: Partial<Record<MetricName, number>> = {
    auc: round(quality.auc.value, 4),
    auc_low: round(quality.auc.low, 4),
    auc_high: round(quality.auc.high, 4),
    lift_top_decile: round(quality.lift.value, 3),
    lift_top_decile_low: round(quality.lift.low, 3),
    lift_top_decile_high: round(quality.lift.high, 3),
    calibration_error: round(quality.calibrationError.value, 4),
    calibration_error_low: round(quality.calibrationError.low, 4),
    calibration_error_high: round(quality.calibrationError.high, 4),
    calibration_error_by_chance: round(quality.calibrationByChance, 4),
    calibration_excess: round(quality.calibrationExcess, 4),
    brier: round(quality.brier, 4),
    skill: round(quality.skill, 4),
    base_rate: round(quality.baseRate.value, 4),
    held_out_leads: heldOut.rows.length,
    history_won: decided.won,
    history_lost: decided.lost,
    fields_used: model.fields.length,
    leaked_fields: choice.leftOut.filter(({ because }) => because === 'leaked').length,
    protected_features: protectedUsed,
    scored_leads_count: scored,
    drift_leads: drift?.leads ?? 0,
    ...(drift?.auc ? { drift_auc: round(drift.auc.value, 4) } : {}),
    ...(drift?.psi === undefined ? {} : { drift_psi: round(drift.psi, 4) }),
  };
  return found as Record<string, number>;
}
