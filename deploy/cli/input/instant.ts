import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3, w: 604_800e3 };

/** A moment to come: `30d`, `12h`, or an ISO date or time. Result in ISO 8601. For options. */
export function futureInstant(text: string, now: number = Date.now()): string {
  const span = /^(\d{1,6})([smhdw])$/.exec(text);
  const at = span ? now + Number(span[1]) * UNITS[span[2]!]! : parseDate(text);
  if (at <= now) throw new InvalidArgumentError('It must lie in the future.');
  return new Date(at).toISOString();
}

/** A moment gone by: `7d` (ago), or an ISO date or time. Result in ISO 8601. For options. */
export function pastInstant(text: string, now: number = Date.now()): string {
  const span = /^(\d{1,6})([smhdw])$/.exec(text);
  return new Date(span ? now - Number(span[1]) * UNITS[span[2]!]! : parseDate(text)).toISOString();
}

function parseDate(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('Give a span such as 30d or 12h, or a date such as 2027-01-31.');
}
