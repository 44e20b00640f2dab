import { apiError } from '../errors.ts';

/** Far above any operation that the depth limit allows, far below what fills the stack of a recursive parser. */
const MAX_BRACKETS = 200;
const MAX_LEVELS = 100;

/**
 * Refuses texts and variables that nest so deep that reading them would fill the stack; all that comes later may recurse.
 * Errors: KAZE_API_DEPTH.
 */
export function checkNesting(query: unknown, variables: unknown): void {
  const brackets = typeof query === 'string' ? bracketsOf(query) : 0;
  if (brackets > MAX_BRACKETS) {
    throw apiError('KAZE_API_DEPTH', `the operation nests ${brackets} brackets, allowed are ${MAX_BRACKETS}`, {
      fields: { depth: brackets, allowed: MAX_BRACKETS },
    });
  }
  const levels = levelsOf(variables);
  if (levels > MAX_LEVELS) {
    throw apiError('KAZE_API_DEPTH', `the variables nest ${levels} levels, allowed are ${MAX_LEVELS}`, {
      fields: { depth: levels, allowed: MAX_LEVELS },
    });
  }
}

/** Deepest nesting of { [ ( outside of strings and comments. */
function bracketsOf(text: string): number {
  let open = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
      case 0x5b: // [
      case 0x28: // (
        open++;
        if (open > deepest) deepest = open;
        break;
      case 0x7d:
      case 0x5d:
      case 0x29:
        open--;
        break;
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x23: // #
        while (at + 1 < text.length && text.charCodeAt(at + 1) !== 0x0a && text.charCodeAt(at + 1) !== 0x0d) at++;
        break;
    }
  }
  return deepest;
}

/** The position of the last quote; a text that ends before it is refused by the parser. */
function endOfString(text: string, start: number): number {
  if (text.startsWith('"""', start)) {
    let end = text.indexOf('"""', start + 3);
    while (end > 0 && text[end - 1] === '\\') end = text.indexOf('"""', end + 3);
    return end < 0 ? text.length : end + 2;
  }
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22 || code === 0x0a || code === 0x0d) return at;
  }
  return text.length;
}

function levelsOf(value: unknown): number {
  let deepest = 0;
  const waiting: Array<readonly [value: unknown, level: number]> = [[value, 0]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [part, level] = next;
    if (part === null || typeof part !== 'object') continue;
    if (level + 1 > deepest) deepest = level + 1;
    for (const inner of Array.isArray(part) ? part : Object.values(part)) {
      if (inner !== null && typeof inner === 'object') waiting.push([inner, level + 1]);
    }
  }
  return deepest;
}
