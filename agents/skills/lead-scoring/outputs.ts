import { formatCsvRow } from '#platform/formats';
import type { Json } from '../handler.ts';
import type { Analysis } from './analyse.ts';
import type { DriftReport } from './drift.ts';
import { type Driver, driverJson, driverText, inert, round, type ScoredLead } from './explain.ts';
import { modelHash } from './model.ts';
import type { Estimate } from './ranks.ts';

/** The list `scored_leads`, most likely first. */
export function scoredLeadsJson(leads: readonly ScoredLead[]): Json[] {
  return leads.map((lead, at): Json => ({ ...ranked(lead, at), reasons: lead.drivers.map(driverJson) }));
}

/** The list `call_list`: the first ones, with their reasons in words. */
export function callListJson(leads: readonly ScoredLead[], capacity: number): Json[] {
  return leads
    .slice(0, capacity)
    .map((lead, at): Json => ({ ...ranked(lead, at), why: lead.drivers.map(driverText).join('; ') }));
}

function ranked({ id, label, line, probability, band }: ScoredLead, at: number) {
  return { rank: at + 1, id, lead: label, line, probability, band };
}

const REASON_COLUMNS = 3;

/** The table `scores_csv`: UTF-8 CSV after RFC 4180, every cell inert in a spreadsheet; a later run reads it again. */
export function scoresCsv(leads: readonly ScoredLead[], { hash, day }: { hash: string; day: string }): string {
  const reasons = Array.from({ length: REASON_COLUMNS }, (_, at) => `reason ${at + 1}`);
  const header = ['rank', 'id', 'lead', 'probability', 'band', ...reasons, 'model', 'scored on'];
  const lines = leads.map(({ id, label, probability, band, drivers }, at) => [
    ...[String(at + 1), id, label, String(probability), band],
    ...reasons.map((_, index) => reasonCell(drivers[index])),
    ...[hash.slice(0, 12), day],
  ]);
  // Labels and ids are inert already: a second apostrophe would only be in the way.
  return [header, ...lines].map((cells) => formatCsvRow(cells, { neutralise: false })).join('');
}

/** Headers come from the file as well: one of them may begin with an equals sign. */
const reasonCell = (driver: Driver | undefined): string => (driver ? inert(driverText(driver)) : '');

const estimateJson = ({ value, low, high }: Estimate, digits = 4): Json => ({
  value: round(value, digits),
  low: round(low, digits),
  high: round(high, digits),
});

export interface CardFacts {
  readonly drift?: DriftReport;
  readonly allowed: readonly string[];
}

/** What the score rests on: data with their hashes, fields used and left out, quality, parameters. */
export function modelCard(analysis: Analysis, { drift, allowed }: CardFacts): Json {
  const { history, open, model, quality, choice, heldOut, decided } = analysis;
  const period = periodOf(analysis);
  return {
    kind: model.kind,
    model_hash: modelHash(model),
    data: [
      {
        name: history.table.name,
        sha256: history.table.sha256,
        rows: history.table.rows.length,
        outcome_column: history.outcomes.column.header,
      },
      ...(open.table.sha256 === history.table.sha256
        ? []
        : [{ name: open.table.name, sha256: open.table.sha256, rows: open.table.rows.length }]),
    ],
    data_hash: dataHash(analysis),
    history: { won: decided.won, lost: decided.lost, ...period },
    validation: { by: heldOut.by, parts: heldOut.parts, leads: quality.leads, won: quality.won },
    auc: estimateJson(quality.auc),
    lift_top_decile: estimateJson(quality.lift, 3),
    base_rate: estimateJson(quality.baseRate),
    calibration_error: estimateJson(quality.calibrationError),
    calibration_error_by_chance: round(quality.calibrationByChance, 4),
    reliability: quality.bins.map(({ leads, predicted, observed, low, high }) => ({
      leads,
      predicted: round(predicted, 4),
      observed: round(observed, 4),
      low: round(low, 4),
      high: round(high, 4),
    })),
    fields: fieldStrengths(analysis).map(({ field, strength }) => ({ field, strength: round(strength, 3) })),
    left_out: choice.leftOut.map(({ column, because, reasons }) => ({ field: inert(column), because, reasons })),
    allowed_attributes: allowed,
    ...(drift ? { drift: driftJson(drift) } : {}),
    model: model as unknown as Json,
  };
}

/** One hash for all that was read: the files' own, in order. */
export const dataHash = ({ history, open }: Analysis): string =>
  history.table.sha256 === open.table.sha256 ? history.table.sha256 : `${history.table.sha256}+${open.table.sha256}`;

export function driftJson(drift: DriftReport): Json {
  const { from, modelHash: hash, leads, won, expected, z, auc, calibrationExcess, psi, verdict, reasons } = drift;
  return {
    verdict,
    reasons,
    compared_with: from,
    model_hash: hash ?? null,
    leads,
    won,
    expected_won: round(expected, 1),
    z: round(z, 2),
    auc: auc ? estimateJson(auc) : null,
    calibration_excess: calibrationExcess === undefined ? null : round(calibrationExcess, 4),
    psi: psi === undefined ? null : round(psi, 4),
  };
}

export function periodOf({ history }: Pick<Analysis, 'history'>): { from: string | null; to: string | null } {
  const { created, outcomes } = history.outcomes;
  const days = outcomes.flatMap((one, row) => {
    const day = created?.numbers?.[row] ?? Number.NaN;
    return one === 'open' || Number.isNaN(day) ? [] : [day];
  });
  if (days.length === 0) return { from: null, to: null };
  let [from, to] = [days[0]!, days[0]!];
  for (const day of days) {
    if (day < from) from = day;
    if (day > to) to = day;
  }
  const iso = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
  return { from: iso(from), to: iso(to) };
}

/** Fields by how far their part differs between open leads (standard deviation of the log-odds), strongest first. */
export function fieldStrengths({ model, scores, openRows }: Analysis): Array<{ field: string; strength: number }> {
  const rows = openRows.length > 0 ? openRows : scores.map((_, row) => row);
  return model.fields
    .map(({ column }, field) => {
      const mean = rows.reduce((sum, row) => sum + scores[row]!.parts[field]!, 0) / rows.length;
      const square = rows.reduce((sum, row) => sum + (scores[row]!.parts[field]! - mean) ** 2, 0) / rows.length;
      return { field: inert(column), strength: Math.sqrt(square) };
    })
    .sort((a, b) => b.strength - a.strength || (a.field < b.field ? -1 : 1));
}
