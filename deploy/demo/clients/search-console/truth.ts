/** Kinds of opportunity. One query may be several. */
export type Label = 'strikingDistance' | 'underClicked' | 'cannibalised';
/** `borderline` counts neither for nor against. */
export type Verdict = 'opportunity' | 'borderline' | 'no';
export type DecoyKind =
  | 'fewImpressionsAtEleven'
  | 'topWithNormalRate'
  | 'deepNoise'
  | 'zeroClicksByChance'
  | 'sitelinks'
  | 'straySecondPage';

export interface QueryTruth {
  readonly query: string;
  readonly clicks: number;
  readonly impressions: number;
  /** As written, two decimals. */
  readonly position: number;
  /** Overall: the best of `verdicts`; `ignored` for queries foreign to the business. */
  readonly verdict: Verdict | 'ignored';
  readonly verdicts: Readonly<Record<Label, Verdict>>;
  /** Clicks that the site's own curve gives at this position. */
  readonly expectedClicks: number;
  /** Extra clicks to be gained over the export's period, by the true curve; 0 unless an opportunity. */
  readonly extraClicks: number;
  readonly branded: boolean;
  readonly offTopic: boolean;
  /** Has a content word (or its first five letters) in common with the business context. */
  readonly sharesContextWord: boolean;
  readonly decoy?: DecoyKind;
  /** Own pages with their share of the impressions, most first; empty without pages. */
  readonly pages: readonly { readonly page: string; readonly share: number }[];
}

export interface Truth {
  readonly format: 1;
  readonly seed: number;
  readonly language: 'en' | 'de';
  readonly withPages: boolean;
  readonly site: string;
  readonly files: { readonly queries: string; readonly pages: string; readonly queryPages?: string };
  readonly curve: { readonly scale: number; readonly decay: number; readonly secondPageDrop: number };
  /** Extra clicks at which a finding is worth a specialist's time: the larger of 5 and 0.1 % of all clicks. */
  readonly floorClicks: number;
  readonly totals: { readonly queries: number; readonly clicks: number; readonly impressions: number };
  /** Every query whose overall verdict is `opportunity`, by extraClicks, most first. */
  readonly opportunities: readonly QueryTruth[];
  /** Every query whose overall verdict is `borderline`. */
  readonly borderline: readonly QueryTruth[];
  readonly strikingDistance: readonly string[];
  readonly underClicked: readonly string[];
  readonly cannibalised: readonly { readonly query: string; readonly pages: readonly string[] }[];
  readonly branded: readonly string[];
  readonly offTopic: readonly string[];
  /** Carry the brand word in a foreign sense: in `offTopic`, and not judged as branded or not. */
  readonly ambiguousBrand: readonly string[];
  readonly groups: readonly { readonly id: string; readonly page: string; readonly queries: readonly string[] }[];
  readonly apart: readonly (readonly [string, string])[];
  readonly decoys: readonly { readonly query: string; readonly kind: DecoyKind }[];
}
