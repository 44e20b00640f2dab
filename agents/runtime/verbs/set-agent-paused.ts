import { Agent, type Principal } from '#graph-schema';
import { agentError } from '../../errors.ts';
import type { VerbContext } from './verb-context.ts';

/** Stops an agent from taking tasks, or lets it go on. A task that runs goes on to its end. */
export async function setAgentPaused(
  context: VerbContext,
  principal: Principal,
  { agent, paused, reason }: { readonly agent: string; readonly paused: boolean; readonly reason?: string },
): Promise<{ readonly agent: string }> {
  const seen = await context.store.get(principal, Agent, agent);
  if (!seen) throw agentError('KAZE_AGENT_UNKNOWN', `there is no agent ${agent.slice(0, 80)}`, { fields: { agent } });
  const action = paused ? 'agent.pause' : 'agent.continue';
  await context.audit.record({ principal, action, subject: agent, scope: seen.scope }, async (attempt) => {
    if (principal.kind === 'agent' || !['operator', 'admin', 'system'].includes(principal.role)) {
      throw agentError(
        'KAZE_AGENT_FORBIDDEN',
        `${principal.name} (${principal.role}) may not pause or continue agents`,
      );
    }
    await context.store.transact(principal, { why: reason ?? action }, async (unit) => {
      const state = paused ? ('paused' as const) : ('active' as const);
      const pausedReason = paused ? (reason ?? `paused by ${principal.name}`) : null;
      await unit.update(Agent, agent, { state, pausedReason });
      unit.audit({ action, subject: agent, subjectType: 'Agent', scope: seen.scope, attempt });
    });
  });
  context.woken();
  return { agent };
}
