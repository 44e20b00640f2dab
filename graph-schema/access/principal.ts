import type { NodeFamily } from '../domain/definition.ts';

export type Role = 'viewer' | 'reviewer' | 'curator' | 'operator' | 'admin' | 'agent';
export type Right = 'read' | 'propose' | 'write';

/** `platform`, `vertical:<v>`, `tenant:<t>`, `agent:<t>/<a>`; a pattern may end in `*` after the colon or slash. */
export type ScopePattern = string;

export interface Grant {
  readonly right: Right;
  readonly scopes: readonly ScopePattern[];
  /** Node families it holds for; all when left out. */
  readonly families?: readonly NodeFamily[];
}

/**
 * On whose behalf something is read or written. There is no way to reach the graph without one, and only this module
 * makes them: from a token's role and tenant, for an agent at work, or for a named part of the system.
 */
export interface Principal {
  /** Id of the Person or Agent node, or `system:<part>`. */
  readonly id: string;
  readonly kind: 'person' | 'agent' | 'system';
  readonly name: string;
  readonly role: Role | 'system';
  /** The only client it reaches; undefined for the whole cell. */
  readonly tenant?: string;
  readonly grants: readonly Grant[];
}

const EVERYWHERE: ScopePattern[] = ['platform', 'vertical:*', 'tenant:*', 'agent:*'];

/** What a token with this role may do. A tenant narrows everything to that client and the shared scopes it reads. */
export function grantsFor(role: Role, tenant?: string): readonly Grant[] {
  const own = tenant === undefined ? ['tenant:*', 'agent:*'] : [`tenant:${tenant}`, `agent:${tenant}/*`];
  const read: Grant = { right: 'read', scopes: ['platform', 'vertical:*', ...own] };
  const propose: Grant = { right: 'propose', scopes: ['vertical:*', ...own], families: ['knowledge'] };
  const work: Grant = { right: 'write', scopes: own, families: ['work'] };
  const curate: Grant = { right: 'write', scopes: own, families: ['knowledge'] };
  switch (role) {
    case 'viewer':
      return [read];
    case 'reviewer':
      return [read, propose, work];
    case 'curator':
      return [read, propose, work, curate];
    case 'agent':
      return [read, propose, work];
    case 'operator':
      return [read, propose, work, curate, { right: 'write', scopes: own, families: ['actors'] }];
    case 'admin':
      return tenant === undefined
        ? [
            { right: 'read', scopes: EVERYWHERE },
            { right: 'propose', scopes: EVERYWHERE },
            { right: 'write', scopes: EVERYWHERE, families: ['actors', 'capability', 'work', 'sharing'] },
            curate,
          ]
        : [read, propose, work, curate, { right: 'write', scopes: own, families: ['actors', 'sharing'] }];
  }
}

export function personPrincipal(person: { id: string; name: string; role: Role; tenant?: string }): Principal {
  return { ...person, kind: 'person', grants: grantsFor(person.role, person.tenant) };
}

/** An agent at work for one client: it reads shared knowledge and its client, writes its work, and proposes knowledge. */
export function agentPrincipal(agent: { id: string; name: string; tenant: string }): Principal {
  return { ...agent, kind: 'agent', role: 'agent', grants: grantsFor('agent', agent.tenant) };
}

/**
 * Parts of the platform that act for nobody in particular. No token can name one.
 * - `feeder` reads and removes outbox entries and reads what they point to.
 * - `runtime` claims tasks and keeps their leases and steps.
 * - `ingestion` writes knowledge of clients; `loader` writes verticals' packs and definitions.
 * - `curation` writes accepted proposals; `auth` reads and writes tokens; `cell` opens, migrates, backs up.
 */
export type SystemPart = 'feeder' | 'runtime' | 'ingestion' | 'loader' | 'curation' | 'auth' | 'cell';

const SYSTEM_GRANTS: Readonly<Record<SystemPart, readonly Grant[]>> = {
  feeder: [
    { right: 'read', scopes: EVERYWHERE },
    { right: 'write', scopes: EVERYWHERE, families: ['system'] },
  ],
  runtime: [
    { right: 'read', scopes: EVERYWHERE },
    { right: 'write', scopes: ['tenant:*', 'agent:*'], families: ['work', 'actors'] },
  ],
  ingestion: [
    { right: 'read', scopes: EVERYWHERE },
    { right: 'write', scopes: ['tenant:*'], families: ['knowledge'] },
  ],
  loader: [
    { right: 'read', scopes: EVERYWHERE },
    {
      right: 'write',
      scopes: ['platform', 'vertical:*', 'tenant:*', 'agent:*'],
      families: ['actors', 'capability', 'knowledge'],
    },
  ],
  curation: [
    { right: 'read', scopes: EVERYWHERE },
    { right: 'write', scopes: ['vertical:*', 'tenant:*'], families: ['knowledge'] },
  ],
  auth: [
    { right: 'read', scopes: EVERYWHERE },
    { right: 'write', scopes: EVERYWHERE, families: ['system', 'actors'] },
  ],
  cell: [
    { right: 'read', scopes: EVERYWHERE },
    { right: 'write', scopes: EVERYWHERE },
  ],
};

export function systemPrincipal(part: SystemPart): Principal {
  return { id: `system:${part}`, kind: 'system', name: part, role: 'system', grants: SYSTEM_GRANTS[part] };
}

const MOST_TENANTS = 1_000;
/** Kept, so that what follows from a principal is worked out once for each client. */
const within = new WeakMap<Principal, Map<string, Principal>>();

/** Same system part, kept to one client: for work on behalf of a tenant that must not reach another. */
export function withinTenant(principal: Principal, tenant: string): Principal {
  const kept = within.get(principal) ?? new Map<string, Principal>();
  within.set(principal, kept);
  let narrowed = kept.get(tenant);
  if (!narrowed) {
    if (kept.size >= MOST_TENANTS) kept.clear();
    narrowed = keptWithin(principal, tenant);
    kept.set(tenant, narrowed);
  }
  return narrowed;
}

function keptWithin(principal: Principal, tenant: string): Principal {
  const keep = (scope: string) =>
    scope === 'tenant:*' ? [`tenant:${tenant}`] : scope === 'agent:*' ? [`agent:${tenant}/*`] : [scope];
  return {
    ...principal,
    tenant,
    grants: principal.grants.map((grant) => ({ ...grant, scopes: grant.scopes.flatMap(keep) })),
  };
}

/** A part of the platform that does what someone asked for and may ask for: its rights, that one's name on what it writes. */
export function actingFor(part: Principal, who: Pick<Principal, 'id' | 'name'>): Principal {
  return { ...part, id: who.id, name: who.name };
}
