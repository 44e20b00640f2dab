import { nearestName } from '#platform';
import { skillErrors } from '../errors.ts';
import { fold } from './fold.ts';
import { isClosed, isCreated, isOutcomeName, isPlannedClose } from './headers.ts';
import type { Column, LeadTable, Outcome } from './types.ts';

const WON =
  /^(?:won|closed? won|closed converted|converted|customer|evangelist|win|gewonnen|abgeschlossen(?: und)? gewonnen|geschlossen(?: und)? gewonnen|geschlossen konvertiert|konvertiert|kunde|bestandskunde|gagnee?|conclue?|client|ganad[oa]|cerrad[oa] ganad[oa]|vint[oa]|chius[oa] vint[oa]|cliente|klant|afgesloten gewonnen|ganho|fechado ganho)$/u;
const LOST =
  /^(?:lost|closed? lost|closed not converted|not converted|unqualified|disqualified|rejected|verloren|abgeschlossen(?: und)? verloren|geschlossen(?: und)? verloren|geschlossen nicht konvertiert|nicht konvertiert|unqualifiziert|disqualifiziert|abgelehnt|abgesagt|perdue?|perdid[oa]|cerrad[oa] perdid[oa]|pers[oa]|chius[oa] pers[oa]|afgesloten verloren|perdida|fechado perdido)$/u;
const YES = /^(?:true|1|yes|ja|wahr|oui|si|sim|x)$/u;
const NO = /^(?:false|0|no|nein|falsch|non|nee|nao)$/u;
/** A status that says itself that nothing is decided: "Open", "Offen - Nicht kontaktiert". */
const OPEN =
  /^(?:open|working|in progress|offen|in bearbeitung|ouverte?|en cours|abiert[oa]|apert[oa]|in corso|lopend|abert[oa])(?: |$)/u;
const WON_FLAG = /(?:^| )(?:(?:is ?)?converted|(?:is ?)?won|konvertiert|gewonnen|ist gewonnen)(?: |$)/u;
const CLOSED_FLAG = /(?:^| )(?:(?:is ?)?closed|geschlossen|ist geschlossen|abgeschlossen)(?: |$)/u;

export interface Outcomes {
  /** One a row. */
  readonly outcomes: readonly Outcome[];
  readonly column: Column;
  /** Days since 1970; undefined where the file has no such column. */
  readonly created?: Column;
  readonly decided?: Column;
  readonly notes: readonly string[];
}

export interface OutcomeOptions {
  /** Header of the column to use, as the task names it. */
  readonly column?: string;
  /** Values that mean won, as the task names them. */
  readonly wonValues?: readonly string[];
}

/**
 * Which rows are won, lost and open, from the column of the status that knows most. Undefined when no column tells of
 * both. Where only won ones are marked (a flag "Converted" without "Closed", the lifecycle stage "Customer") and nothing is
 * said to be open, a lead counts as lost once it is older than nine of ten won ones were when they were won, and as open
 * before.
 * Errors: KAZE_SKILL_INPUT_INVALID for a column or values that the task names and the file lacks.
 */
export function findOutcomes(
  table: LeadTable,
  columns: readonly Column[],
  options: OutcomeOptions = {},
): Outcomes | undefined {
  const created = columns.find(
    (column) => column.kind === 'date' && isCreated(column.header) && !isClosed(column.header),
  );
  const closings = columns.filter((column) => column.kind === 'date' && isClosed(column.header) && column !== created);
  const closed = closings.filter(({ header }) => !isPlannedClose(header));
  const named = options.column === undefined ? undefined : requireColumn(table, columns, options.column);
  const wanted = new Set((options.wonValues ?? []).map(fold));
  if (wanted.size > 0 && named) requireValues(table, named, wanted);
  const dates = { created, decided: mergedDates(closed.length > 0 ? closed : closings) };
  const candidates = (named ? [named] : columns.filter(({ header }) => isOutcomeName(header))).flatMap((column) => {
    const outcomes = readOutcomes(column, { wanted, columns });
    const won = outcomes.filter((one) => one === 'won').length;
    const lost = outcomes.filter((one) => one === 'lost').length;
    return won + lost === 0 ? [] : [{ column, outcomes, won, lost }];
  });
  const both = candidates
    .filter(({ won, lost }) => won > 0 && lost > 0)
    .sort((a, b) => b.won + b.lost - a.won - a.lost)[0];
  if (both) return { outcomes: both.outcomes, column: both.column, ...dates, notes: [] };
  const oneSided = candidates.sort((a, b) => b.won + b.lost - a.won - a.lost)[0];
  if (!oneSided) return undefined;
  const saysOpen = oneSided.column.texts.some((text) => OPEN.test(fold(text)));
  if (oneSided.lost > 0 || saysOpen)
    return { outcomes: oneSided.outcomes, column: oneSided.column, ...dates, notes: [] };
  return byAge(oneSided, dates);
}

function requireColumn(table: LeadTable, columns: readonly Column[], header: string): Column {
  const found = columns.find((column) => fold(column.header) === fold(header));
  if (found) return found;
  const nearest = nearestName(header, table.headers);
  throw skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `${table.name} has no column "${header.slice(0, 80)}" for the outcome${nearest ? `; did you mean "${nearest}"?` : ''} It has ${table.headers.slice(0, 20).join(', ')}`,
    { fields: { skill: 'lead-scoring', input: 'outcome_column', name: table.name } },
  );
}

function requireValues(table: LeadTable, column: Column, wanted: ReadonlySet<string>): void {
  const present = [...new Set(column.texts)].filter((text) => text !== '');
  if (present.some((text) => wanted.has(fold(text)) || wanted.has(stageOf(text)))) return;
  throw skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `no row of "${column.header}" in ${table.name} has one of the won_values; it has ${present.slice(0, 12).join(', ')}`,
    { fields: { skill: 'lead-scoring', input: 'won_values', name: table.name } },
  );
}

function readOutcomes(
  column: Column,
  { wanted, columns }: { wanted: ReadonlySet<string>; columns: readonly Column[] },
): Outcome[] {
  const folded = new Map([...new Set(column.texts)].map((text) => [text, fold(text)]));
  const isFlag =
    WON_FLAG.test(fold(column.header)) &&
    [...folded.values()].every((text) => text === '' || YES.test(text) || NO.test(text));
  if (!isFlag) {
    const meaning = new Map([...folded].map(([text, value]) => [text, outcomeOf(value, stageOf(text), wanted)]));
    return column.texts.map((text) => meaning.get(text)!);
  }
  const closed = columns.find((one) => one !== column && CLOSED_FLAG.test(fold(one.header)) && one.distinct <= 2);
  return column.texts.map((text, row) => {
    if (YES.test(folded.get(text)!)) return 'won';
    return closed && YES.test(fold(closed.texts[row]!)) ? 'lost' : 'open';
  });
}

/** A stage without the pipeline that HubSpot writes behind it where there are several: "Closed won (Sales Pipeline)". */
const stageOf = (text: string): string => fold(text.replace(/\s*\([^()]*\)\s*$/, ''));

function outcomeOf(value: string, stage: string, wanted: ReadonlySet<string>): Outcome {
  if (wanted.has(value) || wanted.has(stage)) return 'won';
  if (LOST.test(value) || LOST.test(stage)) return 'lost';
  return wanted.size === 0 && (WON.test(value) || WON.test(stage)) ? 'won' : 'open';
}

/** The first day that any of the closing columns names: "Won time" and "Lost time" are filled in turn. */
function mergedDates(columns: readonly Column[]): Column | undefined {
  const [first, ...rest] = columns;
  if (!first || rest.length === 0) return first;
  const numbers = Float64Array.from(first.numbers!, (day, row) => {
    const days = columns.map((column) => column.numbers![row]!).filter((one) => !Number.isNaN(one));
    return days.length === 0 ? day : Math.min(...days);
  });
  return { ...first, numbers };
}

function byAge(
  { column, outcomes }: { column: Column; outcomes: readonly Outcome[] },
  dates: Pick<Outcomes, 'created' | 'decided'>,
): Outcomes {
  const { created, decided } = dates;
  const waits = outcomes
    .flatMap((one, row) =>
      one === 'won' && created && decided ? [decided.numbers![row]! - created.numbers![row]!] : [],
    )
    .filter((wait) => wait >= 0)
    .sort((a, b) => a - b);
  if (!created || waits.length < 20) {
    const notes = [
      `"${column.header}" marks won leads only; all others count as lost, the youngest too, since no days tell their age.`,
    ];
    return { outcomes: outcomes.map((one) => (one === 'open' ? 'lost' : one)), column, ...dates, notes };
  }
  const longest = waits[Math.floor(waits.length * 0.9)]!;
  const latest = created.numbers!.reduce((most, day) => (day > most ? day : most), Number.NEGATIVE_INFINITY);
  const settled = outcomes.map(
    (one, row): Outcome => (one === 'open' && latest - created.numbers![row]! > longest ? 'lost' : one),
  );
  const notes = [
    `"${column.header}" marks won leads only; others count as lost ${longest} days after they came, when nine of ten won ones were won, and as open before.`,
  ];
  return { outcomes: settled, column, ...dates, notes };
}
