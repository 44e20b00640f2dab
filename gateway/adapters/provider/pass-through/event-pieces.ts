const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** One event larger than this is no answer of a model. */
const MAX_EVENT_BYTES = 16 * 2 ** 20;

/** Cuts a stream of server-sent events between its events, and leaves its bytes as they are. */
export class EventPieces {
  private rest: Buffer | undefined;

  /** The whole events of what has come: each with its data, and its place in `bytes`. */
  add(piece: Buffer): { readonly bytes: Buffer; readonly events: readonly WireEvent[] } {
    const bytes = this.rest ? Buffer.concat([this.rest, piece]) : piece;
    const events: WireEvent[] = [];
    let start = 0;
    for (;;) {
      const end = endOfEvent(bytes, start);
      if (end < 0) break;
      events.push({ data: dataOf(bytes.toString('utf8', start, end)), end });
      start = end;
    }
    // Copied: the piece is a part of a larger piece of memory, which would be kept as long as the rest.
    this.rest = start < bytes.length ? Buffer.from(bytes.subarray(start)) : undefined;
    if ((this.rest?.length ?? 0) > MAX_EVENT_BYTES) throw new SyntaxError('an event without an end');
    return { bytes, events };
  }
}

export interface WireEvent {
  /** Undefined for a comment or an event without data. */
  readonly data: string | undefined;
  /** Offset behind it. */
  readonly end: number;
}

/** Behind the empty line that ends the event, whatever the ends of lines are; -1 where it is not whole. */
function endOfEvent(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(LINE_FEED, start); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (bytes[at + 1] === LINE_FEED) return at + 2;
    if (bytes[at + 1] === CARRIAGE_RETURN && bytes[at + 2] === LINE_FEED) return at + 3;
  }
  return -1;
}

/** @param event each of its lines with its end */
function dataOf(event: string): string | undefined {
  let data: string | undefined;
  for (let start = 0; start < event.length; ) {
    const end = event.indexOf('\n', start);
    if (event.startsWith('data:', start)) {
      const from = start + (event[start + 5] === ' ' ? 6 : 5);
      const text = event.slice(from, event[end - 1] === '\r' ? end - 1 : end);
      data = data === undefined ? text : `${data}\n${text}`;
    }
    start = end + 1;
  }
  return data;
}
