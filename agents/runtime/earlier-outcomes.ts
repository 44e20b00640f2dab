import { agentPrincipal, type GraphStore, type ReadConnection, tenantScope } from '#graph-schema';
import type { EarlierOutcome, Json } from '../skills/handler.ts';
import type { AgentNode } from './nodes.ts';

const MOST = 500;
const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));

interface OutcomeRead {
  readonly id: string;
  readonly output: string;
  readonly editedOutput: string | null;
  readonly deliveredAt: number | null;
  readonly task: { readonly id: string } | null;
}

/** What a skill delivered to a client, newest first, read under the agent's rights. */
export async function earlierOutcomes(
  store: GraphStore,
  given: { readonly agent: AgentNode; readonly tenant: string; readonly skill: string; readonly limit?: number },
): Promise<EarlierOutcome[]> {
  const { agent, tenant, skill, limit = MOST } = given;
  const principal = agentPrincipal({ id: agent.id, name: agent.name, tenant });
  const page = {
    where: { scope: { eq: tenantScope(tenant) }, state: { eq: 'delivered' }, task: { some: { skill: { eq: skill } } } },
    orderBy: [{ property: 'createdAt', direction: 'desc' as const }],
    // Outputs may be large: who needs the last one only says so.
    first: Math.min(Math.max(limit, 1), MOST),
  };
  const select = {
    properties: own('id', 'output', 'editedOutput', 'deliveredAt'),
    relations: { task: { field: 'task', select: { properties: own('id') } } },
  };
  const roots = [{ key: 'outcomes', node: 'Outcome', find: { by: 'page' as const, page }, select }];
  const { nodes } = (await store.read(principal, { roots })).outcomes as ReadConnection;
  return (nodes as unknown as OutcomeRead[]).flatMap(({ id, output, editedOutput, deliveredAt, task }) => {
    if (!task || deliveredAt === null) return [];
    // Both are JSON objects by the schema; a read may hand them over parsed.
    const made: unknown = editedOutput ?? output;
    const outputs = (typeof made === 'string' ? JSON.parse(made) : made) as Record<string, Json>;
    return [{ id, task: task.id, deliveredAt, outputs }];
  });
}
