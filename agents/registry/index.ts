/** Brings definitions into the graph, and binds agents to clients. */
export { type BindAgent, type BoundAgent, bindAgent, ensureTenant, type NewTenant } from './bind-agent.ts';
export { type ClientVerbs, createClientVerbs } from './client-verbs.ts';
export { createRegistry, type Registry, type RegistryChanges } from './registry.ts';
export { SkillHandlers } from './skill-handlers.ts';
export type { RegistryOptions } from './sync-context.ts';
