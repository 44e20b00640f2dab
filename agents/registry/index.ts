/** Brings definitions into the graph, and binds agents to clients. */
export { type BindAgent, type BoundAgent, bindAgent, ensureTenant } from './bind-agent.ts';
export { createRegistry, type Registry, type RegistryChanges, type RegistryOptions } from './registry.ts';
