import { skillErrors } from '../errors.ts';

/** How a number is written. `share` and `points` are fractions of one, `usd` dollars, `amount` money of unknown currency. */
export type Unit = 'count' | 'share' | 'points' | 'position' | 'usd' | 'amount' | 'days' | 'hours';

/** Where a number, a day or a wording comes from. Made by `Sources` only; equal ones are one and the same. */
export type Source =
  | { readonly kind: 'node'; readonly type: string; readonly id: string; readonly properties: ReadonlySet<string> }
  | {
      readonly kind: 'nodes';
      readonly type: string;
      readonly ids: readonly string[];
      readonly property: string;
    }
  | {
      readonly kind: 'rows';
      readonly file: string;
      readonly columns: ReadonlySet<string>;
      readonly lines: readonly number[];
    }
  | { readonly kind: 'input'; readonly name: string; readonly line: number | null }
  | { readonly kind: 'method'; readonly name: string; readonly reference: string }
  | { readonly kind: 'derived'; readonly formula: Formula; readonly of: readonly Source[] };

/** What was reckoned; the texts of each language say it in words. */
export type Formula =
  | 'sum'
  | 'difference'
  | 'relative-change'
  | 'share'
  | 'count'
  | 'mean'
  | 'median'
  | 'days'
  | 'decomposition'
  | 'chance'
  | 'wilson'
  | 'expected'
  | 'period'
  | 'step';

/** A number with its source. Only `Sources` makes one, so a number without a source has no type and no instance. */
class SourcedFigure {
  readonly value: number;
  readonly unit: Unit;
  readonly source: Source;
  /** Written with its sign, as changes are. */
  readonly signed: boolean;
  readonly #made: true = true;

  constructor(value: number, unit: Unit, by: { readonly source: Source; readonly signed: boolean }) {
    this.value = value;
    this.unit = unit;
    this.source = by.source;
    this.signed = by.signed;
  }

  static made(value: unknown): value is SourcedFigure {
    return typeof value === 'object' && value !== null && #made in value;
  }
}

/** Words of somebody else, with where they stand; whatever numbers they hold are theirs. */
class SourcedQuote {
  readonly text: string;
  readonly source: Source;
  readonly #made: true = true;

  constructor(text: string, source: Source) {
    this.text = text;
    this.source = source;
  }

  static made(value: unknown): value is SourcedQuote {
    return typeof value === 'object' && value !== null && #made in value;
  }
}

/** A day, or the days from one to another, YYYY-MM-DD. */
class SourcedDays {
  readonly from: string;
  readonly to: string;
  readonly source: Source;
  readonly #made: true = true;

  constructor(from: string, to: string, source: Source) {
    this.from = from;
    this.to = to;
    this.source = source;
  }

  static made(value: unknown): value is SourcedDays {
    return typeof value === 'object' && value !== null && #made in value;
  }
}

export type Figure = SourcedFigure;
export type Quote = SourcedQuote;
export type Days = SourcedDays;
export const isFigure = SourcedFigure.made;
export const isQuote = SourcedQuote.made;
export const isDays = SourcedDays.made;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** All sources of one report: what is not in here cannot be named by a number of the report. */
export class Sources {
  readonly #known = new Map<string, Source>();
  /** With a number of its own, for keys. */
  readonly #members = new Map<Source, number>();
  readonly #told = new Map<string, Set<string>>();

  /** One node is one source, whatever of it is told. */
  node(type: string, id: string, property: string): Source {
    return this.#joined(`node ${type} ${id}`, property, (properties) => ({ kind: 'node', type, id, properties }));
  }

  /** Several nodes of one type by one property: what a sum or a count goes over. */
  nodes(type: string, ids: readonly string[], property: string): Source {
    const [only] = ids;
    if (ids.length === 1) return this.node(type, only!, property);
    return this.#keep(`nodes ${type} ${property} ${ids.join(' ')}`, () => ({ kind: 'nodes', type, ids, property }));
  }

  /** One row of a file is one source, whatever of it is told; a column of many rows is one for itself. */
  rows(file: string, column: string, given: Iterable<number>): Source {
    const lines = [...new Set(given)].sort((a, b) => a - b);
    const rows = `rows ${file} ${lines.join(' ')}`;
    return this.#joined(lines.length === 1 ? rows : `${rows} ${column}`, column, (columns) => ({
      kind: 'rows',
      file,
      columns,
      lines,
    }));
  }

  input(name: string, line: number | null = null): Source {
    return this.#keep(`input ${name} ${line}`, () => ({ kind: 'input', name, line }));
  }

  method(name: string, reference: string): Source {
    return this.#keep(`method ${name} ${reference}`, () => ({ kind: 'method', name, reference }));
  }

  derived(formula: Formula, of: readonly Source[]): Source {
    const keys = of.map((source) => this.#members.get(this.require(source)));
    return this.#keep(`derived ${formula} ${keys.join(' ')}`, () => ({
      kind: 'derived',
      formula,
      of: [...of],
    }));
  }

  /** Errors: KAZE_SKILL_NUMBER_UNSOURCED for a source of another report or a value that is no number. */
  figure(value: number, unit: Unit, source: Source): Figure {
    return new SourcedFigure(this.#finite(value), unit, { source: this.require(source), signed: false });
  }

  change(value: number, unit: Unit, source: Source): Figure {
    return new SourcedFigure(this.#finite(value), unit, { source: this.require(source), signed: true });
  }

  /** How many sources of that sort there are, such as nodes. */
  count(type: string, ids: readonly string[]): Figure {
    return this.figure(ids.length, 'count', this.derived('count', [this.nodes(type, ids, 'id')]));
  }

  /** Now less before, with a sign; shares give points. */
  difference(now: Figure, before: Figure): Figure {
    const unit = now.unit === 'share' ? 'points' : now.unit;
    return this.change(now.value - before.value, unit, this.derived('difference', [now.source, before.source]));
  }

  /** Undefined where there was nothing before. */
  relative(now: Figure, before: Figure): Figure | undefined {
    if (before.value <= 0) return undefined;
    const source = this.derived('relative-change', [now.source, before.source]);
    return this.change(now.value / before.value - 1, 'share', source);
  }

  /** Undefined without a whole. */
  share(part: Figure, whole: Figure): Figure | undefined {
    if (whole.value <= 0) return undefined;
    return this.figure(part.value / whole.value, 'share', this.derived('share', [part.source, whole.source]));
  }

  sum(figures: readonly Figure[], unit: Unit): Figure {
    const value = figures.reduce((total, one) => total + one.value, 0);
    return this.figure(
      value,
      unit,
      this.derived(
        'sum',
        figures.map(({ source }) => source),
      ),
    );
  }

  quote(text: string, source: Source): Quote {
    return new SourcedQuote(text, this.require(source));
  }

  /** Errors: KAZE_SKILL_NUMBER_UNSOURCED for what is no day. */
  days(from: string, to: string, source: Source): Days {
    if (!DAY.test(from) || !DAY.test(to)) throw unsourced(`"${from}" to "${to}" is no day`);
    return new SourcedDays(from, to, this.require(source));
  }

  day(day: string, source: Source): Days {
    return this.days(day, day, source);
  }

  has(source: Source): boolean {
    return this.#members.has(source);
  }

  require(source: Source): Source {
    if (this.#members.has(source)) return source;
    throw unsourced('a source that this report does not know');
  }

  #finite(value: number): number {
    if (Number.isFinite(value)) return value;
    throw unsourced(`${value} is no number to print`);
  }

  #keep(key: string, make: () => Source): Source {
    const known = this.#known.get(key);
    if (known) return known;
    const made = Object.freeze(make());
    this.#known.set(key, made);
    this.#members.set(made, this.#members.size);
    return made;
  }

  /** As `#keep`, with what is told of it added to what was told before. */
  #joined(key: string, told: string, make: (all: ReadonlySet<string>) => Source): Source {
    const all = this.#told.get(key) ?? new Set();
    this.#told.set(key, all.add(told));
    return this.#keep(key, () => make(all));
  }
}

export function unsourced(problem: string): Error {
  return skillErrors('KAZE_SKILL_NUMBER_UNSOURCED', `a report cannot be written: ${problem}`, {
    fields: { skill: 'report-generator' },
  });
}
