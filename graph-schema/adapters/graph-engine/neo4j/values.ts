import type { Integer } from 'neo4j-driver';
import { graphError } from '../../../errors.ts';
import type { CypherParameters, CypherRow, CypherValue } from '../../../ports/graph-engine.ts';

/** Sends integral numbers as integers, at any depth: the driver sends every number as a float, which LIMIT refuses. */
export function toNative(parameters: CypherParameters, int: (value: number) => Integer): Record<string, unknown> {
  const wrap = (value: unknown): unknown => {
    if (typeof value === 'number') return Number.isInteger(value) ? int(value) : value;
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(wrap);
    return wrapEntries(value as Record<string, unknown>);
  };
  const wrapEntries = (record: Record<string, unknown>): Record<string, unknown> => {
    const wrapped: Record<string, unknown> = {};
    for (const key of Object.keys(record)) wrapped[key] = wrap(record[key]);
    return wrapped;
  };
  return wrapEntries(parameters);
}

/** The few things of a driver's record that are needed here. */
export interface NativeRecord {
  readonly keys: ReadonlyArray<PropertyKey>;
  get(key: string): unknown;
}

/**
 * Rows of plain values. The driver reads integers as BigInt here (`useBigInt`), so that one beyond 2^53 is seen: as a
 * number it would come back as Infinity without an error.
 */
export function fromNative(records: readonly NativeRecord[]): readonly CypherRow[] {
  return records.map((record) => {
    const row: Record<string, CypherValue> = {};
    for (const key of record.keys) row[key as string] = plain(record.get(key as string), key as string);
    return row;
  });
}

function plain(value: unknown, column: string): CypherValue {
  switch (typeof value) {
    case 'bigint': {
      const number = Number(value);
      if (!Number.isSafeInteger(number)) {
        throw graphError('KAZE_GRAPH_STATEMENT', `The column "${column}" holds ${value}, an integer beyond 2^53.`);
      }
      return number;
    }
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      break;
    default:
      return null;
  }
  if (value === null) return null;
  // The driver made these objects for this answer alone: values are put in their place where they change, which they
  // seldom do, instead of copying hundreds of maps.
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index];
      if (isFinal(item)) continue;
      value[index] = plain(item, column);
    }
    return value as CypherValue;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw graphError(
      'KAZE_GRAPH_STATEMENT',
      `The column "${column}" holds a ${prototype.constructor?.name}: return maps and scalars.`,
    );
  }
  const map = value as Record<string, unknown>;
  for (const key of Object.keys(map)) {
    const item = map[key];
    if (isFinal(item)) continue;
    map[key] = plain(item, column);
  }
  return map as CypherValue;
}

const isFinal = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
