import type { Cli } from '../cli.ts';
import { type CellOptions, type PageOptions, type TenantOptions, tenantFrom } from '../command.ts';
import { TaskList } from '../connection/operations.ts';
import { scopeFilter } from '../connection/tenant.ts';
import { pageNote } from '../output/page.ts';
import { styledState } from '../output/style.ts';
import { table } from '../output/table.ts';
import { localTime, tenantOfScope } from '../output/values.ts';
import type { TaskState } from './states.ts';

export interface TaskListOptions extends CellOptions, TenantOptions, PageOptions {
  readonly state?: TaskState[];
  readonly agent?: string;
  readonly skill?: string;
}

export async function list(cli: Cli, options: TaskListOptions): Promise<void> {
  const tenant = tenantFrom(options);
  const client = await cli.connect(options);
  const filter = {
    ...(tenant === undefined ? {} : scopeFilter(tenant)),
    ...(options.state ? { state: { in: options.state } } : {}),
    ...(options.skill === undefined ? {} : { skill: { eq: options.skill } }),
    ...(options.agent === undefined ? {} : { agent: { some: { name: { eq: options.agent } } } }),
  };
  const variables = { filter, first: options.limit, after: options.after };
  const { tasks } = await client.execute(TaskList, variables, { signal: cli.terminal.signal });
  cli.result(options, tasks, () => {
    if (tasks.nodes.length === 0) return 'no tasks';
    const columns = [
      { title: 'ID', value: (task: Row) => task.id },
      { title: 'STATE', value: (task: Row) => task.state, paint: (text: string) => styledState(cli.style, text) },
      { title: 'AGENT', value: (task: Row) => task.agent?.name ?? '-', flexible: true },
      { title: 'SKILL', value: (task: Row) => task.skill, flexible: true },
      { title: 'CLIENT', value: (task: Row) => tenantOfScope(task.scope), flexible: true },
      { title: 'QUEUED', value: (task: Row) => localTime(task.createdAt) },
    ];
    return table(tasks.nodes, columns, cli.width);
  });
  pageNote(cli, options, tasks);
}

type Row = Parameters<typeof import('./describe.ts').describeTask>[0];
