import type { AuditEntry, AuditRecord, AuditVerification, Page } from '../../../ports/ledger.ts';
import { lock } from '../../database/migrations.ts';
import { type ChainHead, EMPTY_CHAIN, misfit, nextRecord } from './chain.ts';
import { checkedEntry, refused, toAuditRecord, toInteger, toStoredAudit } from './rows.ts';
import { auditLock, type LedgerDatabase } from './tables.ts';
import { pageLimit } from './usage.ts';

const BATCH = 1_000;

export async function appendAudit(
  db: LedgerDatabase,
  schema: string,
  entries: readonly AuditEntry[],
): Promise<readonly AuditRecord[]> {
  const checked = entries.map(checkedEntry);
  if (checked.length === 0) return [];
  return db.transaction().execute(async (transaction) => {
    // Whoever holds this lock alone may read the head and append to it: one chain, whatever the number of processes.
    await lock(transaction, auditLock(schema), 'exclusive');
    const known = await knownRecords(transaction, checked);
    let head = await chainHead(transaction);
    const fresh: AuditRecord[] = [];
    const result = checked.map((entry) => {
      const existing = known.get(entry.id);
      if (existing) return existing;
      const record = nextRecord(head, entry);
      head = record;
      fresh.push(record);
      known.set(record.id, record);
      return record;
    });
    for (let start = 0; start < fresh.length; start += BATCH) {
      await transaction
        .insertInto('audit')
        .values(fresh.slice(start, start + BATCH).map(toStoredAudit))
        .execute();
    }
    return result;
  });
}

export async function auditRecords(
  db: LedgerDatabase,
  filter: { scope?: string; subject?: string; actor?: string },
  page?: Page,
): Promise<readonly AuditRecord[]> {
  const after = page?.after ?? '0';
  if (!/^\d{1,15}$/.test(after)) throw refused('page.after', 'the sequence of an audit record', after);
  let query = db.selectFrom('audit').selectAll().where('sequence', '>', after);
  if (filter.scope !== undefined) query = query.where('scope', '=', filter.scope);
  if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
  if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor);
  const rows = await query.orderBy('sequence').limit(pageLimit(page)).execute();
  return rows.map(toAuditRecord);
}

export async function verifyAudit(
  db: LedgerDatabase,
  options: { signal?: AbortSignal; onProgress?: (checked: number) => void } = {},
): Promise<AuditVerification> {
  let head = EMPTY_CHAIN;
  for (;;) {
    options.signal?.throwIfAborted();
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('sequence', '>', head.sequence)
      .orderBy('sequence')
      .limit(BATCH)
      .execute();
    for (const row of rows) {
      const reason = check(head, row);
      if (typeof reason === 'string') {
        const sequence = Math.min(toInteger(row.sequence), head.sequence + 1);
        return { ok: false, checked: head.sequence, head: head.hash, broken: { sequence, reason } };
      }
      head = reason;
    }
    options.onProgress?.(head.sequence);
    if (rows.length < BATCH) return { ok: true, checked: head.sequence, head: head.hash };
  }
}

/** The next head, or the reason why the row does not fit. */
function check(head: ChainHead, row: Parameters<typeof toAuditRecord>[0]): ChainHead | string {
  try {
    const record = toAuditRecord(row);
    return misfit(head, record) ?? record;
  } catch {
    return 'its content cannot be read';
  }
}

export async function chainHead(db: LedgerDatabase): Promise<ChainHead> {
  const row = await db
    .selectFrom('audit')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { sequence: toInteger(row.sequence), hash: row.hash } : EMPTY_CHAIN;
}

async function knownRecords(db: LedgerDatabase, entries: readonly AuditEntry[]): Promise<Map<string, AuditRecord>> {
  const known = new Map<string, AuditRecord>();
  for (let start = 0; start < entries.length; start += BATCH) {
    const ids = entries.slice(start, start + BATCH).map((entry) => entry.id);
    const rows = await db.selectFrom('audit').selectAll().where('id', 'in', ids).execute();
    for (const row of rows) known.set(row.id, toAuditRecord(row));
  }
  return known;
}
