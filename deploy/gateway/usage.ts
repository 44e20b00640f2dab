import type { UsageDimension, UsageFilter, UsageSum } from '#platform';
import type { GatewayConfig } from './config.ts';
import { lookInto } from './look.ts';

/** What the calls through a gateway alone came to. Errors: those of `lookInto`. */
export function readUsage(
  config: GatewayConfig,
  filter: UsageFilter,
  by: readonly UsageDimension[],
): Promise<readonly UsageSum[]> {
  const { from, to, ...names } = filter;
  const instant = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
  return lookInto(config, {
    path: '/kaze/usage',
    query: { ...names, from: instant(from), to: instant(to), by: by.join(',') },
    read: (ledger) => ledger.sumUsage(filter, by),
  });
}
