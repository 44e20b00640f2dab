import type { Cli } from '../cli.ts';
import { type CellOptions, type PageOptions, type TenantOptions, tenantFrom } from '../command.ts';
import { AgentDetail, AgentList, type AgentRowFragment } from '../connection/operations.ts';
import { scopeFilter } from '../connection/tenant.ts';
import { cliError } from '../errors.ts';
import { pageNote } from '../output/page.ts';
import { styledState } from '../output/style.ts';
import { details, table } from '../output/table.ts';
import { localTime, tenantOfScope } from '../output/values.ts';
import { findAgent } from './find.ts';

export async function list(cli: Cli, options: CellOptions & TenantOptions & PageOptions): Promise<void> {
  const tenant = tenantFrom(options);
  const client = await cli.connect(options);
  const filter = tenant === undefined ? {} : scopeFilter(tenant);
  const variables = { filter, first: options.limit, after: options.after };
  const { agents } = await client.execute(AgentList, variables, { signal: cli.terminal.signal });
  cli.result(options, agents, () => {
    if (agents.nodes.length === 0) return 'no agents';
    const columns = [
      { title: 'NAME', value: (row: AgentRowFragment) => row.name },
      { title: 'CLIENT', value: (row: AgentRowFragment) => tenantOfScope(row.scope) },
      {
        title: 'STATE',
        value: (row: AgentRowFragment) => row.state,
        paint: (text: string) => styledState(cli.style, text),
      },
      { title: 'SKILLS', value: skillNames, flexible: true },
      { title: 'ID', value: (row: AgentRowFragment) => row.id },
    ];
    return table(agents.nodes, columns, cli.width);
  });
  pageNote(cli, options, agents);
}

const skillNames = (row: AgentRowFragment): string => row.skills.edges.map((edge) => edge.node.name).join(', ');

export async function show(cli: Cli, wanted: string, options: CellOptions & TenantOptions): Promise<void> {
  const { signal } = cli.terminal;
  const client = await cli.connect(options);
  const id = await findAgent(client, wanted, { ...options, signal });
  const { agent } = await client.execute(AgentDetail, { id }, { signal });
  if (!agent)
    throw cliError('KAZE_CLI_NOT_FOUND', `there is no agent ${wanted} that this token may see`, { agent: wanted });
  cli.result(options, agent, () => {
    const about = details([
      ['agent', agent.name],
      ['id', agent.id],
      ['role', agent.role],
      ['client', tenantOfScope(agent.scope)],
      ['state', agent.state],
      ['paused', agent.pausedReason],
      ['ramp', agent.ramp.join(' -> ')],
      ['reads', agent.knowledge.join(', ')],
      ['restarts', agent.restarts > 0 ? String(agent.restarts) : null],
      ['tasks', String(agent.tasks.totalCount)],
    ]);
    const parts = [about];
    type Skill = (typeof agent.skills.edges)[number];
    const skills = [
      { title: 'SKILL', value: (edge: Skill) => edge.node.name },
      { title: 'LEVEL', value: (edge: Skill) => edge.level ?? '-' },
      { title: 'STATUS', value: (edge: Skill) => edge.node.status },
    ];
    if (agent.skills.edges.length > 0) parts.push(table(agent.skills.edges, skills, cli.width));
    type Task = (typeof agent.tasks.nodes)[number];
    const tasks = [
      { title: 'LAST TASKS', value: (task: Task) => task.id },
      { title: 'STATE', value: (task: Task) => task.state, paint: (text: string) => styledState(cli.style, text) },
      { title: 'SKILL', value: (task: Task) => task.skill },
      { title: 'QUEUED', value: (task: Task) => localTime(task.createdAt) },
    ];
    if (agent.tasks.nodes.length > 0) parts.push(table(agent.tasks.nodes, tasks, cli.width));
    return parts.join('\n\n');
  });
}
