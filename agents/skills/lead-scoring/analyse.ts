import { Pace } from '#platform';
import { skillErrors } from '../errors.ts';
import { type Choice, chooseColumns } from './choose-columns.ts';
import { readColumns } from './columns.ts';
import { crossValidate, type HeldOut } from './cross-validate.ts';
import { evaluate, type Quality } from './evaluate.ts';
import { encode, learnFields, SILENT, sourceOf } from './features.ts';
import { type LeadScore, makeModel, type ScoreModel, scoreAll } from './model.ts';
import { findOutcomes, type OutcomeOptions, type Outcomes } from './outcome.ts';
import { train } from './train.ts';
import type { Column, LeadTable } from './types.ts';

/** Fewer leads of either outcome tell chance from knowledge too poorly (ten an estimated effect; Peduzzi 1996). */
export const LEAST_OF_OUTCOME = 50;

/** A table with its columns read and its outcomes found. */
export interface Profile {
  readonly table: LeadTable;
  readonly columns: readonly Column[];
  /** Undefined for a table that tells of no outcome: all its leads are open. */
  readonly outcomes?: Outcomes;
  readonly notes: readonly string[];
}

export interface Analysis {
  readonly history: Profile & { readonly outcomes: Outcomes };
  readonly open: Profile;
  readonly choice: Choice;
  readonly model: ScoreModel;
  readonly heldOut: HeldOut;
  readonly quality: Quality;
  /** By row of `open`, of those in `openRows`. */
  readonly scores: readonly LeadScore[];
  readonly openRows: readonly number[];
  readonly decided: { readonly won: number; readonly lost: number };
}

export interface AnalyseOptions {
  readonly outcome?: OutcomeOptions;
  readonly allowed?: readonly string[];
  readonly pace?: Pace;
  readonly progress?: (text: string) => void;
  /** What else a refusal shall say, such as how the earlier score did. */
  readonly aside?: string;
}

/** Reads what the columns of a table hold and which rows are won, lost and open. Errors: those of `readColumns`, `findOutcomes`. */
export function profile(table: LeadTable, options: OutcomeOptions = {}): Profile {
  const { columns, notes } = readColumns(table);
  const outcomes = findOutcomes(table, columns, options);
  return { table, columns, outcomes, notes: [...table.notes, ...notes, ...(outcomes?.notes ?? [])] };
}

/**
 * The table that past leads are learned from: the history where one is given, else the decided rows of the leads.
 * Errors: KAZE_SKILL_DATA_INSUFFICIENT for no outcomes, one outcome only, or too few of one.
 */
export function requireHistory(
  leads: Profile,
  history: Profile | undefined,
): Profile & { readonly outcomes: Outcomes } {
  const from = history ?? leads;
  const { name, headers } = from.table;
  if (!from.outcomes) {
    throw insufficient(
      `${name} has no column that tells won leads from lost ones; found ${headers.slice(0, 15).join(', ')}; expected a status as HubSpot ("Deal Stage": Closed won, Closed lost), Pipedrive ("Status": Won, Lost) or Salesforce ("Lead Status", "Converted") writes it, or outcome_column and won_values`,
      { name },
    );
  }
  const { won, lost } = countOutcomes(from.outcomes);
  if (won === 0 || lost === 0) {
    const only = won === 0 ? 'lost' : 'won';
    throw insufficient(
      `all ${won + lost} decided leads of ${name} are ${only} by "${from.outcomes.column.header}": what tells the two apart cannot be learned; give the others too`,
      { name, won, lost },
    );
  }
  if (Math.min(won, lost) < LEAST_OF_OUTCOME) {
    throw insufficient(
      `${name} has ${won} won and ${lost} lost leads; at least ${LEAST_OF_OUTCOME} of each are needed to tell knowledge from chance; give a longer period`,
      { name, won, lost, least: LEAST_OF_OUTCOME },
    );
  }
  return { ...from, outcomes: from.outcomes };
}

/**
 * From tables to a checked score, and the open leads scored by it. Deterministic.
 * Errors: KAZE_SKILL_DATA_INSUFFICIENT with the reason when the data cannot support a score.
 */
export async function analyse(
  { leads, history }: { leads: Profile; history?: Profile },
  options: AnalyseOptions = {},
): Promise<Analysis> {
  const { pace = new Pace(), progress = () => {} } = options;
  const past = requireHistory(leads, history);
  const { outcomes } = past;
  await pace.rest();
  progress('looking for fields that are known only afterwards');
  const choice = chooseColumns(past.columns, outcomes, options.allowed ?? []);
  await pace.rest();
  const rows = Int32Array.from(outcomes.outcomes.flatMap((one, row) => (one === 'open' ? [] : [row])));
  const { email, given } = choice;
  const created = daysKnown(outcomes.created, rows) ? outcomes.created : undefined;
  const fields = learnFields(choice.used, { email, given, created: outcomes.created, rows });
  if (fields.length === 0) throw nothingLeft(past, choice);
  const data = encode(fields, { rows: past.table.rows.length, source: sourcesOf(past) });
  const wins = Float64Array.from(outcomes.outcomes, (one) => (one === 'won' ? 1 : 0));
  await pace.rest();
  progress(`learning from ${rows.length} past leads`);
  const training = { data, wins, days: created?.numbers };
  const heldOut = await crossValidate({ ...training, decided: outcomes.decided?.numbers }, rows, pace);
  const quality = heldOut && evaluate(heldOut.scores, heldOut.wins);
  if (!heldOut || !quality) {
    throw insufficient(
      `${past.table.name}: the won and the lost leads lie so far apart in time that no part can be predicted from an earlier one; give a longer period`,
      { name: past.table.name },
    );
  }
  requireKnowledge(past, { choice, quality, aside: options.aside });
  await pace.rest();
  const model = makeModel(await train(training, rows, pace), { fields, data, rows });
  await pace.rest();
  const openRows = openRowsOf(leads);
  progress(`scoring ${openRows.length} open leads`);
  const scores = scoreAll(model, { rows: leads.table.rows.length, source: sourcesOf(leads) });
  const decided = countOutcomes(outcomes);
  return { history: past, open: leads, choice, model, heldOut, quality, scores, openRows, decided };
}

/** Rows that nobody has decided yet. */
export function openRowsOf({ table, outcomes }: Profile): number[] {
  return table.rows.flatMap((_, row) => ((outcomes?.outcomes[row] ?? 'open') === 'open' ? [row] : []));
}

/** Cells of a profile's columns by header; a column that it lacks says nothing. */
export function sourcesOf({ columns, outcomes }: Pick<Profile, 'columns' | 'outcomes'>) {
  const byHeader = new Map(columns.map((column) => [column.header, column]));
  return (header: string) => {
    const column = byHeader.get(header);
    return column ? sourceOf(column, outcomes?.created) : SILENT;
  };
}

function countOutcomes({ outcomes }: Outcomes): { won: number; lost: number } {
  let [won, lost] = [0, 0];
  for (const one of outcomes) {
    if (one === 'won') won++;
    else if (one === 'lost') lost++;
  }
  return { won, lost };
}

const daysKnown = (created: Column | undefined, rows: Int32Array): boolean =>
  created !== undefined && rows.filter((row) => !Number.isNaN(created.numbers![row])).length >= 0.95 * rows.length;

function nothingLeft({ table }: Profile, { leftOut }: Choice): Error {
  const shown = leftOut
    .filter(({ because }) => because === 'leaked' || because === 'moving' || because === 'sensitive')
    .map(({ column, because }) => `"${column}" (${because})`)
    .slice(0, 12);
  return insufficient(
    `no column of ${table.name} is left that a score may rest on${shown.length > 0 ? `: ${shown.join(', ')}` : ''}; give fields that are known while a lead is open, such as source, industry, size or role`,
    { name: table.name, leftOut: leftOut.length },
  );
}

/** A score whose ranking may be chance, or that knows less than the base rate, is refused. */
function requireKnowledge(
  { table }: Profile,
  { choice, quality, aside }: { choice: Choice; quality: Quality; aside?: string },
): void {
  const { auc, aucSurely, skill, leads } = quality;
  if (aucSurely > 0.5 && skill > 0) return;
  const leaked = choice.leftOut.filter(({ because }) => because === 'leaked').length;
  const found = `on ${leads} held-out leads of ${table.name} the AUC is ${auc.value.toFixed(3)} (95 % interval ${auc.low.toFixed(3)} to ${auc.high.toFixed(3)}; the lower end of the 99 % one is ${aucSurely.toFixed(3)} and must lie above .5) and the score tells ${skill <= 0 ? 'no more than' : `${(100 * skill).toFixed(1)} % more than`} the base rate`;
  throw insufficient(
    `the data cannot support a score: ${found}. ${choice.used.length} fields were used${leaked > 0 ? `, ${leaked} that are known only afterwards were not` : ''}; give more past leads, or fields that say more about a lead while it is open${aside ? `. How the earlier score did: ${aside}` : ''}`,
    { name: table.name, auc: auc.value, aucLow: auc.low, aucHigh: auc.high, leads },
  );
}

function insufficient(message: string, fields: Record<string, string | number>): Error {
  return skillErrors('KAZE_SKILL_DATA_INSUFFICIENT', `lead-scoring: ${message}`, {
    fields: { skill: 'lead-scoring', ...fields },
  });
}
