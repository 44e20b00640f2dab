import { type GraphStore, type Principal, type ReadConnection, tenantScope } from '#graph-schema';
import { nearestName } from '#platform';
import type { SkillDefinition, SupervisionLevel } from '../definitions/index.ts';
import { agentError } from '../errors.ts';
import type { SkillVersions } from '../runtime/skill-versions.ts';
import { type Pin, pinsRead, versionInUse } from '../skill-versions/pins.ts';

export interface TeamSkill {
  readonly name: string;
  readonly description: string;
  /** Declared skills have a definition, and nothing that could run it. */
  readonly status: 'implemented' | 'declared';
  readonly level: SupervisionLevel;
  readonly definition: SkillDefinition | undefined;
}

export interface TeamAgent {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  readonly skills: readonly TeamSkill[];
}

interface AgentRead {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly state: 'active' | 'paused';
  readonly pausedReason: string | null;
  readonly skills: ReadConnection;
  readonly pinned: { readonly nodes: readonly Pin[] };
}

interface SkillRead {
  readonly name: string;
  readonly scope: string;
  readonly description: string;
  readonly status: 'implemented' | 'declared' | 'retired';
  readonly current: { readonly id: string } | null;
}

const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));
const MOST = 200;

/** The agents of a client with what they can do, by name. */
export async function readTeam(
  store: GraphStore,
  principal: Principal,
  by: { readonly tenant: string; readonly versions: SkillVersions },
): Promise<TeamAgent[]> {
  const select = {
    properties: own('id', 'name', 'role', 'state', 'pausedReason'),
    relations: {
      pinned: pinsRead(),
      skills: {
        field: 'skills',
        page: { first: MOST },
        edgeProperties: { level: 'level' },
        select: {
          properties: own('name', 'scope', 'description', 'status'),
          relations: { current: { field: 'current', select: { properties: own('id') } } },
        },
      },
    },
  };
  const page = {
    where: { scope: { eq: tenantScope(by.tenant) } },
    orderBy: [{ property: 'name', direction: 'asc' as const }],
    first: MOST,
  };
  const plan = { roots: [{ key: 'agents', node: 'Agent', find: { by: 'page' as const, page }, select }] };
  const { nodes } = (await store.read(principal, plan)).agents as ReadConnection;
  return Promise.all(
    (nodes as unknown as readonly AgentRead[]).map(async ({ id, name, role, state, pausedReason, skills, pinned }) => {
      const read = skills.nodes.map(async (node, at): Promise<TeamSkill[]> => {
        const skill = node as unknown as SkillRead;
        const { status } = skill;
        if (status === 'retired') return [];
        const version = versionInUse(skill, pinned.nodes);
        const definition = version ? await by.versions.definition(principal, version.id) : undefined;
        const level = (skills.edges?.[at]?.level ?? 'supervised') as SupervisionLevel;
        return [{ name: skill.name, description: skill.description, status, level, definition }];
      });
      return { id, name, role, paused: state === 'paused', pausedReason, skills: (await Promise.all(read)).flat() };
    }),
  );
}

/** Errors: KAZE_AGENT_UNKNOWN with the nearest names. */
export function requireAgent(team: readonly TeamAgent[], tenant: string, name: string): TeamAgent {
  const found = team.find((agent) => agent.name === name);
  if (found) return found;
  const shown = name.slice(0, 80);
  const names = team.map((agent) => agent.name);
  const nearest = nearestName(name, names);
  const hint = nearest ? `; did you mean ${nearest}?` : names.length > 0 ? `; there is ${names.join(', ')}` : '';
  throw agentError('KAZE_AGENT_UNKNOWN', `the client ${tenant} has no agent "${shown}"${hint}`, {
    fields: { agent: shown, tenant, nearest: nearest ? [nearest] : names.slice(0, 5) },
  });
}

/**
 * In the order in which they are given what several could do: one that works before one that is paused, then one that
 * is named, then the specialist before one whose skills come from several verticals, then by name.
 */
export function specialistsFirst(
  agents: readonly TeamAgent[],
  isNamed: (name: string) => boolean = () => false,
): TeamAgent[] {
  const ranked = agents.map((agent) => ({
    agent,
    order: [Number(agent.paused), Number(!isNamed(agent.name)), verticalsOf(agent)],
  }));
  ranked.sort((a, b) => {
    const differs = a.order.findIndex((value, at) => value !== b.order[at]);
    return differs < 0 ? (a.agent.name < b.agent.name ? -1 : 1) : a.order[differs]! - b.order[differs]!;
  });
  return ranked.map(({ agent }) => agent);
}

const verticalsOf = ({ skills }: TeamAgent): number =>
  new Set(skills.map(({ definition }) => definition?.vertical)).size;
