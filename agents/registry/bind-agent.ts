import {
  Agent,
  AgentTemplate,
  type GraphStore,
  type Principal,
  systemPrincipal,
  Tenant,
  tenantScope,
} from '#graph-schema';
import { nearestName } from '#platform';
import type { SupervisionLevel } from '../definitions/index.ts';
import { agentError } from '../errors.ts';
import { agentId, tenantId } from '../ids.ts';
import { boundValues } from './agent-templates.ts';

export interface BindAgent {
  /** Name of the agent definition, such as seo-strategist. */
  readonly template: string;
  /** Name of the client. */
  readonly tenant: string;
  /** The client's name as people write it; fills {client}. The tenant's own, or its name, when left out. */
  readonly title?: string;
  /** Name of the agent for this client; the template's when left out. */
  readonly name?: string;
}

export interface BoundAgent {
  readonly agent: string;
  readonly change: 'created' | 'none';
}

export interface NewTenant {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly language?: string;
  /** ISO 3166-1 alpha-2. Without it, telephone numbers in its documents are found only in international form. */
  readonly country?: string;
}

/** Who sets something up, and the attempt in the audit that it belongs to. */
export interface SetUpBy {
  readonly principal: Principal;
  readonly attempt: string;
}

/**
 * The Tenant node of a client, made when it is not there. Gives its id. What is there already is left as it is.
 *
 * @param by under whose rights; the loader's when left out
 */
export async function ensureTenant(store: GraphStore, tenant: NewTenant, by?: SetUpBy): Promise<string> {
  const principal = by?.principal ?? systemPrincipal('loader');
  const id = tenantId(tenant.name);
  const scope = tenantScope(tenant.name);
  if (!by && (await store.get(principal, Tenant, id))) return id;
  await store.transact(principal, { why: 'client set up' }, async (unit) => {
    const isNew = !(await unit.get(Tenant, id));
    if (isNew) unit.create(Tenant, { id, scope, ...tenant });
    // Someone's attempt has its end in the audit also where there was nothing left to do.
    if (isNew || by)
      unit.audit({ action: 'tenant.create', subject: id, subjectType: 'Tenant', scope, ...attemptOf(by) });
  });
  return id;
}

const attemptOf = (by: SetUpBy | undefined) => (by ? { attempt: by.attempt } : {});

interface TemplateRead {
  readonly id: string;
  readonly skills: {
    readonly nodes: ReadonlyArray<{ readonly id: string }>;
    readonly edges: ReadonlyArray<{ readonly level: SupervisionLevel | null }>;
  };
}

/**
 * Makes an agent of a definition for one client, each skill at the first level of the ramp. Done once: an agent that is
 * there keeps the levels that it has earned. Errors: KAZE_AGENT_UNKNOWN with the nearest definition,
 * KAZE_AGENT_NAME_TAKEN.
 *
 * @param by under whose rights; the loader's when left out
 */
export async function bindAgent(store: GraphStore, bind: BindAgent, by?: SetUpBy): Promise<BoundAgent> {
  const principal = by?.principal ?? systemPrincipal('loader');
  const template = await findTemplate(store, bind.template);
  const tenantNode = await store.get(principal, Tenant, tenantId(bind.tenant));
  const title = bind.title ?? tenantNode?.title ?? bind.tenant;
  if (!tenantNode) await ensureTenant(store, { name: bind.tenant, title });
  const name = bind.name ?? template.name;
  const id = agentId(bind.tenant, name);
  const skills = await templateSkills(store, template.id);
  const change = await store.transact(principal, { why: 'agent bound to a client' }, async (unit) => {
    const scope = tenantScope(bind.tenant);
    const done = { action: 'agent.bind', subject: id, subjectType: 'Agent', scope, ...attemptOf(by) };
    if (await unit.get(Agent, id)) {
      const [from] = await unit.related(Agent, 'template', id);
      if (from === template.id) {
        if (by) unit.audit(done);
        return 'none' as const;
      }
      throw agentError(
        'KAZE_AGENT_NAME_TAKEN',
        `${bind.tenant} has an agent ${name} already, made from another definition`,
      );
    }
    const ramp = template.ramp as readonly SupervisionLevel[];
    const knowledge = template.knowledge.map((path) => ({ path }));
    const limits = template.limits === null ? undefined : JSON.parse(template.limits);
    const values = { role: template.role, ramp, limits, knowledge, description: template.description ?? undefined };
    const bound = boundValues(values, { tenant: bind.tenant, title });
    unit.create(Agent, { id, scope, name, state: 'active', restarts: 0, ...bound });
    unit.relate(Agent, 'template', id, template.id);
    unit.relate(Agent, 'tenant', id, tenantId(bind.tenant));
    for (const skill of skills)
      unit.relate(Agent, 'skills', id, skill.id, { level: skill.level ?? ramp[0] ?? 'supervised' });
    unit.audit(done);
    return 'created' as const;
  });
  return { agent: id, change };
}

async function findTemplate(store: GraphStore, name: string) {
  const principal = systemPrincipal('loader');
  const all = await store.list(principal, AgentTemplate, { where: { status: { ne: 'retired' } }, limit: 10_000 });
  const found = all.find((template) => template.name === name);
  if (found) return found;
  const names = all.map((template) => template.name);
  const nearest = nearestName(name, names);
  const hint = nearest ? `; did you mean ${nearest}?` : names.length > 0 ? `; there is ${names.join(', ')}` : '';
  throw agentError('KAZE_AGENT_UNKNOWN', `there is no agent definition "${name.slice(0, 80)}"${hint}`, {
    fields: { template: name.slice(0, 80), nearest: nearest ? [nearest] : names.slice(0, 5) },
  });
}

async function templateSkills(store: GraphStore, id: string) {
  const edgeProperties = { level: 'level' };
  const skills = { field: 'skills', page: { first: 500 }, select: { properties: { id: 'id' } }, edgeProperties };
  const select = { properties: { id: 'id' }, relations: { skills } };
  const roots = [{ key: 'template', node: 'AgentTemplate', find: { by: 'id' as const, id }, select }];
  const { template } = await store.read(systemPrincipal('loader'), { roots });
  const { nodes, edges } = (template as unknown as TemplateRead).skills;
  return nodes.map((node, at) => ({ id: node.id, level: edges[at]?.level ?? undefined }));
}
