import type { ErrorDefinition } from '#platform';

const KINDS = {
  caller: 'the request has to change',
  environment: 'something that Kaze depends on has to change',
  internal: 'a defect of Kaze',
} as const;

/** The page of all error codes, from the tables that the folders declare. */
export function errorsPage(catalogue: ReadonlyArray<readonly [string, ErrorDefinition]>): string {
  const lines = [
    '# Errors',
    '',
    '<!-- Made from the error tables by `npm run docs`; do not edit. -->',
    '',
    'Codes are stable: one is never renamed, nor used for something else. GraphQL gives the code in `extensions.code`, HTTP in `code`, the command line in its message and with `--json` in `error.code`. The kind says who must act.',
  ];
  const areas = new Map<string, (typeof catalogue)[number][]>();
  for (const entry of catalogue) {
    const area = entry[0].split('_')[1]!;
    areas.set(area, [...(areas.get(area) ?? []), entry]);
  }
  for (const [area, entries] of areas) {
    lines.push('', `## ${area.charAt(0)}${area.slice(1).toLowerCase()}`);
    for (const [code, { kind, status, when, remedy, retryable }] of entries) {
      lines.push('', `### ${code}`, '', `${when} **What helps:** ${remedy}`, '');
      lines.push(
        `Kind: ${kind} (${KINDS[kind]}). HTTP status ${status}.${retryable ? ' The same call may succeed later.' : ''}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
