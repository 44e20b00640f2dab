import type { Cli } from '../cli.ts';
import type { CellOptions, TenantOptions } from '../command.ts';
import { AgentPause } from '../connection/operations.ts';
import { cliError } from '../errors.ts';
import { styledState } from '../output/style.ts';
import { findAgent } from './find.ts';

export async function setPaused(
  cli: Cli,
  { agent, paused }: { readonly agent: string; readonly paused: boolean },
  options: CellOptions & TenantOptions & { readonly reason?: string },
): Promise<void> {
  const { signal } = cli.terminal;
  const client = await cli.connect(options);
  const id = await findAgent(client, agent, { ...options, signal });
  const input = { agent: id, paused, reason: options.reason };
  const { pauseAgent } = await client.execute(AgentPause, { input }, { signal });
  const changed = pauseAgent.agent;
  if (!changed) throw cliError('KAZE_CLI_NOT_FOUND', `there is no agent ${agent} that this token may see`, { agent });
  cli.result(options, changed, () => `${changed.name} is ${styledState(cli.style, changed.state)}`);
}
