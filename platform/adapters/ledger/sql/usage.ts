import { type SqlBool, sql } from 'kysely';
import type { Page, UsageDimension, UsageFilter, UsageRow, UsageSum } from '../../../ports/ledger.ts';
import { lock } from '../../database/migrations.ts';
import { refused, toInteger, toStoredUsage, toUsageRow } from './rows.ts';
import { type LedgerDatabase, usageLock } from './tables.ts';

/** Rows a statement inserts. */
const BATCH = 1_000;
const MAX_PAGE = 1_000;

const DIMENSIONS = {
  tenant: sql<string | null>`tenant`,
  agent: sql<string | null>`agent`,
  task: sql<string | null>`task`,
  taskType: sql<string | null>`task_type`,
  skillVersion: sql<string | null>`skill_version`,
  provider: sql<string | null>`provider`,
  model: sql<string | null>`model`,
  keyId: sql<string | null>`key_id`,
  virtualKeyId: sql<string | null>`virtual_key_id`,
  outcome: sql<string | null>`outcome`,
  day: instant('YYYY-MM-DD'),
  hour: instant('YYYY-MM-DD"T"HH24'),
  minute: instant('YYYY-MM-DD"T"HH24:MI'),
} satisfies Record<UsageDimension, unknown>;

function instant(format: string) {
  return sql<string | null>`to_char(to_timestamp(at / 1000.0) at time zone 'UTC', ${sql.lit(format)})`;
}

const SUMS = [
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'cost_micros',
] as const;

export async function recordUsage(db: LedgerDatabase, schema: string, rows: readonly UsageRow[]): Promise<void> {
  // In one order, so that two writers of the same rows wait for each other instead of deadlocking.
  const stored = rows.map(toStoredUsage).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const [first] = stored;
  if (!first) return;
  const table = sql.id(schema, 'usage');
  const columns = sql.join(Object.keys(first).map((column) => sql.id(column)));
  await db.transaction().execute(async (transaction) => {
    // A backup waits for holders of this lock: after that, no row can still appear below the positions it reads.
    await lock(transaction, usageLock(schema), 'shared');
    for (let start = 0; start < stored.length; start += BATCH) {
      const batch = JSON.stringify(stored.slice(start, start + BATCH));
      // One parameter for all rows, and one text for any number of them: 26 for each row were built and written one by one.
      await sql`insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, ${batch}::json)
        on conflict (id) do nothing`.execute(transaction);
    }
  });
}

export async function usageRows(db: LedgerDatabase, filter: UsageFilter, page?: Page): Promise<readonly UsageRow[]> {
  let query = db.selectFrom('usage').selectAll().where(conditions(filter));
  if (page?.after !== undefined) {
    const last = await db.selectFrom('usage').select(['at', 'id']).where('id', '=', page.after).executeTakeFirst();
    if (!last) throw refused('page.after', 'the id of a usage row', page.after);
    query = query.where(sql<SqlBool>`(at, id) > (${last.at}::bigint, ${last.id} collate "C")`);
  }
  const rows = await query.orderBy('at').orderBy('id').limit(pageLimit(page)).execute();
  return rows.map(toUsageRow);
}

export async function sumUsage(
  { db, schema }: { db: LedgerDatabase; schema: string },
  filter: UsageFilter,
  by: readonly UsageDimension[],
): Promise<readonly UsageSum[]> {
  for (const name of by) {
    if (!Object.hasOwn(DIMENSIONS, name)) throw refused('a dimension', Object.keys(DIMENSIONS).join(', '), name);
  }
  const dimensions = [...new Set(by)];
  const keys = dimensions.map((name) => sql`${DIMENSIONS[name]} as ${sql.id(`by_${name}`)}`);
  const columns = [
    ...keys,
    sql`count(*) as calls`,
    ...SUMS.map((column) => sql`coalesce(sum(${sql.id(column)}), 0)::text as ${sql.id(column)}`),
  ];
  const positions = dimensions.map((_, index) => sql.lit(index + 1));
  const grouped = positions.length
    ? sql`group by ${sql.join(positions)} order by ${sql.join(positions.map((p) => sql`${p} nulls first`))}`
    : sql``;
  const { rows } = await sql<Record<string, string | null>>`select ${sql.join(columns)} from ${sql.id(schema, 'usage')}
    where ${conditions(filter)} ${grouped}`.execute(db);
  return rows.map((row) => ({
    group: Object.fromEntries(dimensions.map((name) => [name, row[`by_${name}`] ?? null])),
    calls: toInteger(row.calls!),
    inputTokens: toInteger(row.input_tokens!),
    outputTokens: toInteger(row.output_tokens!),
    cachedTokens: toInteger(row.cached_tokens!),
    cacheWriteTokens: toInteger(row.cache_write_tokens!),
    reasoningTokens: toInteger(row.reasoning_tokens!),
    costMicros: toInteger(row.cost_micros!),
  }));
}

/** `from` is included, `to` is not. */
function conditions(filter: UsageFilter) {
  const parts = [sql`true`];
  if (filter.tenant !== undefined) parts.push(sql`tenant = ${filter.tenant}`);
  if (filter.agent !== undefined) parts.push(sql`agent = ${filter.agent}`);
  if (filter.task !== undefined) parts.push(sql`task = ${filter.task}`);
  if (filter.keyId !== undefined) parts.push(sql`key_id = ${filter.keyId}`);
  if (filter.virtualKeyId !== undefined) parts.push(sql`virtual_key_id = ${filter.virtualKeyId}`);
  if (filter.taskType !== undefined) parts.push(sql`task_type = ${filter.taskType}`);
  if (filter.model !== undefined) parts.push(sql`model = ${filter.model}`);
  if (filter.from !== undefined) parts.push(sql`at >= ${filter.from}`);
  if (filter.to !== undefined) parts.push(sql`at < ${filter.to}`);
  return sql<SqlBool>`${sql.join(parts, sql` and `)}`;
}

export function pageLimit(page: Page | undefined): number {
  const limit = page?.limit ?? 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) throw refused('page.limit', `1 to ${MAX_PAGE}`, limit);
  return limit;
}
