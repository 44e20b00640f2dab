import type { Principal } from '#graph-schema';
import { agentError } from '../../errors.ts';

/** Viewers see tasks and move none. Errors: KAZE_TASK_FORBIDDEN. */
export function requireTaskRole(principal: Principal, what: string): void {
  if (principal.role !== 'viewer') return;
  throw agentError('KAZE_TASK_FORBIDDEN', `${principal.name} (viewer) may not ${what}; that takes reviewer or above`, {
    fields: { role: principal.role },
  });
}
