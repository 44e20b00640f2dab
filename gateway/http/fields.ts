import { MAX_STOP_CHARACTERS, MAX_STOPS } from '../domain/check-request.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { httpError } from './errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

const DEEPEST = 64;

/** A field that a client sent wrongly; `param` is its path, as OpenAI's errors name it. */
export function badField(param: string, message: string): never {
  throw httpError('KAZE_GATEWAY_FIELD', `${param}: ${message}`, { fields: { param } });
}

/** A field that vendors know and the gateway cannot carry. */
export function unsupported(param: string, message: string): never {
  throw httpError('KAZE_GATEWAY_UNSUPPORTED', `${param}: ${message}`, { fields: { param } });
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, param: string): Fields {
  return isFields(value) ? value : badField(param, `must be an object, not ${kindOf(value)}`);
}

export function listAt(value: unknown, param: string): readonly unknown[] {
  return Array.isArray(value) ? value : badField(param, `must be a list, not ${kindOf(value)}`);
}

export function textAt(value: unknown, param: string): string {
  return typeof value === 'string' ? value : badField(param, `must be a string, not ${kindOf(value)}`);
}

export function nameAt(value: unknown, param: string): string {
  const text = textAt(value, param);
  return text !== '' && text.length <= 256 ? text : badField(param, 'must have 1 to 256 characters');
}

/** Null counts as left out, as with the vendors. */
export function given<T>(value: unknown, param: string, read: (value: unknown, param: string) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value, param);
}

export function booleanAt(value: unknown, param: string): boolean {
  return typeof value === 'boolean' ? value : badField(param, `must be true or false, not ${kindOf(value)}`);
}

export function wholeAt(value: unknown, param: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  return badField(param, 'must be a whole number from 1');
}

export const numberAt =
  (least: number, most: number) =>
  (value: unknown, param: string): number => {
    if (typeof value === 'number' && value >= least && value <= most) return value;
    return badField(param, `must be a number from ${least} to ${most}`);
  };

export function integerAt(value: unknown, param: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  return badField(param, 'must be a whole number');
}

/** One stop sequence, or a list of them. */
export function stopsAt(value: unknown, param: string): string[] {
  const stops = typeof value === 'string' ? [value] : listAt(value, param);
  if (stops.length > MAX_STOPS) badField(param, `may hold ${MAX_STOPS} sequences, not ${stops.length}`);
  return stops.map((one, index) => {
    const text = textAt(one, `${param}[${index}]`);
    if (text !== '' && text.length <= MAX_STOP_CHARACTERS) return text;
    return badField(`${param}[${index}]`, `must have 1 to ${MAX_STOP_CHARACTERS} characters`);
  });
}

/** JSON that is passed on, such as schemas: bounded in depth, since those behind us walk it by recursion. */
export function jsonObjectAt(value: unknown, param: string): JsonObject {
  const found = objectAt(value, param);
  if (deeperThan(found, DEEPEST)) badField(param, `is nested more than ${DEEPEST} levels deep`);
  return found as JsonObject;
}

/** A tool's arguments as text. */
export function argumentsAt(value: unknown, param: string): JsonObject {
  const text = textAt(value, param);
  if (text.trim() === '') return {};
  return jsonObjectAt(parsed(text, param), param);
}

function parsed(text: string, param: string): unknown {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The parser's own message quotes what stood there.
    return badField(param, 'must be a JSON object as text');
  }
}

function deeperThan(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}

/** Names a field that no list holds. */
export function onlyKnown(body: Fields, known: ReadonlySet<string>, vendor: string): void {
  const strange = Object.keys(body).find((name) => !known.has(name));
  if (strange === undefined) return;
  const shown = strange.slice(0, 100);
  badField(shown, `is no field that ${vendor} knows and the gateway takes; leave it out`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'left out';
  return Array.isArray(value) ? 'a list' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?((?:;[\w-]+=[^;,]*)*)(;base64)?,/i;

/** The media type and base64 of a `data:` address; undefined for any other. */
export function dataOf(url: string): { readonly mediaType: string; readonly data: string } | undefined {
  const found = DATA_URL.exec(url.slice(0, 300));
  if (!found?.[3]) return undefined;
  return { mediaType: (found[1] ?? 'text/plain').toLowerCase(), data: url.slice(found[0].length) };
}

const IMAGES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

export function imageTypeAt(value: string, param: string): string {
  return IMAGES.includes(value) ? value : badField(param, `must be of ${IMAGES.join(', ')}`);
}

export function httpsAt(value: string, param: string): string {
  if (value.length <= 8_192 && URL.canParse(value) && new URL(value).protocol === 'https:') return value;
  return badField(param, 'must be an https: address, or a data: address with base64');
}

/** By the address alone, for vendors that want to be told. */
export function imageTypeOf(url: string): string {
  const ending = /\.(png|webp|gif)$/i.exec(new URL(url).pathname)?.[1];
  return ending ? `image/${ending.toLowerCase()}` : 'image/jpeg';
}
