import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import { AuditList, type AuditListQuery, AuditVerify } from '../connection/operations.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../output/table.ts';
import { localTime, plural } from '../output/values.ts';

interface ListOptions extends CellOptions, TenantOptions {
  readonly subject?: string;
  readonly actor?: string;
  readonly scope?: string;
  readonly limit: number;
  readonly after?: string;
}

type Row = AuditListQuery['audit'][number];

export async function list(cli: Cli, options: ListOptions): Promise<void> {
  const tenant = tenantFrom(options);
  if (tenant !== undefined && options.scope !== undefined) throw usageError('--tenant and --scope exclude each other');
  const scope = tenant === undefined ? options.scope : `tenant:${tenant}`;
  const { subject, actor, limit, after } = options;
  const client = await cli.connect(options);
  const input = { subject, actor, scope, limit, after };
  const { audit } = await client.execute(AuditList, { input }, { signal: cli.terminal.signal });
  cli.result(options, { nodes: audit }, () => {
    if (audit.length === 0) return 'no records';
    const columns = [
      { title: 'NO', value: (row: Row) => String(row.sequence), right: true },
      { title: 'AT', value: (row: Row) => localTime(row.at) },
      { title: 'PHASE', value: (row: Row) => row.phase },
      { title: 'ACTION', value: (row: Row) => row.action },
      { title: 'RESULT', value: (row: Row) => row.result ?? '-' },
      { title: 'ACTOR', value: (row: Row) => row.actor },
      { title: 'SUBJECT', value: (row: Row) => row.subject },
    ];
    return table(audit, columns, cli.width);
  });
  if (!options.json && audit.length === limit) cli.note(`more with --after ${audit.at(-1)!.sequence}`);
}

export async function verify(cli: Cli, options: CellOptions): Promise<void> {
  const client = await cli.connect(options);
  const { auditVerify } = await client.execute(AuditVerify, {}, { signal: cli.terminal.signal });
  const { ok, checked, head, broken } = auditVerify;
  cli.result(options, auditVerify, () => {
    const verdict = ok
      ? cli.style('whole', 'green')
      : `${cli.style('broken', 'red')} at record ${broken?.sequence ?? '?'}: ${broken?.reason ?? 'no reason given'}`;
    return `${verdict}, ${plural(checked, 'record')} checked\nhead ${head}`;
  });
  if (!ok) cli.exitCode = EXIT.failed;
}
