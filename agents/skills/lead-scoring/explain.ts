import { neutraliseCell } from '#platform/formats';
import type { Json } from '../handler.ts';
import type { Analysis, Profile } from './analyse.ts';
import { identifierReason, isId } from './headers.ts';
import { sigmoid } from './logistic.ts';
import type { LeadScore } from './model.ts';
import type { Column } from './types.ts';

export type Band = 'hot' | 'warm' | 'cold';

export interface Driver {
  readonly field: string;
  /** As the file says it; null where it says nothing. */
  readonly value: string | null;
  readonly effect: 'raises' | 'lowers';
  /** Change of the probability against the average lead in this field, in percentage points. */
  readonly points: number;
  readonly logOdds: number;
}

export interface ScoredLead {
  readonly row: number;
  readonly line: number;
  readonly id: string;
  readonly label: string;
  readonly probability: number;
  readonly band: Band;
  readonly drivers: readonly Driver[];
}

const MOST_DRIVERS = 4;
const LEAST_LOG_ODDS = 0.05;

/** Cells that could run as formulas are made inert wherever they leave the skill. */
export const inert = (cell: string, most = 200): string =>
  neutraliseCell(cell.replaceAll(/\s+/g, ' ').trim()).slice(0, most);

/** The column that names a lead; undefined where none is distinct. */
export function idColumn({ columns }: Pick<Profile, 'columns'>): Column | undefined {
  return columns
    .filter(({ header, distinct, filled, texts }) => isId(header) && distinct >= 0.999 * filled * texts.length)
    .sort((a, b) => b.filled - a.filled)[0];
}

/** Hot leads are twice as likely as the average one (or half-way from it to certainty), cold ones half as likely. */
export function bandOf(probability: number, baseRate: number): Band {
  if (probability >= Math.min(2 * baseRate, (1 + baseRate) / 2)) return 'hot';
  return probability < baseRate / 2 ? 'cold' : 'warm';
}

/** Open leads, most likely first. */
export function explainLeads({ open, openRows, scores, model, quality }: Analysis): ScoredLead[] {
  const id = idColumn(open);
  const label = labelColumns(open);
  const byHeader = new Map(open.columns.map((column) => [column.header, column]));
  const columns = model.fields.map(({ column }) => byHeader.get(column));
  return openRows
    .map((row): ScoredLead => {
      const score = scores[row]!;
      const { line } = open.table.rows[row]!;
      return {
        row,
        line,
        id: inert(id?.texts[row] ?? '') || `line ${line}`,
        label: inert(label.map((column) => column.texts[row]!).find((text) => text !== '') ?? ''),
        probability: round(score.probability, 4),
        band: bandOf(score.probability, quality.baseRate.value),
        drivers: driversOf(score, { fields: model.fields, columns, row }),
      };
    })
    .sort((a, b) => b.probability - a.probability || a.row - b.row);
}

function driversOf(
  { probability, parts }: LeadScore,
  {
    fields,
    columns,
    row,
  }: { fields: Analysis['model']['fields']; columns: ReadonlyArray<Column | undefined>; row: number },
): Driver[] {
  const odds = Math.log(Math.max(1e-12, probability) / Math.max(1e-12, 1 - probability));
  const strongest = Array.from(parts, (part, field) => ({ part, field }))
    .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
    .slice(0, MOST_DRIVERS);
  // Even a lead that is average in everything has a reason: that it is.
  const told = strongest.filter(({ part }, at) => at === 0 || Math.abs(part) >= LEAST_LOG_ODDS);
  return told.map(({ part, field }): Driver => {
    const { column: header, kind } = fields[field]!;
    const text = columns[field]?.texts[row] ?? '';
    const shown = kind === 'mail' ? text.replace(/^.*@/, '@') : kind === 'given' ? 'given' : text;
    const aside = { mail: ' (free or own address)', given: ' (given or not)' } as const;
    return {
      field: `${header}${kind === 'mail' || kind === 'given' ? aside[kind] : ''}`,
      value: text === '' ? null : inert(shown),
      effect: part >= 0 ? 'raises' : 'lowers',
      points: round(100 * (probability - sigmoid(odds - part)), 1),
      logOdds: round(part, 3),
    };
  });
}

function labelColumns({ columns }: Profile): Column[] {
  const named = columns.filter(({ header }) => identifierReason(header) === 'names a person or firm');
  return named.sort((a, b) => b.distinct - a.distinct || a.index - b.index);
}

export const driverText = ({ field, value, effect, points }: Driver): string =>
  `${field}: ${value ?? 'not filled'} ${effect} it by ${Math.abs(points)} points`;

export const driverJson = ({ field, value, effect, points, logOdds }: Driver): Json => ({
  field,
  value,
  effect,
  points,
  log_odds: logOdds,
});

export function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
