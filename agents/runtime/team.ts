import { type GraphStore, Person, type Principal, type ReadConnection, tenantScope } from '#graph-schema';
import type { InputDefinition } from '../definitions/index.ts';
import { type Pin, pinsRead, versionInUse } from '../skill-versions/pins.ts';
import type { Team } from '../skills/handler.ts';

const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));
const MOST = 200;

interface SkillRead {
  readonly name: string;
  readonly scope: string;
  readonly description: string | null;
  readonly status: string;
  readonly current: { readonly inputs: string } | null;
}

/** People and agents of a client, as far as the reader sees them. */
export async function readTeam(store: GraphStore, principal: Principal, tenant: string): Promise<Team> {
  const people = await store.list(principal, Person, { limit: 1_000 });
  const current = { field: 'current', select: { properties: own('inputs') } };
  const skills = {
    field: 'skills',
    page: { first: MOST },
    select: { properties: own('name', 'scope', 'description', 'status'), relations: { current } },
  };
  const page = { where: { scope: { eq: tenantScope(tenant) }, state: { eq: 'active' } }, first: MOST };
  const select = { properties: own('name'), relations: { skills, pinned: pinsRead(['inputs']) } };
  const plan = { roots: [{ key: 'agents', node: 'Agent', find: { by: 'page' as const, page }, select }] };
  const agents = (await store.read(principal, plan)).agents as ReadConnection;
  return {
    people: people.map(({ id, name, email }) => ({ id, name, email })),
    agents: agents.nodes.map((agent) => {
      const pins = (agent.pinned as ReadConnection).nodes as unknown as ReadonlyArray<Pin & { inputs: string }>;
      return {
        name: agent.name as string,
        skills: ((agent.skills as ReadConnection).nodes as unknown as SkillRead[])
          .filter(({ status }) => status === 'implemented')
          .map((skill) => ({
            name: skill.name,
            description: skill.description ?? '',
            inputs: inputsOf(versionInUse(skill, pins)?.inputs),
          })),
      };
    }),
  };
}

function inputsOf(stored: unknown): Array<{ name: string; type: string; required: boolean }> {
  const inputs = (typeof stored === 'string' ? JSON.parse(stored) : (stored ?? [])) as readonly InputDefinition[];
  return inputs.map(({ name, type, required }) => ({ name, type, required }));
}
