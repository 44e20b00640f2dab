import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import type { ErrorDefinition } from '#platform';

const FROM = '<!-- Made from the error tables by `npm run docs`; do not edit between here and the end mark. -->';
const TO = '<!-- The end of what is made. -->';
/** What a client of the gateway can meet; the codes of policies and rules meet whoever starts it. */
const AREAS = /^KAZE_(MODEL|GATEWAY|BUDGET|JOURNAL)_/;

/** docs/gateway.md with its table of errors made anew; the rest of the page is written by hand. */
export function gatewayPage(catalogue: ReadonlyArray<readonly [string, ErrorDefinition]>): string {
  const page = readFileSync(new URL('../../docs/gateway.md', import.meta.url), 'utf8');
  const [before, after] = [page.indexOf(FROM), page.indexOf(TO)];
  if (before < 0 || after < before) throw new Error('docs/gateway.md has lost the marks around its table of errors');
  const rows = catalogue
    .filter(([code]) => AREAS.test(code))
    .sort(([a, one], [b, other]) => one.status - other.status || (a < b ? -1 : 1))
    .map(([code, { status, when, remedy, retryable }]) => {
      const again = retryable ? 'yes' : 'no';
      return `| ${status} | \`${code}\` | ${again} | ${when} **What helps:** ${remedy} |`;
    });
  const known = new Set(catalogue.filter(([code]) => AREAS.test(code)).map(([, { status }]) => status));
  const names = [...known]
    .sort((a, b) => a - b)
    .map((status) => `${status} ${STATUS_CODES[status] ?? 'the caller left'}`);
  const table = ['| status | code | again? | when |', '|---|---|---|---|', ...rows].join('\n');
  return `${page.slice(0, before)}${FROM}\n\nStatuses: ${names.join(', ')}.\n\n${table}\n\n${page.slice(after)}`;
}
