import { type Kysely, sql } from 'kysely';
import type { Migration } from '../../database/migrations.ts';

/** PostgreSQL's bigint: text from `pg`, a number or bigint from PGlite. Read through `toInteger` only. */
export type StoredInteger = string | number | bigint;

export type LedgerTables = {
  usage: {
    position: StoredInteger;
    id: string;
    at: StoredInteger;
    tenant: string;
    agent: string;
    task: string | null;
    skill_version: string | null;
    channel: string | null;
    provider: string;
    model: string;
    key_id: string | null;
    virtual_key_id: string | null;
    task_type: string | null;
    call_id: string | null;
    attempt: StoredInteger;
    cache_hit: boolean;
    input_tokens: StoredInteger;
    output_tokens: StoredInteger;
    cached_tokens: StoredInteger;
    cache_write_tokens: StoredInteger;
    reasoning_tokens: StoredInteger;
    cost_micros: StoredInteger;
    reserved_micros: StoredInteger;
    latency_ms: StoredInteger;
    first_token_ms: StoredInteger | null;
    outcome: string;
    error_code: string | null;
  };
  outcomes: {
    position: StoredInteger;
    id: string;
    at: StoredInteger;
    tenant: string;
    task: string;
    task_type: string;
    judge: string;
    verdict: string;
    score: number;
  };
  audit: {
    sequence: StoredInteger;
    id: string;
    at: StoredInteger;
    attempt: string;
    phase: string;
    actor: string;
    action: string;
    subject: string;
    scope: string;
    result: string | null;
    detail: string;
    previous_hash: string;
    hash: string;
  };
};

export type LedgerDatabase = Kysely<LedgerTables>;

// Ids compare by their bytes ("C"): the engines' default collations differ, and pages continue after an id.
export const ledgerMigrations: readonly Migration[] = [
  {
    version: 1,
    name: 'usage and audit',
    async up(transaction, schema) {
      const usage = sql.id(schema, 'usage');
      const audit = sql.id(schema, 'audit');
      const statements = [
        sql`create table ${usage} (
          position bigint generated always as identity unique,
          id text collate "C" primary key, at bigint not null, tenant text not null, agent text not null, task text,
          skill_version text, channel text, provider text not null, model text not null, key_id text,
          input_tokens bigint not null, output_tokens bigint not null, cached_tokens bigint not null,
          cost_micros bigint not null, latency_ms bigint not null, first_token_ms bigint,
          outcome text not null, error_code text)`,
        sql`create index usage_at on ${usage} (at, id)`,
        sql`create index usage_tenant on ${usage} (tenant, at, id)`,
        sql`create index usage_task on ${usage} (task) where task is not null`,
        // The detail is text: jsonb would reorder keys and rewrite numbers, and the hash is over the exact content.
        sql`create table ${audit} (
          sequence bigint primary key, id text collate "C" not null unique, at bigint not null, attempt text not null,
          phase text not null, actor text not null, action text not null, subject text not null, scope text not null,
          result text, detail text not null, previous_hash text not null, hash text not null)`,
        sql`create index audit_scope on ${audit} (scope, sequence)`,
        sql`create index audit_subject on ${audit} (subject, sequence)`,
        sql`create index audit_actor on ${audit} (actor, sequence)`,
        sql`create function ${sql.id(schema, 'refuse_change')}() returns trigger language plpgsql as
          $$ begin raise exception 'the ledger is append-only'; end $$`,
        ...[usage, audit].flatMap((table) => [
          sql`create trigger append_only before update or delete on ${table}
            for each row execute function ${sql.id(schema, 'refuse_change')}()`,
          sql`create trigger append_only_truncate before truncate on ${table}
            for each statement execute function ${sql.id(schema, 'refuse_change')}()`,
        ]),
      ];
      for (const statement of statements) await statement.execute(transaction);
    },
  },
  {
    version: 2,
    name: 'attempts: keys, kinds of tokens, what was reserved',
    async up(transaction, schema) {
      const usage = sql.id(schema, 'usage');
      // A default that is a constant rewrites no row, and no trigger sees it as a change.
      await sql`alter table ${usage}
        add column virtual_key_id text, add column task_type text, add column call_id text,
        add column attempt bigint not null default 1, add column cache_hit boolean not null default false,
        add column cache_write_tokens bigint not null default 0, add column reasoning_tokens bigint not null default 0,
        add column reserved_micros bigint not null default 0`.execute(transaction);
      await sql`create index usage_key on ${usage} (key_id, at) where key_id is not null`.execute(transaction);
      await sql`create index usage_virtual_key on ${usage} (virtual_key_id, at) where virtual_key_id is not null`.execute(
        transaction,
      );
    },
  },
  {
    version: 3,
    name: 'how tasks were judged',
    async up(transaction, schema) {
      const outcomes = sql.id(schema, 'outcomes');
      const refuse = sql`execute function ${sql.id(schema, 'refuse_change')}()`;
      const statements = [
        sql`create table ${outcomes} (
          position bigint generated always as identity unique,
          id text collate "C" primary key, at bigint not null, tenant text not null, task text not null,
          task_type text not null, judge text not null, verdict text not null, score double precision not null)`,
        sql`create index outcomes_type on ${outcomes} (task_type, at)`,
        sql`create index outcomes_task on ${outcomes} (tenant, task)`,
        sql`create trigger append_only before update or delete on ${outcomes} for each row ${refuse}`,
        sql`create trigger append_only_truncate before truncate on ${outcomes} for each statement ${refuse}`,
      ];
      for (const statement of statements) await statement.execute(transaction);
    },
  },
];

/** Names of the locks that writers and backups share, across processes. */
export const usageLock = (schema: string) => `${schema}:usage`;
export const auditLock = (schema: string) => `${schema}:audit`;
