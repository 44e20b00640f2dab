import { type GraphStore, type Principal, verticalScope } from '#graph-schema';
import { derivedId, type Logger } from '#platform';
import type { SkillHandlers } from './skill-handlers.ts';

export interface RegistryOptions {
  readonly store: GraphStore;
  readonly logger: Logger;
  readonly handlers: SkillHandlers;
  /** Names of the tools that the cell can call now; `llm` when any model is configured. */
  readonly availableTools: readonly string[];
}

export interface SyncContext extends RegistryOptions {
  readonly principal: Principal;
}

export const verticalId = (name: string): string => derivedId(verticalScope(name), 'vertical', name);
