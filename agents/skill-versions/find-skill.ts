import { type GraphStore, type NodeOf, type Principal, Skill, SkillVersion } from '#graph-schema';
import { nearestName } from '#platform';
import { agentError } from '../errors.ts';

export type SkillNode = NodeOf<typeof Skill>;
export type SkillVersionNode = NodeOf<typeof SkillVersion>;

const MOST = 10_000;

/** By id or name, as far as the principal sees it. Errors: KAZE_SKILL_UNKNOWN with the nearest names. */
export async function findSkill(store: GraphStore, principal: Principal, wanted: string): Promise<SkillNode> {
  const where = { or: [{ id: { eq: wanted } }, { name: { eq: wanted } }] };
  const [found] = await store.list(principal, Skill, { where, limit: 1 });
  if (found) return found;
  const names = (await store.list(principal, Skill, { limit: MOST })).map(({ name }) => name).sort();
  const nearest = nearestName(wanted, names);
  const hint = nearest ? `did you mean ${nearest}?` : `\`kaze skills list\` shows all ${names.length}`;
  throw agentError('KAZE_SKILL_UNKNOWN', `there is no skill "${wanted.slice(0, 80)}"; ${hint}`, {
    fields: { skill: wanted.slice(0, 80), nearest: nearest ? [nearest] : names.slice(0, 5) },
  });
}

/** All versions of a skill, newest first. */
export function versionsOf(store: GraphStore, principal: Principal, skill: SkillNode): Promise<SkillVersionNode[]> {
  const where = { name: { eq: skill.name }, scope: { eq: skill.scope } };
  return store.list(principal, SkillVersion, {
    where,
    orderBy: [{ property: 'number', direction: 'desc' }],
    limit: MOST,
  });
}

/** The version that new tasks run where an agent is not pinned to another. */
export async function presentVersion(
  store: GraphStore,
  principal: Principal,
  skill: SkillNode,
): Promise<SkillVersionNode | undefined> {
  const where = { currentOf: { some: { id: { eq: skill.id } } } };
  return (await store.list(principal, SkillVersion, { where, limit: 1 }))[0];
}

/** Errors: KAZE_SKILL_VERSION_UNKNOWN. */
export function requireVersion(
  skill: SkillNode,
  versions: readonly SkillVersionNode[],
  number: number,
): SkillVersionNode {
  const found = versions.find((version) => version.number === number);
  if (found) return found;
  const newest = versions[0]?.number ?? 0;
  throw agentError('KAZE_SKILL_VERSION_UNKNOWN', `${skill.name} has no version ${number}; it has 1 to ${newest}`, {
    fields: { skill: skill.name, version: number, newest },
  });
}
