/** What the detector tells apart. `secret` gives access to something; `term` is for dictionaries alone. */
export type FindingKind =
  | 'secret'
  | 'email'
  | 'url'
  | 'phone'
  | 'iban'
  | 'card'
  | 'ip'
  | 'date'
  | 'money'
  | 'person'
  | 'organisation'
  | 'place'
  | 'product'
  | 'term';

export interface Finding {
  readonly kind: FindingKind;
  /** The words as they stand in the text. */
  readonly text: string;
  /** Place in the text, in UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The form under which equal things are equal: lower-case address, E.164 number, ISO date, `GBP 12.50`. */
  readonly normalised: string;
  /** 0 to 1. Checked forms (checksum, known name) are at least .9, guesses of a language model of words about .6. */
  readonly confidence: number;
  /** `checked` by a validator, `rule` by its shape, `dictionary` by a known name, `language` by parts of speech. */
  readonly origin: 'checked' | 'rule' | 'dictionary' | 'language';
}

/** A name that is known to be one, from the tenant's own graph. */
export interface KnownName {
  readonly name: string;
  readonly kind: FindingKind;
}

export interface DetectorOptions {
  /** ISO 3166-1 alpha-2: whose telephone numbers are written without a country code. Without it only `+…` is found. */
  readonly country?: string;
  /** Names that are known; at least three characters each, shorter ones are left out. */
  readonly dictionary?: readonly KnownName[];
}

export interface DetectOptions {
  /** BCP 47. People and places by parts of speech are looked for in English only. */
  readonly language?: string;
  /** Whether names are guessed by parts of speech (some 40 ms a passage of 300 words); default true. */
  readonly names?: boolean;
  /** Only these kinds; default all. */
  readonly kinds?: readonly FindingKind[];
}

export interface Detector {
  /** Findings in the order of the text, none overlapping another. */
  detect(text: string, options?: DetectOptions): readonly Finding[];
}
