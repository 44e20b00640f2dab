import { platformErrors } from '../../../errors-platform.ts';
import type { AuditRecord, OutcomeRow, UsageRow } from '../../../ports/ledger.ts';
import { lock } from '../../database/migrations.ts';
import { chainHead } from './audit.ts';
import { type ChainHead, EMPTY_CHAIN, misfit } from './chain.ts';
import {
  checkedEntry,
  toAuditRecord,
  toInteger,
  toOutcomeRow,
  toStoredAudit,
  toStoredOutcome,
  toStoredUsage,
  toUsageRow,
} from './rows.ts';
import { auditLock, type LedgerDatabase, ledgerMigrations, usageLock } from './tables.ts';

const BATCH = 1_000;

interface Header {
  readonly table: 'ledger';
  readonly version: number;
  readonly usage: number;
  readonly audit: number;
  /** Left out by ledgers before version 3, which had none. */
  readonly outcomes?: number;
  /** Hash of the newest audit record. */
  readonly head: string;
}

type Line =
  | Header
  | ({ readonly table: 'usage' } & UsageRow)
  | ({ readonly table: 'outcome' } & OutcomeRow)
  | ({ readonly table: 'audit' } & AuditRecord);

/**
 * One moment is fixed first: holding both locks alone, no writer is under way, so that every row up to the positions
 * read there is committed and every later one lies above them. Rows are never changed; reading them needs no
 * transaction, and writers go on meanwhile.
 */
export async function* dumpLedger(db: LedgerDatabase, schema: string): AsyncGenerator<string> {
  const moment = await db.transaction().execute(async (transaction) => {
    await lock(transaction, usageLock(schema), 'exclusive');
    await lock(transaction, auditLock(schema), 'exclusive');
    const usage = await transaction
      .selectFrom('usage')
      .select((s) => [s.fn.countAll<string>().as('count'), s.fn.max('position').as('last')])
      .executeTakeFirstOrThrow();
    const outcomes = await transaction
      .selectFrom('outcomes')
      .select((s) => [s.fn.countAll<string>().as('count'), s.fn.max('position').as('last')])
      .executeTakeFirstOrThrow();
    const head = await chainHead(transaction);
    return {
      head,
      ...{ usage: toInteger(usage.count), last: toInteger(usage.last ?? 0) },
      ...{ outcomes: toInteger(outcomes.count), lastOutcome: toInteger(outcomes.last ?? 0) },
    };
  });
  const { head, usage, last, outcomes, lastOutcome } = moment;
  const version = ledgerMigrations.at(-1)!.version;
  yield line({ table: 'ledger', version, usage, outcomes, audit: head.sequence, head: head.hash });
  for (let position = 0; position < last; ) {
    const rows = await db
      .selectFrom('usage')
      .selectAll()
      .where('position', '>', position)
      .where('position', '<=', last)
      .orderBy('position')
      .limit(BATCH)
      .execute();
    for (const row of rows) yield line({ table: 'usage', ...toUsageRow(row) });
    position = rows.length < BATCH ? last : toInteger(rows.at(-1)!.position);
  }
  for (let position = 0; position < lastOutcome; ) {
    const rows = await db
      .selectFrom('outcomes')
      .selectAll()
      .where('position', '>', position)
      .where('position', '<=', lastOutcome)
      .orderBy('position')
      .limit(BATCH)
      .execute();
    for (const row of rows) yield line({ table: 'outcome', ...toOutcomeRow(row) });
    position = rows.length < BATCH ? lastOutcome : toInteger(rows.at(-1)!.position);
  }
  for (let sequence = 0; sequence < head.sequence; ) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('sequence', '>', sequence)
      .where('sequence', '<=', head.sequence)
      .orderBy('sequence')
      .limit(BATCH)
      .execute();
    for (const row of rows) yield line({ table: 'audit', ...toAuditRecord(row) });
    sequence = rows.length < BATCH ? head.sequence : toInteger(rows.at(-1)!.sequence);
  }
}

/** All or nothing: a backup that is cut short, altered or of a broken chain leaves the ledger empty. */
export async function restoreLedger(db: LedgerDatabase, schema: string, lines: AsyncIterable<string>): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await lock(transaction, usageLock(schema), 'exclusive');
    await lock(transaction, auditLock(schema), 'exclusive');
    const present = await transaction.selectFrom('usage').select('id').limit(1).execute();
    const judged = await transaction.selectFrom('outcomes').select('id').limit(1).execute();
    if (present.length + judged.length > 0 || (await chainHead(transaction)).sequence > 0) {
      throw platformErrors('KAZE_LEDGER_NOT_EMPTY', 'the ledger has rows already; restore into an empty one');
    }
    let header: Header | undefined;
    let head: ChainHead = EMPTY_CHAIN;
    let usageCount = 0;
    let outcomeCount = 0;
    let usage: UsageRow[] = [];
    let outcomes: OutcomeRow[] = [];
    let audit: AuditRecord[] = [];
    const flush = async () => {
      if (usage.length)
        await transaction
          .insertInto('usage')
          .values(usage.map(toStoredUsage) as never)
          .execute();
      if (outcomes.length)
        await transaction
          .insertInto('outcomes')
          .values(outcomes.map(toStoredOutcome) as never)
          .execute();
      if (audit.length) await transaction.insertInto('audit').values(audit.map(toStoredAudit)).execute();
      usage = [];
      outcomes = [];
      audit = [];
    };
    let number = 0;
    for await (const text of lines) {
      number += 1;
      if (text.trim() === '') continue;
      const { table, ...row } = parse(text, number);
      if (table === 'ledger') {
        if (header) throw invalid('it has a second header', number);
        header = { table, ...row } as Header;
        if (header.version > ledgerMigrations.at(-1)!.version) throw invalid('it was made by a newer Kaze', number);
      } else if (table === 'usage') {
        usage.push(row as UsageRow);
        usageCount += 1;
      } else if (table === 'outcome') {
        outcomes.push(row as OutcomeRow);
        outcomeCount += 1;
      } else {
        const { sequence, previousHash, hash, ...entry } = row as AuditRecord;
        const record = { ...checkedEntry(entry), sequence, previousHash, hash };
        const reason = misfit(head, record);
        if (reason) throw invalid(`audit record ${sequence}: ${reason}`, number);
        head = record;
        audit.push(record);
      }
      if (usage.length + outcomes.length + audit.length >= BATCH) await flush();
    }
    if (!header) throw invalid('its header is missing', 1);
    const { usage: rows, outcomes: judgements = 0, audit: records } = header;
    const whole = usageCount === rows && outcomeCount === judgements && head.sequence === records;
    if (!whole || head.hash !== header.head) {
      const expected = `${rows} usage rows, ${judgements} outcomes and ${records} audit records`;
      const found = `${usageCount}, ${outcomeCount} and ${head.sequence}`;
      throw invalid(`it should hold ${expected}, but holds ${found}`, number);
    }
    await flush();
  });
}

function line(value: Line): string {
  return `${JSON.stringify(value)}\n`;
}

function parse(text: string, number: number): Line {
  try {
    const value: unknown = JSON.parse(text);
    const table = typeof value === 'object' && value !== null && 'table' in value ? value.table : undefined;
    if (typeof table === 'string' && ['ledger', 'usage', 'outcome', 'audit'].includes(table)) return value as Line;
  } catch {
    // Told below, with the line's number instead of its content.
  }
  throw invalid('it is no line of a ledger backup', number);
}

function invalid(reason: string, lineNumber: number): Error {
  return platformErrors(
    'KAZE_LEDGER_BACKUP_INVALID',
    `the ledger backup is not usable, line ${lineNumber}: ${reason}`,
    {
      fields: { line: lineNumber },
    },
  );
}
