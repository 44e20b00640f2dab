import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import { type UsageInput, UsageSum, type UsageSumQuery } from '../connection/operations.ts';
import { table } from '../output/table.ts';
import { dollars } from '../output/values.ts';

export interface UsageFilterOptions {
  readonly agent?: string;
  readonly task?: string;
  readonly taskType?: string;
  /** Id of a key. */
  readonly key?: string;
  /** ISO 8601. */
  readonly from?: string;
  readonly to?: string;
}

interface UsageOptions extends CellOptions, TenantOptions, UsageFilterOptions {
  readonly by: NonNullable<UsageInput['by']>;
}

type Row = UsageSumQuery['usage'][number];

export async function usage(cli: Cli, options: UsageOptions): Promise<void> {
  const { by, agent, task, taskType, key: keyId, from, to } = options;
  const tenant = tenantFrom(options);
  const client = await cli.connect(options);
  const answer = await client.execute(
    UsageSum,
    { input: { by, tenant, agent, task, taskType, keyId, from, to } },
    { signal: cli.terminal.signal },
  );
  cli.result(options, { nodes: answer.usage }, () => usageTable(answer.usage, by, cli.width));
}

/** Sums for people to read. */
export function usageTable(sums: readonly Row[], by: readonly string[], width: number | undefined): string {
  if (sums.length === 0) return 'no model was used';
  const columns = [
    ...by.map((name) => ({ title: name.toUpperCase(), value: (row: Row) => String(row.group[name] ?? '-') })),
    { title: 'CALLS', value: (row: Row) => String(row.calls), right: true },
    { title: 'TOKENS IN', value: (row: Row) => String(row.inputTokens), right: true },
    { title: 'CACHED', value: (row: Row) => String(row.cachedTokens), right: true },
    { title: 'TOKENS OUT', value: (row: Row) => String(row.outputTokens), right: true },
    { title: 'COST', value: (row: Row) => dollars(row.costMicros), right: true },
  ];
  return table(sums, columns, width);
}
