import type { UsageDimension } from '#platform';
import type { Cli } from '../cli.ts';
import { type TenantOptions, tenantFrom } from '../command.ts';
import { type UsageFilterOptions, usageTable } from '../usage/usage.ts';
import { type GatewaySettingOptions, loadGatewaySettings } from './settings.ts';

type UsageOptions = TenantOptions &
  UsageFilterOptions &
  GatewaySettingOptions & { readonly by: readonly UsageDimension[]; readonly json?: boolean };

/** What the calls through a gateway alone came to, whether it runs or not. */
export async function usage(cli: Cli, options: UsageOptions): Promise<void> {
  const { by, agent, task, taskType, key: keyId, from, to } = options;
  const { values } = await loadGatewaySettings(cli, options);
  const { readUsage } = await import('../../gateway/index.ts');
  const at = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
  const filter = { tenant: tenantFrom(options), agent, task, taskType, keyId, from: at(from), to: at(to) };
  const sums = await readUsage(values, filter, by);
  cli.result(options, { nodes: sums }, () => usageTable(sums, by, cli.width));
}
