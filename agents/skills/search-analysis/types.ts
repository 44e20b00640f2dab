/** One of the site's pages on which a query was shown. */
export interface PageShare {
  readonly page: string;
  readonly clicks: number;
  readonly impressions: number;
  readonly position: number;
  readonly lines: readonly number[];
}

/** A query with its figures over all rows of the export that name it. */
export interface Query {
  readonly query: string;
  readonly clicks: number;
  readonly impressions: number;
  /** Average over its rows, weighted by impressions; from 1. */
  readonly position: number;
  /** Lines of the file, from 1. */
  readonly lines: readonly number[];
  /** Most impressions first; empty when the export has no page column. */
  readonly pages: readonly PageShare[];
}

export interface RankingTable {
  readonly name: string;
  readonly queries: readonly Query[];
  readonly hasPages: boolean;
  readonly rows: number;
  /** What the reader warned of, counted. */
  readonly notes: readonly string[];
}

export type OpportunityKind = 'striking_distance' | 'under_clicked' | 'cannibalised';
export type Fit = 'on_topic' | 'foreign' | 'unknown';

/** Lower end, best estimate and upper end, 80 % interval, in clicks over the export's period. */
export interface Estimate {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

export interface Finding {
  /** Index of the query in the table. */
  readonly index: number;
  /** All that hold, the one with the largest gain first. */
  readonly kinds: readonly OpportunityKind[];
  readonly expectedCtr: number;
  readonly extraClicks: Estimate;
  readonly why: readonly string[];
}
