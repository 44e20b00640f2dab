import { fold } from './fold.ts';
import type { SparseRows } from './logistic.ts';
import type { Column } from './types.ts';

/**
 * How a field becomes numbers, as plain data: kept with the model, so that later leads are read in the same way.
 * `number`: the standardised value (its logarithm where skewed) and a piecewise linear part over fifths, so that a best
 * size in the middle is seen; `category`: one number a value that enough leads have, one for the rest; `mail` and `given`
 * are of fields whose words are not used, only whether the provider is a free one and whether they are filled.
 */
export type FieldSpec =
  | {
      readonly column: string;
      readonly kind: 'number' | 'days';
      readonly log: boolean;
      readonly low: number;
      readonly high: number;
      readonly mean: number;
      readonly deviation: number;
      /** Ascending; the piecewise part has one number a knot. Empty for few different values. */
      readonly knots: readonly number[];
      readonly missing: boolean;
    }
  | {
      readonly column: string;
      readonly kind: 'category' | 'mail' | 'given';
      readonly levels: readonly string[];
      readonly missing: boolean;
    };

/** What the encoding reads of one table: cells of one column by row. */
export interface FieldSource {
  number(row: number): number;
  text(row: number): string;
}

const LEAST_OF_LEVEL = 20;
const MOST_LEVELS = 20;
const MOST_NUMBERS = 240;
/** Scale of the piecewise part: the penalty draws a bend to the straight line four times as strongly as the line to nothing. */
const BEND = 0.5;
const KNOTS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const FREE_MAIL =
  /@(?:gmail|googlemail|gmx|web|outlook|hotmail|live|msn|yahoo|ymail|aol|icloud|me|mac|t-online|freenet|mail|proton|protonmail|pm|posteo|mailbox|orange|wanadoo|free|laposte|libero|virgilio|terra|uol|bol|qq|163|yandex|zoho)\.(?:[a-z.]{2,6})$/i;

/** Learns the encoding of every used column from the rows to learn from. */
export function learnFields(
  columns: readonly Column[],
  {
    email,
    given = [],
    created,
    rows,
  }: { email?: Column; given?: readonly Column[]; created?: Column; rows: Int32Array },
): FieldSpec[] {
  for (let least = Math.max(LEAST_OF_LEVEL, rows.length * 0.005); ; least *= 1.5) {
    const specs = columns.flatMap((column): FieldSpec[] => {
      const source = sourceOf(column, created);
      const spec = column.kind === 'category' ? categorySpec(column, rows, least) : numberSpec(column, source, rows);
      return spec ? [spec] : [];
    });
    if (email)
      specs.push({ column: email.header, kind: 'mail', levels: ['free', 'own'], missing: email.filled < 0.99 });
    for (const { header } of given) specs.push({ column: header, kind: 'given', levels: ['given'], missing: true });
    if (widthOf(specs) <= MOST_NUMBERS || least > rows.length / 4) return specs;
  }
}

function categorySpec(column: Column, rows: Int32Array, least: number): FieldSpec | undefined {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(column.texts[row]!, (counts.get(column.texts[row]!) ?? 0) + 1);
  const missing = (counts.get('') ?? 0) >= least;
  counts.delete('');
  const levels = [...counts]
    .filter(([, count]) => count >= least)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_LEVELS)
    .map(([text]) => text);
  return levels.length + (missing ? 1 : 0) < 1
    ? undefined
    : { column: column.header, kind: 'category', levels, missing };
}

function numberSpec(column: Column, source: FieldSource, rows: Int32Array): FieldSpec | undefined {
  const values = Float64Array.from(rows, (row) => source.number(row))
    .filter((one) => !Number.isNaN(one))
    .sort();
  if (values.length < 2 * LEAST_OF_LEVEL || values[0] === values.at(-1)) return undefined;
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
  const [low, middle, high] = [at(0.01), at(0.5), at(0.99)];
  if (low === high) return undefined;
  // Skewed to the right: the upper half spans far more than the lower one.
  const log = low >= 0 && high - middle > 4 * (middle - low);
  const seen = values.map((one) => transform(one, { log, low, high }));
  const mean = seen.reduce((sum, one) => sum + one, 0) / seen.length;
  const deviation = Math.sqrt(seen.reduce((sum, one) => sum + (one - mean) ** 2, 0) / seen.length) || 1;
  const knots = [...new Set(KNOTS.map((share) => seen[Math.min(seen.length - 1, Math.floor(share * seen.length))]!))];
  return {
    column: column.header,
    kind: column.kind === 'date' ? 'days' : 'number',
    log,
    low,
    high,
    mean,
    deviation,
    knots: knots.length >= 4 ? knots : [],
    missing: rows.length - values.length >= LEAST_OF_LEVEL,
  };
}

function transform(value: number, { log, low, high }: { log: boolean; low: number; high: number }): number {
  const clipped = Math.min(high, Math.max(low, value));
  return log ? Math.log1p(clipped) : clipped;
}

/** Numbers, or days before the creation of the lead. */
export function sourceOf(column: Column, created?: Column): FieldSource {
  const numbers = column.numbers;
  const born = column.kind === 'date' ? created?.numbers : undefined;
  return {
    number: (row) => (numbers === undefined ? Number.NaN : born ? born[row]! - numbers[row]! : numbers[row]!),
    text: (row) => column.texts[row]!,
  };
}

/** A table without the column: every lead says nothing. */
export const SILENT: FieldSource = { number: () => Number.NaN, text: () => '' };

const widthOfField = (spec: FieldSpec): number =>
  'knots' in spec
    ? 1 + spec.knots.length + (spec.missing ? 1 : 0)
    : spec.levels.length + (spec.kind === 'category' ? 1 : 0) + (spec.missing ? 1 : 0);
export const widthOf = (specs: readonly FieldSpec[]): number =>
  specs.reduce((sum, spec) => sum + widthOfField(spec), 0);

/** Which of the encoded numbers belong to which field: `offsets[i]` to `offsets[i + 1]`. */
export function offsetsOf(specs: readonly FieldSpec[]): number[] {
  const offsets = [0];
  for (const spec of specs) offsets.push(offsets.at(-1)! + widthOfField(spec));
  return offsets;
}

/** Encodes rows; unknown values of a category count as the rest, missing ones as nothing where none were seen. */
export function encode(
  specs: readonly FieldSpec[],
  { rows, source }: { rows: number; source: (column: string) => FieldSource },
): SparseRows {
  const offsets = offsetsOf(specs);
  const fields = specs.map((spec, at) => ({
    spec,
    at: offsets[at]!,
    source: source(spec.column),
    levels: levelsOf(spec),
  }));
  const indices: number[] = [];
  const values: number[] = [];
  const starts = new Int32Array(rows + 1);
  const put = (index: number, value: number) => {
    indices.push(index);
    values.push(value);
  };
  for (let row = 0; row < rows; row++) {
    for (const { spec, at, source: from, levels } of fields) {
      if ('knots' in spec) putNumber(spec, { at, value: from.number(row), put });
      else putLevel(spec, { at, text: from.text(row), levels: levels!, put });
    }
    starts[row + 1] = indices.length;
  }
  return { width: widthOf(specs), starts, indices: Int32Array.from(indices), values: Float64Array.from(values) };
}

function levelsOf(spec: FieldSpec): Map<string, number> | undefined {
  return 'levels' in spec ? new Map(spec.levels.map((level, index) => [fold(level), index])) : undefined;
}

type Put = (index: number, value: number) => void;

function putNumber(
  spec: Extract<FieldSpec, { knots: unknown }>,
  { at, value, put }: { at: number; value: number; put: Put },
): void {
  const { knots } = spec;
  if (Number.isNaN(value)) {
    if (spec.missing) put(at + 1 + knots.length, 1);
    return;
  }
  const seen = transform(value, spec);
  put(at, (seen - spec.mean) / spec.deviation);
  if (knots.length === 0) return;
  let right = 1;
  while (right < knots.length - 1 && seen > knots[right]!) right++;
  const share = Math.min(1, Math.max(0, (seen - knots[right - 1]!) / (knots[right]! - knots[right - 1]!)));
  if (share < 1) put(at + right, BEND * (1 - share));
  if (share > 0) put(at + 1 + right, BEND * share);
}

function putLevel(
  spec: Extract<FieldSpec, { levels: unknown }>,
  { at, text, levels, put }: { at: number; text: string; levels: Map<string, number>; put: Put },
): void {
  const rest = spec.levels.length;
  if (text === '') {
    if (spec.missing) put(at + rest + (spec.kind === 'category' ? 1 : 0), 1);
    return;
  }
  put(at + levelOf(spec.kind, { text, levels, rest }), 1);
}

function levelOf(
  kind: 'category' | 'mail' | 'given',
  { text, levels, rest }: { text: string; levels: Map<string, number>; rest: number },
): number {
  if (kind === 'given') return 0;
  return kind === 'mail' ? (FREE_MAIL.test(text) ? 0 : 1) : (levels.get(fold(text)) ?? rest);
}
