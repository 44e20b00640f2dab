import { createClientVerbs, createPinVerbs, diffVersions, type SkillHandlers } from '#agents';
import type {
  AuditService,
  ClientService,
  PathService,
  SearchService,
  Services,
  SkillService,
  UsageService,
} from '#api';
import { readChoiceReports } from '#gateway';
import { auditRecords, createPeople, decideApproval, verifyAudit } from '#governance';
import { type GraphStore, type KnowledgeSearch, type Principal, schema, shortestPath } from '#graph-schema';
import type { Ledger, UsageFilter } from '#platform';
import { KazeError } from '#platform';

type Filled = 'search' | 'paths' | 'audit' | 'usage' | 'approvals' | 'clients' | 'skills';

export interface ServiceParts extends Omit<Services, Filled> {
  readonly store: GraphStore;
  readonly knowledge: KnowledgeSearch;
  readonly ledger: Ledger;
  readonly usage: Pick<Ledger, 'sumUsage' | 'usageRows' | 'judgedUse'>;
  readonly decide: Parameters<typeof decideApproval>[0];
  readonly handlers: SkillHandlers;
}

/** The API's verbs, each filled with the part of the cell that does it. */
export function createServices(parts: ServiceParts): Services {
  const { store, knowledge, ledger, usage, decide, handlers, ...rest } = parts;
  return {
    ...rest,
    approvals: { decide: (principal, decision) => decideApproval(decide, principal, decision) },
    clients: clientService(store, decide.audit),
    skills: skillService({ store, handlers, audit: decide.audit }),
    search: searchService(store, knowledge),
    paths: pathService(store),
    audit: auditService(ledger),
    usage: usageService(usage),
  };
}

function clientService(store: GraphStore, audit: ServiceParts['decide']['audit']): ClientService {
  const people = createPeople({ store, audit });
  return {
    ...createClientVerbs({ store, audit }),
    createPerson: (principal, person) => people.create(principal, person),
  };
}

const EXCERPT_CHARACTERS = 240;

function searchService(store: GraphStore, knowledge: KnowledgeSearch): SearchService {
  return {
    async search(principal, { text, tenant, vertical, types, limit }, { signal }) {
      const scopes = [tenant ? `tenant:${tenant}` : [], vertical ? `vertical:${vertical}` : []].flat();
      const narrowed = scopes.length > 0 ? { scopes } : {};
      const hits = await knowledge.search(principal, { text, types, limit, signal, ...narrowed });
      const best = hits[0]?.score ?? 1;
      const excerpts = await excerptsOf(store, principal, hits);
      return hits.map(({ id, label, score, reasons }) => ({
        type: label,
        id,
        score: score / best,
        reasons: Object.entries(reasons)
          .filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0)
          .map(([name, share]) => `${name} ${share.toFixed(2)}`),
        excerpt: excerpts.get(id) ?? '',
      }));
    },
  };
}

async function excerptsOf(store: GraphStore, principal: Principal, hits: ReadonlyArray<{ id: string; label: string }>) {
  const excerpts = new Map<string, string>();
  for (const label of new Set(hits.map((hit) => hit.label))) {
    const { definition } = schema.type(label);
    const ids = hits.filter((hit) => hit.label === label).map(({ id }) => id);
    const property = definition.searchable?.at(-1) ?? 'id';
    for (const node of await store.list(principal, definition, { where: { id: { in: ids } }, limit: ids.length })) {
      const text = String((node as Record<string, unknown>)[property] ?? '');
      excerpts.set(node.id, text.length > EXCERPT_CHARACTERS ? `${text.slice(0, EXCERPT_CHARACTERS - 1)}…` : text);
    }
  }
  return excerpts;
}

function pathService(store: GraphStore): PathService {
  return {
    path: (principal, { from, to, maxLength }, { signal, timeoutMs }) =>
      shortestPath(store, principal, { from, to, maxLength, signal, timeoutMs }),
  };
}

function skillService(services: Parameters<typeof createPinVerbs>[0]): SkillService {
  const { pin, unpin, rollback } = createPinVerbs(services);
  return { pin, unpin, rollback, diff: (principal, wanted) => diffVersions(services.store, principal, wanted) };
}

function auditService(ledger: Ledger): AuditService {
  return {
    records: (principal, filter, page) => auditRecords(ledger, principal, { filter, page }),
    verify: (principal, { signal }) => verifyAudit(ledger, principal, { signal }),
  };
}

/** Usage of one's own client, or of the whole cell for those who reach it. */
export function usageService(ledger: ServiceParts['usage']): UsageService {
  return {
    async sum(principal, filter, by) {
      return ledger.sumUsage(ownUsage(principal, filter), by);
    },
    async rows(principal, filter, page) {
      const own = ownUsage(principal, filter);
      const [rows, sums] = await Promise.all([ledger.usageRows(own, page), ledger.sumUsage(own, [])]);
      return { rows, total: sums[0]?.calls ?? 0 };
    },
    async choices(principal, filter) {
      return readChoiceReports(ledger, ownUsage(principal, filter));
    },
  };
}

function ownUsage<Filter extends Pick<UsageFilter, 'tenant'>>(principal: Principal, filter: Filter): Filter {
  const { tenant } = principal;
  if (tenant === undefined) return filter;
  if (filter.tenant !== undefined && filter.tenant !== tenant) {
    throw new KazeError('KAZE_GRAPH_FORBIDDEN', `this token reaches the usage of ${tenant} only`, {
      fields: { tenant },
    });
  }
  return { ...filter, tenant };
}
