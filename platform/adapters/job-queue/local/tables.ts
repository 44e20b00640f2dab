import { type Kysely, sql } from 'kysely';
import type { Migration } from '../../database/migrations.ts';

type StoredInteger = string | number | bigint;

export type QueueTables = {
  jobs: {
    /** Order of arrival. */
    position: StoredInteger;
    queue: string;
    id: string;
    data: string;
    state: 'waiting' | 'active' | 'failed';
    /** Tries that ended with an error. */
    failures: number;
    /** Times the process died while the job ran. */
    crashes: number;
    attempts: number;
    /** Epoch milliseconds; when failed: since when. */
    run_at: StoredInteger;
    error: string | null;
  };
  schedules: {
    name: string;
    queue: string;
    every_ms: StoredInteger;
    data: string;
    next_at: StoredInteger;
  };
};

export type QueueDatabase = Kysely<QueueTables>;

export const queueMigrations: readonly Migration[] = [
  {
    version: 1,
    name: 'jobs and schedules',
    async up(transaction, schema) {
      const jobs = sql.id(schema, 'jobs');
      await sql`create table ${jobs} (
        position bigint generated always as identity,
        queue text not null, id text not null, data text not null, state text not null,
        failures integer not null default 0, crashes integer not null default 0, attempts integer not null,
        run_at bigint not null, error text, primary key (queue, id))`.execute(transaction);
      await sql`create index jobs_due on ${jobs} (queue, state, run_at, position)`.execute(transaction);
      await sql`create table ${sql.id(schema, 'schedules')} (
        name text primary key, queue text not null, every_ms bigint not null, data text not null,
        next_at bigint not null)`.execute(transaction);
    },
  },
];
