/** Counts what a stream gave, for vendors tell their own count at its end only. */
export interface StreamCount {
  /** Called with each piece of text, reasoning or tool arguments as it comes. */
  add(text: string): void;
  /** Called when the vendor tells a count of its own on the way, reasoning that it does not show included. */
  report(outputTokens: number): void;
  readonly outputTokens: number;
}

/** English prose has some 4.5 bytes a token with the vocabularies of today, code and other languages fewer. */
const BYTES_PER_TOKEN = 4;

/** At least a token a piece and a token for four bytes, or what the vendor said when that is more. */
export function createStreamCount(): StreamCount {
  return new PiecesAndBytes();
}

class PiecesAndBytes implements StreamCount {
  private pieces = 0;
  private bytes = 0;
  private reported = 0;

  add(text: string): void {
    if (text === '') return;
    this.pieces += 1;
    this.bytes += Buffer.byteLength(text);
  }

  report(outputTokens: number): void {
    this.reported = Math.max(this.reported, outputTokens);
  }

  get outputTokens(): number {
    return Math.max(this.reported, this.pieces, Math.ceil(this.bytes / BYTES_PER_TOKEN));
  }
}
