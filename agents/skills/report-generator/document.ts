import type { Prose } from './prose.ts';
import type { Days, Figure, Quote } from './sourced.ts';

/** What may stand in a cell of a table. */
export type Cell = Prose | Figure | Quote | Days | null;

export interface Table {
  readonly kind: 'table';
  readonly caption: Prose;
  readonly columns: ReadonlyArray<{ readonly title: Prose; readonly numeric: boolean }>;
  readonly rows: ReadonlyArray<readonly Cell[]>;
}

export interface Bar {
  readonly label: Prose | Quote;
  readonly figure: Figure;
}

/** Drawn as SVG; the table behind it stands next to it and says the same. */
export type Chart =
  | {
      readonly kind: 'bars';
      readonly title: Prose;
      readonly description: Prose;
      readonly bars: readonly Bar[];
      readonly table: Table;
    }
  | {
      readonly kind: 'line';
      readonly title: Prose;
      readonly description: Prose;
      readonly points: ReadonlyArray<{ readonly day: Days; readonly figure: Figure }>;
      /** Points that are labelled. */
      readonly labelled: readonly number[];
      readonly table: Table;
    };

export interface Tile {
  readonly name: Prose;
  readonly figure: Figure;
  readonly change: Figure | null;
  /** Whether more is better; null where neither is. */
  readonly better: 'more' | 'less' | null;
}

export type Block =
  | { readonly kind: 'text'; readonly text: Prose }
  | { readonly kind: 'list'; readonly items: readonly Prose[] }
  | { readonly kind: 'note'; readonly text: Prose }
  | { readonly kind: 'tiles'; readonly tiles: readonly Tile[] }
  | { readonly kind: 'heading'; readonly text: Prose }
  | Table
  | Chart;

export interface Section {
  readonly id: string;
  readonly title: Prose;
  readonly blocks: readonly Block[];
}

/** A report before it is written down. It holds no number but with its source: nothing in it is a bare text. */
export interface ReportDocument {
  readonly title: Prose;
  readonly subtitle: Prose;
  readonly facts: readonly Prose[];
  readonly sections: readonly Section[];
}

export const text = (value: Prose): Block => ({ kind: 'text', text: value });
export const note = (value: Prose): Block => ({ kind: 'note', text: value });
export const heading = (value: Prose): Block => ({ kind: 'heading', text: value });
export const list = (items: readonly Prose[]): Block => ({ kind: 'list', items });

/** A table; titles that begin with a column of words and go on with numbers, unless said otherwise. */
export function table(
  caption: Prose,
  columns: ReadonlyArray<readonly [title: Prose, kind: 'words' | 'number']>,
  rows: ReadonlyArray<readonly Cell[]>,
): Table {
  return {
    kind: 'table',
    caption,
    columns: columns.map(([title, kind]) => ({ title, numeric: kind === 'number' })),
    rows,
  };
}
