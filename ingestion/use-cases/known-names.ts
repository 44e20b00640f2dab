import { Entity, type GraphStore, Person, type Principal, systemPrincipal, Tenant, withinTenant } from '#graph-schema';
import { type Clock, createDetector, type Detector, type KnownName } from '#platform';

export interface KnownNamesOptions {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly maxNames: number;
  readonly maxAgeMs: number;
}

/** Guesses must not breed guesses: only entities this sure are looked for elsewhere. */
const SURE = 0.9;

/** Detectors by tenant, with the tenant's own graph as dictionary; read again when they have grown old. */
export function createKnownNames({ store, clock, maxNames, maxAgeMs }: KnownNamesOptions) {
  const kept = new Map<string, { readonly until: number; readonly detector: Promise<Detector> }>();

  async function load(tenant: string): Promise<Detector> {
    const principal = withinTenant(systemPrincipal('ingestion'), tenant);
    const [tenants, dictionary] = await Promise.all([
      store.list(principal, Tenant, { where: { name: { eq: tenant } }, limit: 1 }),
      namesOf(store, principal, maxNames),
    ]);
    const country = tenants[0]?.country ?? undefined;
    return createDetector({ dictionary, ...(country ? { country } : {}) });
  }

  return (tenant: string): Promise<Detector> => {
    const known = kept.get(tenant);
    if (known && known.until > clock.now()) return known.detector;
    const detector = load(tenant);
    kept.set(tenant, { until: clock.now() + maxAgeMs, detector });
    detector.catch(() => kept.delete(tenant));
    return detector;
  };
}

async function namesOf(store: GraphStore, principal: Principal, maxNames: number): Promise<KnownName[]> {
  if (maxNames === 0) return [];
  const kinds = ['organisation', 'person', 'place', 'product'];
  const limit = Math.min(maxNames, 10_000);
  const [people, entities] = await Promise.all([
    store.list(principal, Person, { limit: Math.min(limit, 1_000) }),
    store.list(principal, Entity, {
      where: { kind: { in: kinds }, or: [{ confidence: { gte: SURE } }, { confidence: { isNull: true } }] },
      limit,
    }),
  ]);
  const scope = `tenant:${principal.tenant}`;
  return [
    ...people.filter((person) => person.scope === scope).map(({ name }) => ({ name, kind: 'person' as const })),
    ...entities.filter((entity) => entity.scope === scope).map(({ name, kind }) => ({ name, kind })),
  ];
}
