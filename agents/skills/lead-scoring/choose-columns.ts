import { fold } from './fold.ts';
import { isContact, isEmail } from './headers.ts';
import { isGivenFromTheStart, leakReasons, movingReason, nameReason, singleFieldAuc } from './leakage.ts';
import type { Outcomes } from './outcome.ts';
import { ageOfRecord, sensitiveAttribute } from './sensitive.ts';
import type { Column, LeftOut } from './types.ts';

export interface Choice {
  /** Columns that the score may use. */
  readonly used: readonly Column[];
  /** The column of mail addresses, of which only the kind of provider is used. */
  readonly email?: Column;
  /** Telephone numbers and the like, of which only whether they are given is used. */
  readonly given: readonly Column[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly string[];
}

/** A used field so close to a protected one stands for it (Bergsma's corrected Cramér's V, 0 to 1). */
const PROXY = 0.7;
const STRONG_AUC = 0.85;

/**
 * Decides about every column: identifiers, protected attributes, what is known only afterwards (by name, by pattern,
 * by day, by separating too well), what changes while a lead is open, and what says nothing are left out, each with
 * every reason that applies.
 *
 * @param allowed headers or attributes ("gender") that may be used although they are protected
 */
export function chooseColumns(columns: readonly Column[], outcomes: Outcomes, allowed: readonly string[]): Choice {
  const leftOut: LeftOut[] = [];
  const used: Column[] = [];
  const protectedColumns: Column[] = [];
  const notes: string[] = [];
  const given: Column[] = [];
  let email: Column | undefined;
  const permitted = new Set(allowed.map(fold));
  const leave = (column: Column, because: LeftOut['because'], reasons: readonly string[]) =>
    leftOut.push({ column: column.header, because, reasons });
  for (const column of columns) {
    if (column === outcomes.column) leave(column, 'outcome', ['it is the outcome']);
    else if (column.header === outcomes.created?.header)
      leave(column, 'identifier', ['it is the day of creation, by which time is told']);
    else if (column.kind === 'empty') leave(column, 'useless', ['it is empty']);
    else if (ageOfRecord(column))
      leave(column, 'leaked', ['it counts the days since the record was made, which end with the decision']);
    else if (isEmail(column) && email === undefined) {
      email = column;
      leave(column, 'identifier', ['it is an address; only whether its provider is a free one is used']);
    } else if (isContact(column.header) && isGivenFromTheStart(column, outcomes)) {
      given.push(column);
      leave(column, 'identifier', ['it is an address or number of a person; only whether it is given is used']);
    } else {
      const attribute = sensitiveAttribute(column);
      if (attribute && !permitted.has(attribute) && !permitted.has(fold(column.header))) {
        protectedColumns.push(column);
        leave(column, 'sensitive', [`it tells ${attribute}, which is used only when allowed_attributes names it`]);
        continue;
      }
      if (attribute) notes.push(`"${column.header}" tells ${attribute} and is used because the task allows it.`);
      decide(column, outcomes, { leave, used });
    }
  }
  const free = withoutProxies(used, protectedColumns, leave);
  for (const column of free) {
    const alone = singleFieldAuc(column, outcomes.outcomes);
    if (alone && alone.value >= STRONG_AUC) {
      notes.push(
        `"${column.header}" alone has an AUC of ${alone.value.toFixed(2)}: make sure that it is known while a lead is open.`,
      );
    }
  }
  return { used: free, email, given, leftOut, notes };
}

function decide(
  column: Column,
  outcomes: Outcomes,
  {
    leave,
    used,
  }: { leave: (column: Column, because: LeftOut['because'], reasons: readonly string[]) => void; used: Column[] },
): void {
  const named = nameReason(column);
  const found = leakReasons(column, outcomes);
  const reasons = [...(named ? [named.reason] : []), ...found];
  if (reasons.length > 0) {
    // A number that only won leads have is told as what it betrays, not as a mere name.
    leave(column, found.length > 0 ? 'leaked' : named!.because, reasons);
    return;
  }
  const moving = movingReason(column, outcomes);
  if (moving) leave(column, 'moving', [moving]);
  else if (column.kind === 'text')
    leave(column, 'identifier', [`it has ${column.distinct} different values: names or words, no classes`]);
  else if (column.kind === 'date' && !outcomes.created)
    leave(column, 'useless', ['a day says nothing without the day of creation']);
  else if (column.distinct < 2 && column.filled > 0.98) leave(column, 'useless', ['it says the same of every lead']);
  else if (column.kind === 'number' && isCounter(column)) leave(column, 'identifier', ['it numbers the rows']);
  else used.push(column);
}

/** Long whole numbers, all different and as long as each other: numbers of records, phones, customers. */
function isCounter({ numbers, distinct, filled, texts }: Column): boolean {
  if (distinct < filled * texts.length * 0.98) return false;
  const said = numbers!.filter((one) => !Number.isNaN(one));
  const digits = Math.floor(Math.log10(Math.abs(said[0] ?? 0)));
  return digits >= 4 && said.every((one) => Number.isInteger(one) && Math.floor(Math.log10(Math.abs(one))) === digits);
}

function withoutProxies(
  used: readonly Column[],
  protectedColumns: readonly Column[],
  leave: (column: Column, because: LeftOut['because'], reasons: readonly string[]) => void,
): Column[] {
  const classes = protectedColumns.map((column) => ({ column, codes: classesOf(column) }));
  return used.filter((column) => {
    const codes = classesOf(column);
    for (const other of classes) {
      const close = association(codes, other.codes);
      if (close < PROXY) continue;
      leave(column, 'proxy', [
        `it nearly says "${other.column.header}" (association ${close.toFixed(2)}), which is protected`,
      ]);
      return false;
    }
    return true;
  });
}

/** A class a row, -1 where nothing is said: values as they are, numbers and days by fifths. */
function classesOf({ texts, numbers }: Column): Int16Array {
  if (numbers) {
    const sorted = numbers.filter((one) => !Number.isNaN(one)).sort();
    const cuts = [0.2, 0.4, 0.6, 0.8].map((share) => sorted[Math.floor(share * sorted.length)] ?? 0);
    return Int16Array.from(numbers, (one) => (Number.isNaN(one) ? -1 : cuts.filter((cut) => one >= cut).length));
  }
  const codes = new Map<string, number>();
  return Int16Array.from(texts, (text) => {
    if (text === '') return -1;
    let code = codes.get(text);
    if (code === undefined) {
      code = Math.min(codes.size, 50);
      codes.set(text, code);
    }
    return code;
  });
}

/** Bias-corrected Cramér's V (Bergsma, Journal of the Korean Statistical Society 42, 2013), over rows where both speak. */
export function association(left: Int16Array, right: Int16Array): number {
  const counts = new Map<number, number>();
  const [leftSums, rightSums] = [new Map<number, number>(), new Map<number, number>()];
  let all = 0;
  for (let row = 0; row < left.length; row++) {
    const [a, b] = [left[row]!, right[row]!];
    if (a < 0 || b < 0) continue;
    all++;
    counts.set(a * 64 + b, (counts.get(a * 64 + b) ?? 0) + 1);
    leftSums.set(a, (leftSums.get(a) ?? 0) + 1);
    rightSums.set(b, (rightSums.get(b) ?? 0) + 1);
  }
  const [r, k] = [leftSums.size, rightSums.size];
  if (all < 50 || r < 2 || k < 2) return 0;
  let chi = -all;
  for (const [key, count] of counts) {
    chi += (count * count * all) / (leftSums.get(Math.floor(key / 64))! * rightSums.get(key % 64)!);
  }
  const phi = Math.max(0, chi / all - ((r - 1) * (k - 1)) / (all - 1));
  const rows = r - (r - 1) ** 2 / (all - 1);
  const cols = k - (k - 1) ** 2 / (all - 1);
  return Math.sqrt(phi / Math.max(1e-9, Math.min(rows - 1, cols - 1)));
}
