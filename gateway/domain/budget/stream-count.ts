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
  let pieces = 0;
  let bytes = 0;
  let reported = 0;
  return {
    add(text) {
      if (text === '') return;
      pieces += 1;
      bytes += Buffer.byteLength(text);
    },
    report(outputTokens) {
      reported = Math.max(reported, outputTokens);
    },
    get outputTokens() {
      return Math.max(reported, pieces, Math.ceil(bytes / BYTES_PER_TOKEN));
    },
  };
}
