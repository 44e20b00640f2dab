import { type TenantOptions, tenantFrom } from '../command.ts';
import type { CallOptions, CellClient } from '../connection/cell-client.ts';
import { AgentFind } from '../connection/operations.ts';
import { scopeFilter } from '../connection/tenant.ts';
import { cliError } from '../errors.ts';
import { tenantOfScope } from '../output/values.ts';

/** Id of the agent that an id or a name stands for. Errors: KAZE_CLI_NOT_FOUND, KAZE_CLI_AMBIGUOUS. */
export async function findAgent(
  client: CellClient,
  wanted: string,
  options: TenantOptions & CallOptions,
): Promise<string> {
  const tenant = tenantFrom(options);
  const named = { or: [{ id: { eq: wanted } }, { name: { eq: wanted } }] };
  const filter = tenant === undefined ? named : { and: [named, scopeFilter(tenant)] };
  const { agents } = await client.execute(AgentFind, { filter }, { signal: options.signal });
  const [found, ...others] = agents.nodes;
  if (!found) {
    const where = tenant === undefined ? '' : ` of ${tenant}`;
    throw cliError('KAZE_CLI_NOT_FOUND', `there is no agent "${wanted}"${where}; kaze agents list shows them`, {
      agent: wanted,
    });
  }
  if (others.length > 0) {
    const tenants = agents.nodes.map((agent) => tenantOfScope(agent.scope));
    const message = `the agent "${wanted}" is there for ${tenants.join(', ')}; give --tenant`;
    throw cliError('KAZE_CLI_AMBIGUOUS', message, { agent: wanted, tenants });
  }
  return found.id;
}
