import { type GraphStore, type Principal, Tool } from '#graph-schema';

/** Names of the tools that the cell can call now. */
export async function connectedTools(store: GraphStore, principal: Principal): Promise<ReadonlySet<string>> {
  const tools = await store.list(principal, Tool, { where: { available: { eq: true } }, limit: 1_000 });
  return new Set(tools.map(({ name }) => name));
}
