import {
  Agent,
  actingFor,
  type GraphStore,
  type NodeOf,
  type Principal,
  Skill,
  SkillVersion,
  systemPrincipal,
  withinTenant,
} from '#graph-schema';
import { agentError } from '../errors.ts';
import { tenantOfScope } from '../ids.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import type { SkillHandlers } from '../registry/skill-handlers.ts';
import { asPinned } from '../runtime/skill-versions.ts';
import { findSkill, presentVersion, requireVersion, type SkillNode, versionsOf } from './find-skill.ts';
import { requireRunnable, whyNotRunnable } from './runnable.ts';

export interface PinServices {
  readonly store: GraphStore;
  readonly audit: AuditTrail;
  readonly handlers: SkillHandlers;
}

export interface PinTarget {
  /** Id or name. */
  readonly skill: string;
  /** Id of the agent that alone is concerned; all agents without a pin of their own when left out. */
  readonly agent?: string;
  readonly reason?: string;
}

export interface PinChange {
  readonly skill: string;
  readonly agent: string | undefined;
  /** Id of the version that new tasks run from now on. */
  readonly version: string;
}

/** Which version of a skill new tasks run. Tasks that are queued or running finish on theirs. */
export interface PinVerbs {
  /**
   * Errors: KAZE_SKILL_UNKNOWN, KAZE_AGENT_UNKNOWN, KAZE_SKILL_FORBIDDEN, KAZE_SKILL_VERSION_UNKNOWN,
   * KAZE_SKILL_HANDLER_CHANGED for a version that this build cannot run.
   */
  pin(principal: Principal, target: PinTarget & { readonly version: number }): Promise<PinChange>;
  /** To the newest version, and to those that come; an agent to what all others run. Errors: the same. */
  unpin(principal: Principal, target: PinTarget): Promise<PinChange>;
  /** Pins to the newest version before the one in use that this build can run. Errors: the same. */
  rollback(principal: Principal, target: PinTarget): Promise<PinChange>;
}

/** Of a revision's reason, characters. */
const MOST_WHY = 1_000;

type AgentNode = NodeOf<typeof Agent>;
type VersionNode = NodeOf<typeof SkillVersion>;

interface Found {
  readonly skill: SkillNode;
  readonly agent: AgentNode | undefined;
  /** Newest first. */
  readonly versions: readonly VersionNode[];
}

export function createPinVerbs(services: PinServices): PinVerbs {
  const { store, audit } = services;

  async function change(
    principal: Principal,
    {
      target,
      action,
      choose,
    }: { target: PinTarget; action: string; choose: (found: Found) => Promise<VersionNode | undefined> },
  ): Promise<PinChange> {
    const found = await find(store, principal, target);
    const { skill, agent } = found;
    const { id: subject, scope } = agent ?? skill;
    const { reason } = target;
    const detail = { skill: skill.name, ...(reason ? { reason } : {}) };
    return audit.record({ principal, action, subject, scope, detail }, async (attempt) => {
      requireRole(principal, agent);
      const version = await choose(found);
      const why = [`${action} of ${skill.name}`, reason].filter(Boolean).join(': ').slice(0, MOST_WHY);
      const entry = { action, subject, subjectType: agent ? 'Agent' : 'Skill', scope, attempt };
      const used = agent
        ? await pinAgent(store, { ...found, agent, version, principal, why, entry })
        : await pinSkill(store, { ...found, version, principal, why, entry });
      return { skill: skill.id, agent: agent?.id, version: used };
    });
  }

  return {
    pin: (principal, target) =>
      change(principal, {
        target,
        action: 'skill.pin',
        choose: async ({ skill, versions }) => {
          const version = requireVersion(skill, versions, target.version);
          requireKept(services, skill, version);
          return version;
        },
      }),
    unpin: (principal, target) => change(principal, { target, action: 'skill.unpin', choose: async () => undefined }),
    rollback: (principal, target) =>
      change(principal, {
        target,
        action: 'skill.rollback',
        choose: async (found) => {
          const inUse = await versionUsed(store, principal, found);
          return earlier(services, found, inUse?.number ?? found.versions[0]?.number ?? 1);
        },
      }),
  };
}

async function find(store: GraphStore, principal: Principal, target: PinTarget): Promise<Found> {
  const skill = await findSkill(store, principal, target.skill);
  const versions = await versionsOf(store, principal, skill);
  if (target.agent === undefined) return { skill, agent: undefined, versions };
  const where = { id: { eq: target.agent }, skills: { some: { id: { eq: skill.id } } } };
  const [agent] = await store.list(principal, Agent, { where, limit: 1 });
  if (agent) return { skill, agent, versions };
  const seen = await store.get(principal, Agent, target.agent);
  if (!seen) throw agentError('KAZE_AGENT_UNKNOWN', `there is no agent ${target.agent.slice(0, 80)}`);
  throw agentError('KAZE_SKILL_UNKNOWN', `the agent ${seen.name} does not have the skill ${skill.name}`, {
    fields: { agent: seen.name, skill: skill.name },
  });
}

/** Errors: KAZE_SKILL_FORBIDDEN. */
function requireRole({ kind, name, role, tenant }: Principal, agent: AgentNode | undefined): void {
  const refuse = (what: string, helps: string) =>
    agentError('KAZE_SKILL_FORBIDDEN', `${name} (${role}) may not ${what}; ${helps}`, { fields: { role } });
  if (kind !== 'person' || !['curator', 'operator', 'admin'].includes(role))
    throw refuse('choose versions of skills', 'that takes curator or above');
  // A skill is shared: what one client prefers must not change what the others get.
  if (!agent && tenant !== undefined)
    throw refuse('choose a version for all clients', `name an agent of ${tenant}, or use a token of the whole cell`);
}

function requireKept({ handlers }: PinServices, skill: SkillNode, version: VersionNode): void {
  const pinned = asPinned(version);
  if (pinned) {
    requireRunnable(skill.name, pinned, handlers.handler(skill.name));
    return;
  }
  const what = `version ${version.number} of ${skill.name} cannot be run: its definition was not kept`;
  throw agentError('KAZE_SKILL_HANDLER_CHANGED', what, { fields: { skill: skill.name, version: version.number } });
}

/** Errors: KAZE_SKILL_VERSION_UNKNOWN when there is none before it that this build can run. */
function earlier({ handlers }: PinServices, { skill, versions }: Found, inUse: number): VersionNode {
  const before = versions.filter(({ number }) => number < inUse);
  const runnable = (version: VersionNode) => {
    const pinned = asPinned(version);
    return pinned !== undefined && whyNotRunnable(pinned, handlers.handler(skill.name)) === undefined;
  };
  const found = before.find(runnable);
  if (found) return found;
  const fields = { skill: skill.name, version: inUse };
  const why =
    before.length === 0
      ? `version ${inUse} of ${skill.name} is its first`
      : `none of the ${before.length} versions of ${skill.name} before ${inUse} was made for the handler of this Kaze`;
  throw agentError('KAZE_SKILL_VERSION_UNKNOWN', why, { fields });
}

async function versionUsed(store: GraphStore, principal: Principal, { skill, agent }: Found) {
  if (agent) {
    const where = {
      pinnedBy: { some: { id: { eq: agent.id } } },
      name: { eq: skill.name },
      scope: { eq: skill.scope },
    };
    const [own] = await store.list(principal, SkillVersion, { where, limit: 1 });
    if (own) return own;
  }
  return presentVersion(store, principal, skill);
}

interface Write extends Found {
  /** The version to keep to; undefined to keep to none. */
  readonly version: VersionNode | undefined;
  /** Who wants it: what is written bears that name. */
  readonly principal: Principal;
  readonly why: string;
  readonly entry: { action: string; subject: string; subjectType: string; scope: string; attempt: string };
}

/** Definitions are the loader's to write; whether this person may choose among them was asked above. */
async function pinSkill(store: GraphStore, write: Write): Promise<string> {
  const { skill, versions, version, principal, why, entry } = write;
  return store.transact(actingFor(systemPrincipal('loader'), principal), { why }, async (unit) => {
    // Locks the skill: a reload that brings a newer version waits, and sees the pin.
    await unit.update(Skill, skill.id, { pinned: version?.number ?? null });
    const where = { name: { eq: skill.name }, scope: { eq: skill.scope } };
    const newest = { where, orderBy: [{ property: 'number', direction: 'desc' as const }], limit: 1 };
    const used = version?.id ?? (await unit.list(SkillVersion, newest))[0]?.id ?? versions[0]!.id;
    const present = await unit.related(Skill, 'current', skill.id);
    if (present.join() !== used) {
      await unit.unrelate(Skill, 'current', skill.id);
      unit.relate(Skill, 'current', skill.id, used);
    }
    unit.audit(entry);
    return used;
  });
}

async function pinAgent(
  store: GraphStore,
  { skill, agent, versions, version, principal, why, entry }: Write & { readonly agent: AgentNode },
): Promise<string> {
  const loader = withinTenant(systemPrincipal('loader'), tenantOfScope(agent.scope));
  const present = await presentVersion(store, loader, skill);
  await store.transact(actingFor(loader, principal), { why }, async (unit) => {
    // Locks the agent, so that two pins at once leave one.
    await unit.update(Agent, agent.id, (node) => ({ restarts: node.restarts }));
    const pins = await unit.related(Agent, 'pinned', agent.id);
    const own = pins.filter((id) => versions.some((one) => one.id === id));
    for (const id of own) if (id !== version?.id) await unit.unrelate(Agent, 'pinned', agent.id, id);
    if (version && !own.includes(version.id)) unit.relate(Agent, 'pinned', agent.id, version.id);
    unit.audit(entry);
  });
  return version?.id ?? present?.id ?? versions[0]!.id;
}
