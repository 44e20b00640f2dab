import { Agent, AgentTemplate, type NodeOf, Tenant, type UnitOfWork } from '#graph-schema';
import { contentHash, derivedId } from '#platform';
import { type AgentDefinition, canonicalJson, type LoadedDefinitions } from '../definitions/index.ts';
import { tenantOfScope } from '../ids.ts';
import { removedFrom } from './removed.ts';
import { scopeOf, skillId } from './skills.ts';
import { type SyncContext, verticalId } from './sync-context.ts';

export const templateId = (scope: string, name: string): string => derivedId(scope, 'agent-template', name);

type Template = NodeOf<typeof AgentTemplate>;

/** Agent templates as the definitions say, and the agents that were made from them after them. */
export async function syncAgentTemplates(
  context: SyncContext,
  loaded: LoadedDefinitions,
): Promise<{ templates: number; agents: number; retired: readonly string[] }> {
  const { store, principal } = context;
  const known = new Map((await store.list(principal, AgentTemplate, { limit: 10_000 })).map((node) => [node.id, node]));
  let templates = 0;
  let agents = 0;
  for (const definition of loaded.agents) {
    const id = templateId(scopeOf(definition), definition.name);
    const skills = skillsOf(definition, loaded);
    // A skill that comes back or was mended belongs to the template again, although its own text is the same.
    const hash = contentHash(canonicalJson([definition.source.hash, skills]));
    const before = known.get(id);
    if (before?.hash === hash && before.status === 'active') continue;
    agents += await store.transact(principal, { why: 'agent definition loaded' }, async (unit) => {
      await writeTemplate(unit, { id, hash, definition, skills });
      return refreshAgents(unit, { id, definition, skills });
    });
    templates += 1;
  }
  return { templates, agents, retired: await retireMissing(context, loaded, known) };
}

interface TemplateSkill {
  readonly id: string;
  readonly level: 'supervised' | 'sampling' | 'autonomous';
}

function skillsOf(definition: AgentDefinition, { skills }: LoadedDefinitions): TemplateSkill[] {
  return definition.skills.flatMap(({ name, level }) => {
    const skill = skills.find((one) => one.name === name);
    return skill ? [{ id: skillId(scopeOf(skill), name), level: level ?? definition.ramp[0] ?? 'supervised' }] : [];
  });
}

interface TemplateToWrite {
  readonly id: string;
  readonly definition: AgentDefinition;
  readonly skills: readonly TemplateSkill[];
}

async function writeTemplate(unit: UnitOfWork, template: TemplateToWrite & { readonly hash: string }): Promise<void> {
  const { id, hash, definition, skills } = template;
  const { change } = await unit.upsert(AgentTemplate, {
    id,
    scope: scopeOf(definition),
    name: definition.name,
    role: definition.role,
    description: definition.description ?? null,
    ramp: [...definition.ramp],
    knowledge: definition.knowledge.map(({ path }) => path),
    limits: definition.limits ? canonicalJson(definition.limits) : null,
    status: 'active',
    hash,
  });
  if (change === 'created' && definition.vertical !== undefined) {
    unit.relate(AgentTemplate, 'vertical', id, verticalId(definition.vertical));
  }
  if (change !== 'created') await unit.unrelate(AgentTemplate, 'skills', id);
  for (const { id: skill, level } of skills) unit.relate(AgentTemplate, 'skills', id, skill, { level });
}

/** What an agent has from its template; levels that it has earned stay. */
async function refreshAgents(unit: UnitOfWork, { id, definition, skills }: TemplateToWrite): Promise<number> {
  const where = { template: { some: { id: { eq: id } } } };
  const agents = await unit.list(Agent, { where, limit: 10_000 });
  for (const agent of agents) {
    const tenant = tenantOfScope(agent.scope);
    const [owner] = await unit.list(Tenant, { where: { scope: { eq: agent.scope }, name: { eq: tenant } }, limit: 1 });
    await unit.update(Agent, agent.id, boundValues(definition, { tenant, title: owner?.title ?? tenant }));
    const held = await unit.related(Agent, 'skills', agent.id);
    for (const skill of held) {
      if (!skills.some((one) => one.id === skill)) await unit.unrelate(Agent, 'skills', agent.id, skill);
    }
    for (const { id: skill, level } of skills) {
      if (!held.includes(skill)) unit.relate(Agent, 'skills', agent.id, skill, { level });
    }
  }
  return agents.length;
}

export interface TemplateValues extends Pick<AgentDefinition, 'role' | 'description' | 'ramp' | 'limits'> {
  readonly knowledge: ReadonlyArray<{ readonly path: string }>;
}

/** A template's values with the client filled in. */
export function boundValues(
  template: TemplateValues,
  { tenant, title }: { readonly tenant: string; readonly title: string },
) {
  // One pass, and values as they are: a client's name may hold braces or a dollar sign, and stays its name.
  const values: Readonly<Record<string, string>> = { client: title, client_id: tenant };
  const filled = (text: string) => text.replaceAll(/\{(client|client_id)\}/g, (_, name: string) => values[name]!);
  return {
    role: filled(template.role).slice(0, 500),
    description: template.description === undefined ? null : filled(template.description),
    ramp: [...template.ramp],
    limits: template.limits ? canonicalJson(template.limits) : null,
    knowledge: template.knowledge.map(({ path }) => path.replaceAll('{client_id}', tenant)),
  };
}

async function retireMissing(
  { store, principal }: SyncContext,
  loaded: LoadedDefinitions,
  known: ReadonlyMap<string, Template>,
): Promise<readonly string[]> {
  const present = new Set(loaded.agents.map((definition) => templateId(scopeOf(definition), definition.name)));
  const gone = removedFrom(loaded, known.values(), present);
  if (gone.length === 0) return [];
  await store.transact(principal, { why: 'agent definition removed' }, async (unit) => {
    for (const { id } of gone) await unit.update(AgentTemplate, id, { status: 'retired' });
  });
  return gone.map(({ name }) => `agent ${name}`);
}
