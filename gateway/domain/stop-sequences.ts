/** Where a text ends by its stop sequences. */
export interface StopHit {
  /** What stands before the sequence. */
  readonly text: string;
  readonly sequence: string;
}

/** The first place where any of the sequences stands; of two at one place the one that was named first. */
export function stopIn(text: string, sequences: readonly string[]): StopHit | undefined {
  let at = -1;
  let sequence = '';
  for (const one of sequences) {
    const found = text.indexOf(one);
    if (found >= 0 && (at < 0 || found < at)) {
      at = found;
      sequence = one;
    }
  }
  return at < 0 ? undefined : { text: text.slice(0, at), sequence };
}

/** Ends a text that comes in pieces; holds back only what may be the beginning of a sequence. */
export class StopWatch {
  private held = '';
  /** The sequence that ended the text: nothing of it is let through afterwards. */
  hit: string | undefined;

  constructor(private readonly sequences: readonly string[]) {}

  /** What of the text so far may be passed on. */
  take(piece: string): string {
    if (this.hit !== undefined) return '';
    const text = this.held + piece;
    this.held = '';
    const found = stopIn(text, this.sequences);
    if (found) {
      this.hit = found.sequence;
      return found.text;
    }
    const kept = this.openEnd(text);
    this.held = text.slice(text.length - kept);
    return text.slice(0, text.length - kept);
  }

  /** What was held back: it began no sequence after all. */
  rest(): string {
    const { held } = this;
    this.held = '';
    return held;
  }

  /** How many characters at the end are the beginning of a sequence, of the longest that is. */
  private openEnd(text: string): number {
    let longest = 0;
    for (const sequence of this.sequences) {
      for (let length = Math.min(sequence.length - 1, text.length); length > longest; length -= 1) {
        if (text.endsWith(sequence.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
