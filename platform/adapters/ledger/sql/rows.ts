import type { Insertable, Selectable } from 'kysely';
import { platformErrors } from '../../../errors-platform.ts';
import type { AuditEntry, AuditRecord, OutcomeRow, UsageRow } from '../../../ports/ledger.ts';
import type { LedgerTables, StoredInteger } from './tables.ts';

export type StoredUsage = Selectable<LedgerTables['usage']>;
export type StoredAudit = Selectable<LedgerTables['audit']>;

/** Values come back exactly or not at all: a sum beyond 2^53 is an error, never a rounded number. */
export function toInteger(value: StoredInteger): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw platformErrors(
      'KAZE_LEDGER_FAILED',
      `the ledger holds ${value}, beyond what a number keeps exactly (2^53 - 1)`,
    );
  }
  return number;
}

export function toStoredUsage(row: UsageRow): Omit<Insertable<LedgerTables['usage']>, 'position'> {
  // Where a value stands is only said of one that is refused: the sentence costs more than the check.
  const where = (name: keyof UsageRow) => `usage row ${row.id}: ${name}`;
  const integer = (name: keyof UsageRow): number => {
    const value = row[name];
    return isInteger(value) ? value : checkedInteger(value, where(name));
  };
  const text = (name: keyof UsageRow): string => {
    const value = row[name];
    return isText(value) ? value : checkedText(value, where(name));
  };
  const textOrNull = (name: keyof UsageRow) => (row[name] == null ? null : text(name));
  const integerOr = (name: keyof UsageRow, otherwise: number) => (row[name] == null ? otherwise : integer(name));
  return {
    id: text('id'),
    at: integer('at'),
    tenant: text('tenant'),
    agent: text('agent'),
    task: textOrNull('task'),
    skill_version: textOrNull('skillVersion'),
    channel: textOrNull('channel'),
    provider: text('provider'),
    model: text('model'),
    key_id: textOrNull('keyId'),
    virtual_key_id: textOrNull('virtualKeyId'),
    task_type: textOrNull('taskType'),
    call_id: textOrNull('callId'),
    attempt: integerOr('attempt', 1),
    cache_hit: row.cacheHit === true,
    input_tokens: integer('inputTokens'),
    output_tokens: integer('outputTokens'),
    cached_tokens: integer('cachedTokens'),
    cache_write_tokens: integerOr('cacheWriteTokens', 0),
    reasoning_tokens: integerOr('reasoningTokens', 0),
    cost_micros: integer('costMicros'),
    reserved_micros: integerOr('reservedMicros', 0),
    latency_ms: integer('latencyMs'),
    first_token_ms: row.firstTokenMs == null ? null : integer('firstTokenMs'),
    outcome: text('outcome'),
    error_code: textOrNull('errorCode'),
  };
}

export function toUsageRow(row: Omit<StoredUsage, 'position'>): Required<UsageRow> {
  return {
    id: row.id,
    at: toInteger(row.at),
    tenant: row.tenant,
    agent: row.agent,
    task: row.task,
    skillVersion: row.skill_version,
    channel: row.channel,
    provider: row.provider,
    model: row.model,
    keyId: row.key_id,
    virtualKeyId: row.virtual_key_id,
    taskType: row.task_type,
    callId: row.call_id,
    attempt: toInteger(row.attempt),
    cacheHit: row.cache_hit,
    inputTokens: toInteger(row.input_tokens),
    outputTokens: toInteger(row.output_tokens),
    cachedTokens: toInteger(row.cached_tokens),
    cacheWriteTokens: toInteger(row.cache_write_tokens),
    reasoningTokens: toInteger(row.reasoning_tokens),
    costMicros: toInteger(row.cost_micros),
    reservedMicros: toInteger(row.reserved_micros),
    latencyMs: toInteger(row.latency_ms),
    firstTokenMs: row.first_token_ms === null ? null : toInteger(row.first_token_ms),
    outcome: row.outcome as UsageRow['outcome'],
    errorCode: row.error_code,
  };
}

export function toStoredOutcome(row: OutcomeRow): Omit<Insertable<LedgerTables['outcomes']>, 'position'> {
  const text = (name: keyof OutcomeRow) => checkedText(row[name], `outcome ${row.id}: ${name}`);
  const { score } = row;
  if (!(score >= 0 && score <= 1)) throw refused(`outcome ${row.id}: score`, 'a number from 0 to 1', score);
  return {
    id: text('id'),
    at: checkedInteger(row.at, `outcome ${row.id}: at`),
    tenant: text('tenant'),
    task: text('task'),
    task_type: text('taskType'),
    judge: text('judge'),
    verdict: text('verdict'),
    score,
  };
}

export function toOutcomeRow(row: Omit<Selectable<LedgerTables['outcomes']>, 'position'>): OutcomeRow {
  return {
    id: row.id,
    at: toInteger(row.at),
    tenant: row.tenant,
    task: row.task,
    taskType: row.task_type,
    judge: row.judge as OutcomeRow['judge'],
    verdict: row.verdict as OutcomeRow['verdict'],
    score: row.score,
  };
}

/** Throws when the stored detail is no JSON: someone else wrote it. */
export function toAuditRecord(row: StoredAudit): AuditRecord {
  return {
    id: row.id,
    at: toInteger(row.at),
    attempt: row.attempt,
    phase: row.phase as AuditRecord['phase'],
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    scope: row.scope,
    result: row.result as AuditRecord['result'],
    detail: JSON.parse(row.detail),
    sequence: toInteger(row.sequence),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

export function toStoredAudit(record: AuditRecord): Insertable<LedgerTables['audit']> {
  const { previousHash, detail, ...rest } = record;
  return { ...rest, previous_hash: previousHash, detail: JSON.stringify(detail) };
}

/** The entry with exactly the fields that are hashed, in values that both engines give back unchanged. */
export function checkedEntry(entry: AuditEntry): AuditEntry {
  const text = (name: keyof AuditEntry) => checkedText(entry[name], `audit entry ${entry.id}: ${name}`);
  const detail: Record<string, string | number | boolean | null> = {};
  for (const [key, value] of Object.entries(entry.detail)) {
    const where = `audit entry ${entry.id}: detail.${key}`;
    if (typeof value === 'number' && !Number.isFinite(value)) throw refused(where, 'a finite number', value);
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      throw refused(where, 'a text, number, true, false or null', typeof value);
    }
    detail[checkedText(key, where)] = typeof value === 'string' ? checkedText(value, where) : value;
  }
  return {
    id: text('id'),
    at: checkedInteger(entry.at, `audit entry ${entry.id}: at`),
    attempt: text('attempt'),
    phase: text('phase') as AuditEntry['phase'],
    actor: text('actor'),
    action: text('action'),
    subject: text('subject'),
    scope: text('scope'),
    result: entry.result === null ? null : (text('result') as AuditEntry['result']),
    detail,
  };
}

/** PostgreSQL cannot keep NUL in text, and half a surrogate pair is no character in UTF-8. */
function checkedText(value: unknown, where: string): string {
  if (isText(value)) return value;
  if (typeof value !== 'string') throw refused(where, 'a text', typeof value);
  throw refused(where, 'text without NUL characters and unpaired surrogates', 'such a character');
}

const NO_TEXT = /\0|\p{Surrogate}/u;

function isText(value: unknown): value is string {
  return typeof value === 'string' && !NO_TEXT.test(value);
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function checkedInteger(value: unknown, where: string): number {
  if (isInteger(value)) return value;
  throw refused(where, 'a whole number from 0 to 2^53 - 1', value);
}

export function refused(where: string, expected: string, received: unknown): Error {
  return platformErrors('KAZE_LEDGER_INPUT', `${where} must be ${expected}, not ${String(received)}`, {
    fields: { where, expected },
  });
}
