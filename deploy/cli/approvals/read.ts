import type { Cli } from '../cli.ts';
import { type CellOptions, type PageOptions, type TenantOptions, tenantFrom } from '../command.ts';
import { ApprovalDetail, ApprovalList, type ApprovalRowFragment } from '../connection/operations.ts';
import { scopeFilter } from '../connection/tenant.ts';
import { cliError } from '../errors.ts';
import { pageNote } from '../output/page.ts';
import { styledState } from '../output/style.ts';
import { details, table } from '../output/table.ts';
import { harmless, wrap } from '../output/text.ts';
import { localTime, tenantOfScope } from '../output/values.ts';
import { describeChecks } from '../tasks/describe.ts';

type State = ApprovalRowFragment['state'] | 'all';

export async function list(
  cli: Cli,
  options: CellOptions & TenantOptions & PageOptions & { readonly state: State },
): Promise<void> {
  const tenant = tenantFrom(options);
  const client = await cli.connect(options);
  const filter = {
    ...(tenant === undefined ? {} : scopeFilter(tenant)),
    ...(options.state === 'all' ? {} : { state: { eq: options.state } }),
  };
  const variables = { filter, first: options.limit, after: options.after };
  const { approvals } = await client.execute(ApprovalList, variables, { signal: cli.terminal.signal });
  cli.result(options, approvals, () => {
    if (approvals.nodes.length === 0)
      return options.state === 'pending' ? 'nothing waits for a person' : 'no approvals';
    const columns = [
      { title: 'ID', value: (row: ApprovalRowFragment) => row.id },
      {
        title: 'STATE',
        value: (row: ApprovalRowFragment) => row.state,
        paint: (text: string) => styledState(cli.style, text),
      },
      { title: 'RISK', value: (row: ApprovalRowFragment) => row.risk },
      { title: 'AGENT', value: (row: ApprovalRowFragment) => row.task?.agent?.name ?? '-', flexible: true },
      { title: 'SKILL', value: (row: ApprovalRowFragment) => row.task?.skill ?? '-', flexible: true },
      { title: 'CLIENT', value: (row: ApprovalRowFragment) => tenantOfScope(row.scope), flexible: true },
      { title: 'SINCE', value: (row: ApprovalRowFragment) => localTime(row.createdAt) },
    ];
    return table(approvals.nodes, columns, cli.width);
  });
  pageNote(cli, options, approvals);
}

export async function show(cli: Cli, id: string, options: CellOptions & { readonly output?: boolean }): Promise<void> {
  const client = await cli.connect(options);
  const found = await client.execute(ApprovalDetail, { id }, { signal: cli.terminal.signal });
  const approval = found.approval ?? found.task?.approvals.nodes[0];
  if (!approval) {
    throw cliError('KAZE_CLI_NOT_FOUND', `there is no approval for ${id}; kaze approvals list shows what waits`, {
      id,
    });
  }
  const { outcome } = approval;
  if (options.output) {
    cli.say(JSON.stringify(outcome?.editedOutput ?? outcome?.output ?? {}, null, 2));
    return;
  }
  cli.result(options, approval, () => {
    const parts = [
      details([
        ['approval', approval.id],
        ['state', approval.state],
        ['risk', approval.risk],
        ['task', approval.task?.id],
        ['agent', approval.task?.agent?.name],
        ['skill', approval.task?.skill],
        ['client', tenantOfScope(approval.scope)],
        ['asked', localTime(approval.createdAt)],
        [
          'decided',
          approval.decidedAt && `${localTime(approval.decidedAt)} by ${approval.decidedBy?.name ?? 'unknown'}`,
        ],
        ['reason', approval.reason],
      ]),
    ];
    if (outcome) {
      parts.push(wrap(harmless(outcome.summary), cli.width ?? 100));
      if (outcome.notes.length > 0)
        parts.push(`notes\n${outcome.notes.map((note) => `  ${harmless(note)}`).join('\n')}`);
      if (outcome.evaluations.nodes.length > 0) {
        parts.push(`checks\n${describeChecks(outcome.evaluations.nodes, cli.style)}`);
      }
    }
    return parts.join('\n\n');
  });
  if (approval.state === 'pending' && !options.json) {
    cli.note(`kaze approve ${id}, kaze edit ${id} --file outputs.json, or kaze reject ${id} --reason "…"`);
  }
}
