import type { Estimate, Fit } from '../search-analysis/types.ts';
import type { RankedKeyword } from '../search-exports/index.ts';

/** A row of a table of rankings, with the file that it is from. */
export type RankedRow = RankedKeyword & { readonly file: string };

/** Where one domain stands for a keyword, with the place of the row. */
export interface Standing {
  readonly position: number;
  readonly url: string | null;
  /** The file that it is from, and the lines there. */
  readonly file: string;
  readonly lines: readonly number[];
}

export interface OwnStanding extends Standing {
  readonly from: 'current_rankings' | 'rank_tracker' | 'competitor_rankings';
  /** In the export's period; null from a tracker. */
  readonly impressions: number | null;
  readonly clicks: number | null;
  /** The words as the own file has them, where these are another form of the keyword. */
  readonly as: string | null;
}

/** A keyword with all who stand for it. */
export interface MarketKeyword {
  readonly keyword: string;
  /** Searches a month; null where no table has them. */
  readonly volume: number | null;
  readonly own: OwnStanding | null;
  /** By domain, best position of each. */
  readonly rivals: ReadonlyMap<string, Standing>;
  /** Whether a table of rivals or the tracker has it; else nobody has measured rivals for it. */
  readonly isMeasured: boolean;
  readonly fit: Extract<Fit, 'on_topic' | 'unknown'>;
}

/**
 * How the client stands on a topic, by the clicks that places bring: `gap` competitors only; `behind` the best competitor of
 * each keyword clearly before the client; `even` neither; `ahead` the client clearly before them; `alone` nobody else is in
 * the tables.
 */
export type TopicStanding = 'gap' | 'behind' | 'even' | 'ahead' | 'alone';

/** One site on one topic. */
export interface Voice {
  readonly domain: string;
  readonly isOwn: boolean;
  /** Searches times click rate at the position, added up over the topic's measured keywords. */
  readonly visibility: number;
  /** Of the visibility of all compared sites, 0 to 1. */
  readonly share: number;
  /** Keywords within the first 30 places. */
  readonly found: number;
  /** Best, and average over those found weighted by searches; null without any. */
  readonly best: number | null;
  readonly average: number | null;
}

export interface MarketTopic {
  readonly name: string;
  /** Indexes of the keywords, most demand first. */
  readonly keywords: readonly number[];
  readonly standing: TopicStanding;
  /** Largest first; the client is among them. Empty when no keyword of the topic was measured. */
  readonly voices: readonly Voice[];
  /** Keywords for which a rival is on the first page and the client not within the first 30. */
  readonly missing: readonly number[];
  /** Keywords for which a rival stands before the client, who is within the first 30. */
  readonly behind: readonly number[];
  readonly ahead: readonly number[];
  /** Clicks a month at position 3 beyond what the positions bring now, over `missing` and `behind`; null without volumes. */
  readonly worth: Estimate | null;
  /** Searches a month over the measured keywords; null without volumes. */
  readonly volume: number | null;
  readonly fit: Extract<Fit, 'on_topic' | 'unknown'>;
}
