/** Brings definitions into the graph, and binds agents to clients. */
export { type BindAgent, type BoundAgent, bindAgent, ensureTenant } from './bind-agent.ts';
export { createRegistry, type Registry, type RegistryChanges } from './registry.ts';
export { SkillHandlers } from './skill-handlers.ts';
export type { RegistryOptions } from './sync-context.ts';
