const BLANK = /[ \t\r\n]*/y;
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what JSON does not allow within a string ends the match
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*/y;

export interface JsonFault {
  /** Offset of the first character that no JSON has there; the length of the text where it ends too soon. */
  readonly at: number;
  readonly line: number;
  readonly column: number;
  /** What stands there, at most 20 characters of it. */
  readonly found: string;
}

/** The first fault of a text that is no JSON. `JSON.parse` does not say where, for most of them. */
export function jsonFault(text: string): JsonFault {
  const at = faultAt(text);
  const before = text.slice(0, at).split('\n');
  return { at, line: before.length, column: before.at(-1)!.length + 1, found: text.slice(at, at + 20) || 'its end' };
}

function faultAt(text: string): number {
  let at = 0;
  const open: Array<'{' | '['> = [];
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const matched = pattern.test(text);
    if (matched) at = pattern.lastIndex;
    return matched;
  };
  const take = (mark: string): boolean => {
    skip(BLANK);
    if (text[at] !== mark) return false;
    at++;
    return true;
  };
  /** A whole string; where it breaks off, `at` is there. */
  const string = (): boolean => {
    skip(BLANK);
    if (text[at] !== '"' || !skip(STRING) || text[at] !== '"') return false;
    at++;
    return true;
  };
  const key = (): boolean => string() && take(':');
  for (;;) {
    // A value, or the first of an object or list.
    if (take('{')) {
      if (!take('}')) {
        open.push('{');
        if (!key()) return at;
        continue;
      }
    } else if (take('[')) {
      if (!take(']')) {
        open.push('[');
        continue;
      }
    } else if (text[at] === '"' ? !string() : !skip(PLAIN)) return at;
    // What may stand behind a value.
    for (;;) {
      const within = open.at(-1);
      if (within === undefined) {
        skip(BLANK);
        return at;
      }
      if (take(',')) {
        if (within === '{' && !key()) return at;
        break;
      }
      if (!take(within === '{' ? '}' : ']')) return at;
      open.pop();
    }
  }
}
