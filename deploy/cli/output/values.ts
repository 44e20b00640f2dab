/** Instant of the API (ISO 8601, UTC) in local time with its offset: 2026-11-22T18:04:11+01:00. */
export function localTime(instant: string | null | undefined): string {
  if (!instant) return '-';
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');
  const minutes = -date.getTimezoneOffset();
  const offset = `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${offset}`;
}

/** Micro US dollars as dollars: 0.0042 USD. */
export function dollars(micros: number): string {
  return `${(micros / 1e6).toFixed(micros !== 0 && Math.abs(micros) < 10_000 ? 6 : 2)} USD`;
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const at = Math.min(Math.floor(Math.log10(count) / 3), units.length);
  return `${(count / 1000 ** at).toFixed(1)} ${units[at - 1]}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** The client of a scope: `tenant:acme` and `agent:acme/x` are acme's; shared scopes stay as they are. */
export function tenantOfScope(scope: string): string {
  return /^(?:tenant|agent):([^/]+)/.exec(scope)?.[1] ?? scope;
}

/** Where in a document: `Annual leave > Carry-over, page 3` or `line 12`. */
export function place(at: { headings: readonly string[]; page: number | null; line: number | null }): string {
  const where = at.page !== null ? `page ${at.page}` : at.line !== null ? `line ${at.line}` : '';
  return [at.headings.join(' > '), where].filter((part) => part !== '').join(', ');
}
