export type PassageKind = 'prose' | 'table' | 'rows' | 'code';

/** A piece of a document that stands for itself: what is searched, cited and read for facts. */
export interface Passage {
  readonly kind: PassageKind;
  readonly text: string;
  /** Outermost first. */
  readonly headings: readonly string[];
  /** Characters of the decoded text, end exclusive; see the readers of formats. */
  readonly startOffset: number;
  readonly endOffset: number;
  readonly page?: number;
  readonly line?: number;
  /** BCP 47, or unknown. */
  readonly language: string;
  /** From 0. */
  readonly position: number;
}

/** A passage with its place among equal ones of the same source, which makes its identity. */
export interface IdentifiedPassage extends Passage {
  /** SHA-256 of kind, headings and text. */
  readonly contentHash: string;
  /** 0 for the first passage of this content, 1 for the second ... */
  readonly occurrence: number;
}
