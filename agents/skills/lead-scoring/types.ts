/** Won or lost; open where nobody knows yet. */
export type Outcome = 'won' | 'lost' | 'open';

/** A CRM export as it was read: cells as they stand in the file. */
export interface LeadTable {
  readonly name: string;
  readonly headers: readonly string[];
  readonly rows: readonly LeadRow[];
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  readonly delimiter: string;
  readonly notes: readonly string[];
}

export interface LeadRow {
  /** In the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export type ColumnKind = 'number' | 'date' | 'category' | 'text' | 'empty';

/** One column of a table, read: `numbers` of numbers and dates (days since 1970), NaN where there is none. */
export interface Column {
  readonly header: string;
  readonly index: number;
  readonly kind: ColumnKind;
  readonly numbers?: Float64Array;
  /** Trimmed; empty where nothing is said. */
  readonly texts: readonly string[];
  /** Share of the rows that say something. */
  readonly filled: number;
  readonly distinct: number;
}

export type LeftOutBecause = 'identifier' | 'outcome' | 'leaked' | 'moving' | 'sensitive' | 'proxy' | 'useless';

/** A column that the score does not use, and why. */
export interface LeftOut {
  readonly column: string;
  readonly because: LeftOutBecause;
  /** Every guard that spoke against it, in sentences. */
  readonly reasons: readonly string[];
}
