import { type GraphStore, type Principal, Tool } from '#graph-schema';
import type { SkillDefinition } from '../definitions/index.ts';

/** Names of the tools that the cell can call now, for a skill that needs any. */
export async function connectedTools(
  store: GraphStore,
  principal: Principal,
  { toolsRequired }: SkillDefinition,
): Promise<ReadonlySet<string>> {
  if (toolsRequired.length === 0) return new Set();
  const tools = await store.list(principal, Tool, { where: { available: { eq: true } }, limit: 1_000 });
  return new Set(tools.map(({ name }) => name));
}
