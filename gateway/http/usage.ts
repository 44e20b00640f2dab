import type { UsageDimension, UsageFilter, UsageRow } from '#platform';
import type { VirtualKey } from '../domain/virtual-key.ts';
import type { Judgements } from '../ports/outcome-feed.ts';
import type { Handler } from './calls.ts';
import { httpError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { badField, onlyKnown } from './fields.ts';

const FILTERS = ['agent', 'task', 'taskType', 'model', 'keyId', 'virtualKeyId', 'from', 'to'] as const;
const DIMENSIONS: readonly UsageDimension[] = [
  ...(['tenant', 'agent', 'task', 'taskType', 'skillVersion', 'provider', 'model'] as const),
  ...(['keyId', 'virtualKeyId', 'outcome', 'day', 'hour', 'minute'] as const),
];
const MOST_DIMENSIONS = 4;
const MOST_ROWS = 500;
const USUAL_ROWS = 100;
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

type Query = Readonly<Record<string, string>>;
type Reader = Judgements['usage'];

/**
 * `GET /v1/kaze/usage`: what the calls of the key's client (or agent, where it is an agent's) came to, summed by `by`.
 * Errors: KAZE_GATEWAY_FIELD, KAZE_GATEWAY_FORBIDDEN, and the ledger's.
 */
export const usage: Handler = async ({ judgements }, { exchange, key }) => {
  const query = queryOf(exchange, ['by', ...FILTERS]);
  exchange.json(200, await sums(readerOf(judgements), own(key, query), query.by));
};

/** `GET /v1/kaze/usage/rows`: the same calls one by one, oldest first; `next` is what `after` goes on from. */
export const usageRows: Handler = async ({ judgements }, { exchange, key }) => {
  const query = queryOf(exchange, ['first', 'after', ...FILTERS]);
  const limit = query.first === undefined ? USUAL_ROWS : Number(query.first);
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= MOST_ROWS)) {
    badField('first', `must be a whole number from 1 to ${MOST_ROWS}`);
  }
  // One more tells whether there are any behind them.
  const rows = await readerOf(judgements).usageRows(own(key, query), { limit: limit + 1, after: query.after });
  const shown = rows.slice(0, limit);
  exchange.json(200, { nodes: shown.map(shownRow), next: rows.length > limit ? shown.at(-1)!.id : null });
};

/** The sums of all clients, or of one, for whoever looks after the gateway. */
export async function showUsage(exchange: Exchange, judgements: Judgements | undefined): Promise<void> {
  const query = queryOf(exchange, ['by', 'tenant', ...FILTERS]);
  exchange.json(200, await sums(readerOf(judgements), { ...filterOf(query), tenant: query.tenant }, query.by));
}

function readerOf(judgements: Judgements | undefined): Reader {
  if (judgements) return judgements.usage;
  throw httpError('KAZE_GATEWAY_ROUTE', 'this gateway shows no usage');
}

async function sums(reader: Reader, filter: UsageFilter, by = 'model') {
  const names = by.split(',');
  const wanted = DIMENSIONS.filter((name) => names.includes(name));
  if (wanted.length !== names.length || names.length > MOST_DIMENSIONS) {
    badField('by', `must be up to ${MOST_DIMENSIONS} of ${DIMENSIONS.join(', ')}, each once`);
  }
  return { nodes: await reader.sumUsage(filter, names as UsageDimension[]) };
}

function own({ tenant, agent }: VirtualKey, query: Query): UsageFilter {
  const filter = filterOf(query);
  if (agent !== null && filter.agent !== undefined && filter.agent !== agent) {
    throw httpError('KAZE_GATEWAY_FORBIDDEN', 'this key is one agent’s and shows the calls of that one alone', {
      fields: { param: 'agent' },
    });
  }
  return { ...filter, tenant, agent: agent ?? filter.agent };
}

function filterOf(query: Query): UsageFilter {
  const { agent, task, taskType, model, keyId, virtualKeyId } = query;
  const from = instantAt(query.from, 'from');
  const to = instantAt(query.to, 'to');
  return { agent, task, taskType, model, keyId, virtualKeyId, from, to };
}

function instantAt(text: string | undefined, param: string): number | undefined {
  if (text === undefined) return undefined;
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? badField(param, 'must be a day or a time as in ISO 8601, with its zone') : at;
}

function queryOf({ request }: Exchange, known: readonly string[]): Query {
  const { searchParams } = new URL(request.url ?? '/', 'http://gateway');
  const query = Object.fromEntries(searchParams);
  onlyKnown(query, new Set(known), 'Kaze');
  return query;
}

function shownRow({ at, ...row }: UsageRow) {
  return { ...row, at: new Date(at).toISOString() };
}
