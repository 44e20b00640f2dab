import { Agent, type GraphStore, keptPlans, type Principal, Skill, Tenant, tenantScope } from '#graph-schema';
import { didYouMean, nearestName, nearestNames } from '#platform';
import type { Limits } from '../../definitions/index.ts';
import { agentError } from '../../errors.ts';
import { agentId } from '../../ids.ts';
import { type Pin, pinsRead, versionInUse } from '../../skill-versions/pins.ts';

export interface FoundAgent {
  readonly id: string;
  readonly name: string;
  readonly limits: Limits | undefined;
  readonly skillId: string;
  readonly skillVersionId: string;
  /** Id of the person who asks, where the graph holds that person. */
  readonly asker: string | undefined;
}

interface AgentRead {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'paused';
  readonly pausedReason: string | null;
  readonly limits: string | null;
  readonly skills: { readonly nodes: readonly SkillRead[] };
  readonly pinned: { readonly nodes: readonly Pin[] };
}

interface SkillRead {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly status: 'implemented' | 'declared' | 'retired';
  readonly current: { readonly id: string } | null;
}

const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));

const AGENT = {
  properties: own('id', 'name', 'state', 'pausedReason', 'limits'),
  relations: {
    pinned: pinsRead(),
    skills: {
      field: 'skills',
      page: { first: 200 },
      select: {
        properties: own('id', 'name', 'scope', 'status'),
        relations: { current: { field: 'current', select: { properties: own('id') } } },
      },
    },
  },
};

/** @param asker id of the person who asks, or empty */
const agentPlan = keptPlans((agent: string, asker: string) => {
  const byId = (id: string) => ({ by: 'id' as const, id });
  const roots = [{ key: 'agent', node: 'Agent', find: byId(agent), select: AGENT }];
  const person = { key: 'asker', node: 'Person', find: byId(asker), select: { properties: own('id') } };
  return { roots: asker === '' ? roots : [...roots, person] };
});

/**
 * The agent and its skill, as far as the principal sees them and as far as they can take a task now. What it may not
 * see is "unknown", as what does not exist.
 */
export async function findAgent(
  store: GraphStore,
  principal: Principal,
  wanted: { readonly tenant: string; readonly agent: string; readonly skill: string },
): Promise<FoundAgent> {
  const asker = principal.kind === 'person' ? principal.id : '';
  const found = await store.read(principal, agentPlan(agentId(wanted.tenant, wanted.agent), asker));
  const agent = found.agent as unknown as AgentRead | null;
  if (!agent) throw await unknownAgent(store, principal, wanted);
  const skill = agent.skills.nodes.find(({ name }) => name === wanted.skill);
  if (!skill)
    throw await unknownSkill(store, principal, { ...wanted, has: agent.skills.nodes.map(({ name }) => name) });
  const fields = { agent: wanted.agent, skill: wanted.skill, tenant: wanted.tenant };
  if (skill.status === 'retired') {
    throw agentError('KAZE_SKILL_RETIRED', `the skill ${skill.name} is retired: its definition was removed`, {
      fields,
    });
  }
  const version = versionInUse(skill, agent.pinned.nodes);
  if (skill.status === 'declared' || !version) {
    throw agentError(
      'KAZE_SKILL_NOT_IMPLEMENTED',
      `the skill ${skill.name} is declared but has neither a handler nor a prompt, so nothing could run it`,
      { fields },
    );
  }
  if (agent.state === 'paused') {
    const why = agent.pausedReason ? `: ${agent.pausedReason}` : '';
    throw agentError('KAZE_AGENT_PAUSED', `the agent ${agent.name} of ${wanted.tenant} is paused${why}`, { fields });
  }
  const limits = agent.limits === null ? undefined : (JSON.parse(agent.limits) as Limits);
  return {
    id: agent.id,
    name: agent.name,
    limits,
    skillId: skill.id,
    skillVersionId: version.id,
    asker: found.asker ? asker : undefined,
  };
}

async function unknownAgent(
  store: GraphStore,
  principal: Principal,
  { tenant, agent }: { readonly tenant: string; readonly agent: string },
): Promise<Error> {
  const all = await store.list(principal, Agent, { where: { scope: { eq: tenantScope(tenant) } }, limit: 200 });
  const names = all.map(({ name }) => name).sort();
  if (names.length === 0) await checkClient(store, principal, tenant);
  const nearest = nearestName(agent, names);
  const hint = nearest ? `; did you mean ${nearest}?` : names.length > 0 ? `; there is ${names.join(', ')}` : '';
  return agentError('KAZE_AGENT_UNKNOWN', `the client ${tenant} has no agent "${agent}"${hint}`, {
    fields: { agent, tenant, nearest: nearest ? [nearest] : names.slice(0, 5) },
  });
}

/** A client that the principal cannot see is unknown, whether it is there or not; names are only told to who sees them. */
async function checkClient(store: GraphStore, principal: Principal, tenant: string): Promise<void> {
  const seen = (await store.list(principal, Tenant, { limit: 1_000 })).map(({ name }) => name).sort();
  if (seen.includes(tenant)) return;
  const hint = seen.length > 3 ? didYouMean(tenant, seen) : seen.length > 0 ? `; there is ${seen.join(', ')}` : '';
  throw agentError('KAZE_AGENT_UNKNOWN', `there is no client "${tenant}"${hint}`, {
    fields: { tenant, nearest: seen.length > 3 ? nearestNames(tenant, seen) : seen },
  });
}

async function unknownSkill(
  store: GraphStore,
  principal: Principal,
  { agent, skill, has }: { readonly agent: string; readonly skill: string; readonly has: readonly string[] },
): Promise<Error> {
  const names = [...has].sort();
  const exists = (await store.count(principal, Skill, { name: { eq: skill } })) > 0;
  const nearest = nearestName(skill, names);
  const what = exists ? `the agent ${agent} does not have the skill ${skill}` : `there is no skill "${skill}"`;
  const hint = nearest ? `; did you mean ${nearest}?` : names.length > 0 ? `; it has ${names.join(', ')}` : '';
  return agentError('KAZE_SKILL_UNKNOWN', `${what}${hint}`, {
    fields: { agent, skill, nearest: nearest ? [nearest] : names },
  });
}
