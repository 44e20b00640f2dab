import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import { AgentBound } from '../connection/operations.ts';
import { cliError } from '../errors.ts';
import { details } from '../output/table.ts';
import { tenantOfScope } from '../output/values.ts';

export async function bind(
  cli: Cli,
  template: string,
  options: CellOptions & TenantOptions & { readonly name?: string },
): Promise<void> {
  const client = await cli.connect(options);
  const input = { template, tenant: tenantFrom(options), name: options.name };
  const { bindAgent } = await client.execute(AgentBound, { input }, { signal: cli.terminal.signal });
  const { agent } = bindAgent;
  if (!agent)
    throw cliError('KAZE_CLI_NOT_FOUND', `there is no agent ${template} that this token may see`, { template });
  cli.result(options, agent, () =>
    details([
      ['agent', agent.name],
      ['id', agent.id],
      ['role', agent.role],
      ['client', tenantOfScope(agent.scope)],
      ['skills', agent.skills.edges.map(({ node, level }) => `${node.name} (${level ?? 'supervised'})`).join(', ')],
      ['reads', agent.knowledge.join(', ')],
    ]),
  );
}
