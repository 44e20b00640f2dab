/**
 * Writes JSON into bytes, value by value. An answer of hundreds of nodes made as objects, then as a text, then as bytes
 * costs more than twice as much, most of it in the collector. One buffer serves the process, for an answer is written
 * in one go; what stands here is a module's own and no object's, since it is touched for every byte.
 */
const START_BYTES = 1 << 17;
/** A larger buffer is given back after the answer that needed it. */
const KEPT_BYTES = 1 << 22;
/** Longer texts are searched and written faster by the language itself. */
const SHORT = 512;

let buffer = Buffer.allocUnsafeSlow(START_BYTES);
let at = 0;

function grow(bytes: number): void {
  const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, at + bytes));
  buffer.copy(larger, 0, 0, at);
  buffer = larger;
}

/** Begins a new answer. */
export function begin(): void {
  at = 0;
}

/** What was written since `begin`, as bytes of its own. */
export function written(): Buffer {
  const bytes = Buffer.allocUnsafeSlow(at);
  buffer.copy(bytes, 0, 0, at);
  if (buffer.length > KEPT_BYTES) buffer = Buffer.allocUnsafeSlow(START_BYTES);
  return bytes;
}

/** Bytes as they are. */
export function raw(bytes: Uint8Array): void {
  const { length } = bytes;
  if (at + length > buffer.length) grow(length);
  const into = buffer;
  let to = at;
  for (let index = 0; index < length; index++) into[to++] = bytes[index]!;
  at = to;
}

/** A value as JSON; what JSON cannot say is null. */
export function value(given: unknown): void {
  if (typeof given === 'string') {
    if (!plainText(given)) anyText(JSON.stringify(given));
  } else if (typeof given === 'number') ascii(Number.isFinite(given) ? `${given}` : 'null');
  else if (given === null || given === undefined) ascii('null');
  else anyText(JSON.stringify(given) ?? 'null');
}

/** A short text without anything to escape, which most are, in its quotes. False for any other: nothing is written. */
function plainText(given: string): boolean {
  const { length } = given;
  if (length > SHORT) return false;
  if (at + length + 2 > buffer.length) grow(length + 2);
  const into = buffer;
  let to = at;
  into[to++] = 0x22;
  for (let index = 0; index < length; index++) {
    const code = given.charCodeAt(index);
    // Control characters, quote, backslash, and all beyond ASCII.
    if (code < 0x20 || code === 0x22 || code === 0x5c || code > 0x7e) return false;
    into[to++] = code;
  }
  into[to++] = 0x22;
  at = to;
  return true;
}

/** A short text of ASCII characters, as it is. */
function ascii(given: string): void {
  const { length } = given;
  if (at + length > buffer.length) grow(length);
  for (let index = 0; index < length; index++) buffer[at++] = given.charCodeAt(index);
}

/** JSON made elsewhere, as UTF-8. */
function anyText(given: string): void {
  // No character of UTF-16 takes more than three bytes of UTF-8.
  const most = given.length * 3;
  if (at + most > buffer.length) grow(most);
  at += buffer.write(given, at);
}
