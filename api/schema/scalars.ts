import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MAX_INSTANT = 8_640_000_000_000_000;

const DAY_MS = 86_400_000;
const TWO = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));
let lastDay = Number.NaN;
let lastDayText = '';

/** Epoch milliseconds to ISO 8601 in UTC. A page has hundreds of them, mostly of one day: the date is kept. */
export function instantToIso(value: unknown): string {
  if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > MAX_INSTANT) {
    throw new GraphQLError(`DateTime cannot show ${String(value)}`);
  }
  const day = Math.floor(value / DAY_MS);
  if (day !== lastDay) {
    lastDayText = new Date(value).toISOString().split('T', 1)[0]!;
    lastDay = day;
  }
  const ms = value - day * DAY_MS;
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const fraction = String(ms % 1_000).padStart(3, '0');
  return `${lastDayText}T${TWO[hours]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${fraction}Z`;
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
