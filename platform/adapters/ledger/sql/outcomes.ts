import { sql } from 'kysely';
import type { JudgedFilter, JudgedUse, OutcomeRow } from '../../../ports/ledger.ts';
import { lock } from '../../database/migrations.ts';
import { refused, toInteger, toStoredOutcome } from './rows.ts';
import { type LedgerDatabase, type StoredInteger, usageLock } from './tables.ts';

/** Rows a statement inserts: 8 parameters each, of the 65,535 that PostgreSQL takes. */
const BATCH = 4_000;

export async function recordOutcomes(db: LedgerDatabase, schema: string, rows: readonly OutcomeRow[]): Promise<void> {
  const stored = rows.map(toStoredOutcome).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  if (stored.length === 0) return;
  await db.transaction().execute(async (transaction) => {
    // Shared with a backup, as with rows of usage.
    await lock(transaction, usageLock(schema), 'shared');
    for (let start = 0; start < stored.length; start += BATCH) {
      await transaction
        .insertInto('outcomes')
        .values(stored.slice(start, start + BATCH) as never)
        .onConflict((on) => on.column('id').doNothing())
        .execute();
    }
  });
}

interface Row {
  readonly task_type: string;
  readonly provider: string;
  readonly model: string;
  readonly tasks: number;
  readonly score: number;
  readonly calls: StoredInteger;
  readonly input_tokens: StoredInteger;
  readonly output_tokens: StoredInteger;
  readonly cost_micros: StoredInteger;
  readonly approved: StoredInteger;
  readonly edited: StoredInteger;
  readonly rejected: StoredInteger;
  readonly passed: StoredInteger;
  readonly failed: StoredInteger;
}

/**
 * The last judgement of each task, a person's before the criteria's, beside the rows of usage of that task. Rows that
 * arrive later than their judgement count from then on, since nothing is summed up beforehand.
 */
export async function judgedUse(
  { db, schema }: { db: LedgerDatabase; schema: string },
  filter: JudgedFilter,
): Promise<readonly JudgedUse[]> {
  const { latest } = filter;
  if (latest !== undefined && !(Number.isSafeInteger(latest) && latest > 0)) {
    throw refused('filter.latest', 'a whole number from 1', latest);
  }
  const outcomes = sql.id(schema, 'outcomes');
  const usage = sql.id(schema, 'usage');
  const newest = latest === undefined ? sql`true` : sql`place <= ${latest}::bigint`;
  const verdicts = ['approved', 'edited', 'rejected', 'passed', 'failed'];
  const counted = verdicts.map((name) => sql`count(*) filter (where verdict = ${sql.lit(name)}) as ${sql.id(name)}`);
  const { rows } = await sql<Row>`
    with judged as (
      select distinct on (tenant, task) tenant, task, task_type, at, verdict, score from ${outcomes}
      where ${conditions(filter)} order by tenant, task, (judge = 'person') desc, at desc, id desc),
    placed as (
      select *, row_number() over (partition by task_type order by at desc, tenant, task) as place from judged),
    used as (
      select j.tenant, j.task, j.task_type, j.verdict, j.score, u.provider, u.model,
        count(*) filter (where u.outcome = 'ok' and not u.cache_hit) as calls, sum(u.input_tokens) as input_tokens,
        sum(u.output_tokens) as output_tokens, sum(u.cost_micros) as cost_micros
      from placed j join ${usage} u on u.task = j.task and u.tenant = j.tenant and u.task_type = j.task_type
      where ${newest} group by 1, 2, 3, 4, 5, 6, 7),
    shared as (
      select *, calls::float8 / nullif(sum(calls) over (partition by tenant, task), 0)::float8 as share from used)
    select task_type, provider, model, sum(share) as tasks, sum(share * score) as score, sum(calls)::text as calls,
      sum(input_tokens)::text as input_tokens, sum(output_tokens)::text as output_tokens,
      sum(cost_micros)::text as cost_micros, ${sql.join(counted)}
    from shared where share > 0 group by 1, 2, 3
    order by task_type collate "C", provider collate "C", model collate "C"`.execute(db);
  return rows.map((row) => ({
    taskType: row.task_type,
    provider: row.provider,
    model: row.model,
    tasks: row.tasks,
    score: row.score,
    calls: toInteger(row.calls),
    inputTokens: toInteger(row.input_tokens),
    outputTokens: toInteger(row.output_tokens),
    costMicros: toInteger(row.cost_micros),
    verdicts: {
      approved: toInteger(row.approved),
      edited: toInteger(row.edited),
      rejected: toInteger(row.rejected),
      passed: toInteger(row.passed),
      failed: toInteger(row.failed),
    },
  }));
}

/** `from` is included, `to` is not. */
function conditions({ tenant, taskType, from, to }: JudgedFilter) {
  const parts = [sql`true`];
  if (tenant !== undefined) parts.push(sql`tenant = ${tenant}`);
  if (taskType !== undefined) parts.push(sql`task_type = ${taskType}`);
  if (from !== undefined) parts.push(sql`at >= ${from}`);
  if (to !== undefined) parts.push(sql`at < ${to}`);
  return sql`${sql.join(parts, sql` and `)}`;
}
