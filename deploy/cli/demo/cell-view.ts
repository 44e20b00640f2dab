import type { SeenTask } from '../../demo/index.ts';
import type { CellClient } from '../connection/cell-client.ts';
import { DemoTasks } from '../connection/operations.ts';

/** A task of an example client, with what is told about it. */
export interface ShownTask extends SeenTask {
  readonly summary: string | undefined;
  readonly progress: string | undefined;
  readonly errorMessage: string | undefined;
}

export const scopeOf = (tenant: string): string => `tenant:${tenant}`;

/** All tasks of a client, newest first. */
export async function readTasks(client: CellClient, tenant: string, signal: AbortSignal): Promise<ShownTask[]> {
  const { tasks } = await client.execute(DemoTasks, { scope: scopeOf(tenant) }, { signal });
  return tasks.nodes.map(({ id, skill, state, inputs, createdAt, parent, ...task }) => ({
    ...{ id, skill, state, inputs, parent: parent?.id },
    createdAt: Date.parse(createdAt),
    isPending: task.approvals.nodes[0]?.state === 'pending',
    summary: task.outcomes.nodes[0]?.summary,
    progress: task.progress ?? undefined,
    errorMessage: task.errorMessage ?? undefined,
  }));
}
