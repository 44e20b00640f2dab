import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MAX_INSTANT = 8_640_000_000_000_000;

/** Epoch milliseconds to ISO 8601 in UTC. */
export function instantToIso(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > MAX_INSTANT) {
    throw new GraphQLError(`DateTime cannot show ${String(value)}`);
  }
  return new Date(value).toISOString();
}

function isoToInstant(value: unknown): number {
  if (typeof value === 'string' && (RFC3339.test(value) || DAY.test(value))) {
    const instant = Date.parse(value);
    if (!Number.isNaN(instant)) return instant;
  }
  throw new GraphQLError(`DateTime is written as 2026-03-01T09:30:00Z or 2026-03-01, not ${JSON.stringify(value)}`);
}

/** Outside ISO 8601, inside epoch milliseconds. */
export const DateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'A moment, ISO 8601 with offset, such as 2026-03-01T09:30:00Z; shown in UTC.',
  specifiedByURL: 'https://datatracker.ietf.org/doc/html/rfc3339',
  serialize: instantToIso,
  parseValue: isoToInstant,
  parseLiteral: (node) => isoToInstant(node.kind === Kind.STRING ? node.value : undefined),
});

/** Results of generated fields, already in the shape that was asked for. Never in the public schema. */
export const Raw = new GraphQLScalarType<unknown, unknown>({ name: 'Raw', serialize: (value) => value });

/** A stored JSON text as a value; a text that is no JSON is shown as it is. */
export function jsonToValue(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
