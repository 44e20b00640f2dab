import { jsonrepair } from 'jsonrepair';
import { jsonFault } from '../text/json-fault.ts';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonRecord = { [key: string]: JsonValue };

export const isRecord = (value: JsonValue | undefined): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Levels that are looked at; markup nests a handful. */
const MAX_DEPTH = 50;
/** Repair is for slips of the pen in markup of a usual size. */
const MAX_REPAIR_CHARS = 100_000;

export function parseJson(text: string): { value: JsonValue } | { message: string; at: number } {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch (error) {
    const { message } = error as Error;
    return {
      message: message.replace(/\s*\(line.*$|in JSON at.*$/s, '').trim(),
      at: jsonFault(text).at,
    };
  }
}

/**
 * The same text with its slips mended (commas, quotes, comments, brackets at the end); undefined when that is not
 * certain: the words and numbers that stand outside comments must be the same, in the same order.
 */
export function repairJson(text: string): string | undefined {
  if (text.length > MAX_REPAIR_CHARS || !/^\s*[[{]/.test(text)) return undefined;
  let repaired: string;
  try {
    repaired = jsonrepair(text);
  } catch {
    return undefined;
  }
  const parsed = parseJson(repaired);
  if ('message' in parsed || typeof parsed.value !== 'object' || parsed.value === null) return undefined;
  const withoutComments = text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:"'\w/])\/\/[^\n]*/g, ' ');
  return wordsIn(repaired) === wordsIn(withoutComments) ? repaired : undefined;
}

const wordsIn = (text: string) =>
  (text.match(/[\p{L}\p{N}@._-]+/gu) ?? [])
    .map((word) => word.replaceAll(/^[.]+|[.]+$/g, ''))
    .join(' ')
    .toLowerCase();

export interface JsonObject {
  readonly value: JsonRecord;
  /** Offset behind its opening brace. */
  readonly inside: number;
  /** Stands for itself: the outermost one, or an item of a graph. */
  readonly top: boolean;
}

/** The objects of a valid JSON text with their places, in the order they begin; undefined where keys repeat or are numbers. */
export function objectsOf(text: string, value: JsonValue): JsonObject[] | undefined {
  const places: number[] = [];
  for (const match of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|\{/g)) if (match[0] === '{') places.push(match.index + 1);
  const found = walk(value).map((one, at): JsonObject => ({ ...one, inside: places[at] ?? -1 }));
  const numbered = found.some((one) => Object.keys(one.value).some((key) => /^\d+$/.test(key)));
  return numbered || found.length !== places.length ? undefined : found;
}

/** Without places, for markup that repeats a key. */
export function withoutPlaces(value: JsonValue): JsonObject[] {
  return walk(value).map((one) => ({ ...one, inside: -1 }));
}

function walk(value: JsonValue): Array<Omit<JsonObject, 'inside'>> {
  const found: Array<Omit<JsonObject, 'inside'>> = [];
  const visit = (one: JsonValue, depth: number, top: boolean): void => {
    if (depth > MAX_DEPTH) return;
    if (Array.isArray(one)) for (const item of one) visit(item, depth + 1, top);
    else if (isRecord(one)) {
      found.push({ value: one, top });
      for (const [key, item] of Object.entries(one)) visit(item, depth + 1, key === '@graph');
    }
  };
  visit(value, 0, true);
  return found;
}

/** As it may stand in a script element. */
export const scriptJson = (value: JsonValue): string => JSON.stringify(value).replaceAll('<', '\\u003c');
