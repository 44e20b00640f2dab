import { sql } from 'kysely';
import { KEPT_FAILED, MAX_CRASHES, retryPauseMs } from '../input.ts';
import type { QueueDatabase } from './tables.ts';

export interface StoredJob {
  readonly queue: string;
  readonly id: string;
  readonly data: string;
  readonly failures: number;
  readonly attempts: number;
}

export interface NewJob {
  readonly queue: string;
  readonly id: string;
  readonly data: string;
  readonly attempts: number;
  readonly runAt: number;
}

/** The tables of the queue, one statement or transaction per operation. */
export class JobStore {
  readonly #db: QueueDatabase;

  constructor(db: QueueDatabase) {
    this.#db = db;
  }

  async insert(job: NewJob): Promise<void> {
    const { runAt, ...columns } = job;
    await this.#db
      .insertInto('jobs')
      .values({ ...columns, state: 'waiting', run_at: runAt } as never)
      .onConflict((on) => on.doNothing())
      .execute();
  }

  /** Marks up to `limit` due jobs as running, oldest first. */
  async claim(queue: string, now: number, limit: number): Promise<readonly StoredJob[]> {
    const due = this.#db
      .selectFrom('jobs')
      .select('id')
      .where('queue', '=', queue)
      .where('state', '=', 'waiting')
      .where('run_at', '<=', now)
      .orderBy('run_at')
      .orderBy('position')
      .limit(limit)
      .forUpdate()
      .skipLocked();
    return this.#db
      .updateTable('jobs')
      .set({ state: 'active' })
      .where('queue', '=', queue)
      .where('id', 'in', due)
      .returning(['queue', 'id', 'data', 'failures', 'attempts'])
      .execute();
  }

  /** When the next waiting job of the queue is due. */
  async nextDue(queue: string): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom('jobs')
      .select((s) => s.fn.min('run_at').as('at'))
      .where('queue', '=', queue)
      .where('state', '=', 'waiting')
      .executeTakeFirst();
    return row?.at == null ? undefined : Number(row.at);
  }

  async remove(job: StoredJob): Promise<void> {
    await this.#db.deleteFrom('jobs').where('queue', '=', job.queue).where('id', '=', job.id).execute();
  }

  /** Puts a job back for its next try, or keeps it as failed after its last. */
  async fail(job: StoredJob, reason: string, now: number): Promise<'again' | 'failed'> {
    const failures = job.failures + 1;
    const last = failures >= job.attempts;
    const runAt = last ? now : now + retryPauseMs(failures);
    const error = reason.replaceAll('\u0000', '').slice(0, 2_000);
    await this.#db
      .updateTable('jobs')
      .set({ state: last ? 'failed' : 'waiting', failures, run_at: runAt, error })
      .where('queue', '=', job.queue)
      .where('id', '=', job.id)
      .execute();
    return last ? 'failed' : 'again';
  }

  /** What ran when the process died waits again; drops failed jobs beyond what is kept. */
  async recover(now: number): Promise<number> {
    const recovered = await this.#db
      .updateTable('jobs')
      .set((s) => ({ crashes: sql<number>`${s.ref('crashes')} + 1`, state: 'waiting' as const }))
      .where('state', '=', 'active')
      .executeTakeFirst();
    await this.#db
      .updateTable('jobs')
      .set({ state: 'failed', error: `its process died ${MAX_CRASHES} times while it ran`, run_at: now })
      .where('state', '=', 'waiting')
      .where('crashes', '>=', MAX_CRASHES)
      .execute();
    await this.prune(now);
    return Number(recovered.numUpdatedRows);
  }

  async prune(now: number): Promise<void> {
    await this.#db
      .deleteFrom('jobs')
      .where('state', '=', 'failed')
      .where('run_at', '<', now - KEPT_FAILED.ageMs)
      .execute();
    const newest = this.#db.selectFrom('jobs').select('position').where('state', '=', 'failed');
    await this.#db
      .deleteFrom('jobs')
      .where('position', 'in', newest.orderBy('run_at', 'desc').offset(KEPT_FAILED.count))
      .execute();
  }

  async counts(queue: string): Promise<Readonly<Record<string, number>>> {
    const rows = await this.#db
      .selectFrom('jobs')
      .select((s) => ['state', s.fn.countAll<string>().as('count')])
      .where('queue', '=', queue)
      .groupBy('state')
      .execute();
    return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]));
  }

  /** An unchanged interval keeps its next run; another interval begins at once at the latest after its own length. */
  async putSchedule(
    schedule: { name: string; queue: string; everyMs: number; data: string },
    now: number,
  ): Promise<void> {
    const { name, queue, everyMs, data } = schedule;
    await this.#db
      .insertInto('schedules')
      .values({ name, queue, every_ms: everyMs, data, next_at: now })
      .onConflict((on) =>
        on.column('name').doUpdateSet({
          queue,
          every_ms: everyMs,
          data,
          next_at: sql<number>`case when excluded.every_ms = schedules.every_ms then schedules.next_at
            else least(schedules.next_at, ${now + everyMs}::bigint) end`,
        }),
      )
      .execute();
  }

  async removeSchedule(name: string): Promise<void> {
    await this.#db.deleteFrom('schedules').where('name', '=', name).execute();
  }

  /** Enqueues every run that is due, once however late it is, and moves the schedule on, in one transaction. */
  async runDueSchedules(now: number, attempts: number): Promise<readonly string[]> {
    return this.#db.transaction().execute(async (transaction) => {
      const due = await transaction
        .selectFrom('schedules')
        .selectAll()
        .where('next_at', '<=', now)
        .forUpdate()
        .execute();
      for (const { name, queue, data, every_ms, next_at } of due) {
        const id = `schedule:${name}:${next_at}`;
        const everyMs = Number(every_ms);
        const missed = Math.floor((now - Number(next_at)) / everyMs);
        await transaction
          .updateTable('schedules')
          .set({ next_at: Number(next_at) + (missed + 1) * everyMs })
          .where('name', '=', name)
          .execute();
        const running = await transaction
          .selectFrom('jobs')
          .select('id')
          .where('queue', '=', queue)
          .where('state', 'in', ['waiting', 'active'])
          .where(sql<boolean>`starts_with(id, ${`schedule:${name}:`})`)
          .executeTakeFirst();
        if (running) continue;
        await new JobStore(transaction).insert({ queue, id, data, attempts, runAt: now });
      }
      return due.map((schedule) => schedule.queue);
    });
  }

  async nextSchedule(): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom('schedules')
      .select((s) => s.fn.min('next_at').as('at'))
      .executeTakeFirst();
    return row?.at == null ? undefined : Number(row.at);
  }
}
