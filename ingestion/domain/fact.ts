export type FactPattern = 'table' | 'row' | 'key-value' | 'statement';

/** What a passage says of something, as a triple, with the words that say it. */
export interface Fact {
  readonly subject: string;
  readonly predicate: string;
  readonly value: string;
  /** The statement as a sentence that stands for itself. */
  readonly text: string;
  /** 0 to 1: the precision of its pattern, as measured (README.md of this folder). */
  readonly confidence: number;
  readonly pattern: FactPattern;
}

/** Measured on labelled samples; see the README of this folder. */
export const CONFIDENCE: Readonly<Record<FactPattern, number>> = {
  table: 0.95,
  row: 0.95,
  'key-value': 0.85,
  statement: 0.8,
};
