import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger } from '#platform';
import type { SqlDatabase } from '../../../platform/adapters/database/sql-database.ts';
import { outcomesContract } from './outcomes.ts';
import { entry, outcome, usage } from './rows.ts';

/** One ledger's data, which can be opened again after it was closed. */
export interface LedgerPlace {
  open(): Promise<{ readonly ledger: Ledger; readonly database: SqlDatabase }>;
  dispose(): Promise<void>;
}

async function* from(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

const noKinds = { cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };

export function ledgerContract(name: string, newPlace: () => Promise<LedgerPlace>): void {
  describe(`ledger on ${name}`, () => {
    let place: LedgerPlace;
    let ledger: Ledger;
    let database: SqlDatabase;

    beforeAll(async () => {
      place = await newPlace();
      ({ ledger, database } = await place.open());
    });
    afterAll(async () => {
      await ledger.close();
      await database.close();
      await place.dispose();
    });

    test('keeps every field of a usage row, the largest integers and the nulls included', async () => {
      const large = Number.MAX_SAFE_INTEGER;
      const full = usage('full-1', {
        tenant: 'fields',
        at: 1,
        task: 'task "1"; drop table usage; --',
        skillVersion: 'v1',
        channel: 'slack',
        keyId: 'key-1',
        virtualKeyId: 'vk-1',
        taskType: 'keyword-research',
        callId: 'call-1',
        attempt: 3,
        cacheHit: true,
        inputTokens: large,
        cachedTokens: 7,
        cacheWriteTokens: 8,
        reasoningTokens: 9,
        reservedMicros: large,
        costMicros: large,
        firstTokenMs: 0,
        outcome: 'error',
        errorCode: 'KAZE_X',
      });
      const empty = usage('full-2', { tenant: 'fields', at: 2, model: 'ünïcode 🌀' });
      await ledger.recordUsage([full, empty]);
      expect(await ledger.usageRows({ tenant: 'fields' })).toEqual([full, empty]);
    });

    test('leaves a usage row alone when its id is recorded again, in one call and in another', async () => {
      const first = usage('twice', { tenant: 'twice', costMicros: 1 });
      await ledger.recordUsage([first, { ...first, costMicros: 2 }]);
      await ledger.recordUsage([{ ...first, costMicros: 3 }]);
      expect(await ledger.usageRows({ tenant: 'twice' })).toEqual([first]);
    });

    test('records more rows in one call than one statement can hold', async () => {
      const rows = Array.from({ length: 4_000 }, (_, index) => usage(`many-${index}`, { tenant: 'many', at: index }));
      await ledger.recordUsage(rows);
      expect(await ledger.sumUsage({ tenant: 'many' }, [])).toEqual([
        { group: {}, calls: 4_000, inputTokens: 40_000, outputTokens: 20_000, ...noKinds, costMicros: 12_000 },
      ]);
    });

    test('refuses a usage row that it could not keep exactly, and records nothing of that call', async () => {
      const good = usage('refused-good', { tenant: 'refused' });
      for (const bad of [
        { costMicros: 0.5 },
        { inputTokens: -1 },
        { at: 2 ** 53 },
        { agent: 'a\u0000b' },
        { id: '\ud800' },
      ]) {
        const call = ledger.recordUsage([good, usage('refused-bad', { tenant: 'refused', ...bad })]);
        await expect(call).rejects.toMatchObject({ code: 'KAZE_LEDGER_INPUT', kind: 'caller' });
      }
      expect(await ledger.usageRows({ tenant: 'refused' })).toEqual([]);
    });

    outcomesContract(() => ({ ledger, database }));

    test('pages across rows of the same instant without gap or repetition, in the order of their ids', async () => {
      const ids = ['b', 'A', 'a', 'Z', '_', '1', 'é', 'B', 'c-1', 'c1'].map((letter) => `tie-${letter}`);
      await ledger.recordUsage(ids.map((id) => usage(id, { tenant: 'ties' })));
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await ledger.usageRows({ tenant: 'ties' }, { limit: 3, after });
        seen.push(...page.map((row) => row.id));
        if (page.length < 3) break;
        after = page.at(-1)!.id;
      }
      const byBytes = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(seen).toEqual(byBytes);
    });

    test('refuses a page beyond the limits and a cursor that is no row', async () => {
      const wrong = { code: 'KAZE_LEDGER_INPUT' };
      await expect(ledger.usageRows({}, { limit: 0 })).rejects.toMatchObject(wrong);
      await expect(ledger.usageRows({}, { limit: 1_001 })).rejects.toMatchObject(wrong);
      await expect(ledger.usageRows({}, { after: 'no such row' })).rejects.toMatchObject(wrong);
      await expect(ledger.auditRecords({}, { after: "1' or '1'='1" })).rejects.toMatchObject(wrong);
    });

    test('sums by any dimensions, with a group for what has no value, days in UTC, from included and to not', async () => {
      const day = Date.UTC(2026, 0, 31, 23, 59, 59, 999);
      await ledger.recordUsage([
        usage('sum-1', { tenant: 'sums', at: day, task: 't1', costMicros: 2 ** 50 }),
        usage('sum-2', { tenant: 'sums', at: day, task: 't1', costMicros: 2 ** 50 + 1 }),
        usage('sum-3', { tenant: 'sums', at: day + 1, agent: 'other' }),
      ]);
      expect(await ledger.sumUsage({ tenant: 'sums' }, ['task', 'day'])).toEqual([
        {
          group: { task: null, day: '2026-02-01' },
          calls: 1,
          inputTokens: 10,
          outputTokens: 5,
          ...noKinds,
          costMicros: 3,
        },
        {
          group: { task: 't1', day: '2026-01-31' },
          calls: 2,
          inputTokens: 20,
          outputTokens: 10,
          ...noKinds,
          costMicros: 2 ** 51 + 1,
        },
      ]);
      const before = await ledger.sumUsage({ tenant: 'sums', from: day, to: day + 1 }, ['agent']);
      expect(before.map((sum) => [sum.group.agent, sum.calls])).toEqual([['seo-strategist', 2]]);
      expect(await ledger.sumUsage({ tenant: 'nobody' }, ['model'])).toEqual([]);
    });

    test('shows which agent used a key, with what kind of work, when to the minute, and how much of each kind', async () => {
      const at = Date.UTC(2026, 10, 22, 14, 5, 59);
      const kinds = { cachedTokens: 4, cacheWriteTokens: 3, reasoningTokens: 2 };
      await ledger.recordUsage([
        usage('key-1', { tenant: 'keys', at, keyId: 'client-1', virtualKeyId: 'vk', taskType: 'audit', ...kinds }),
        usage('key-2', { tenant: 'keys', at: at + 1_000, keyId: 'client-1', virtualKeyId: 'vk', ...kinds }),
        usage('key-3', { tenant: 'keys', at, keyId: 'studio-1', agent: 'writer', outcome: 'lost', ...kinds }),
      ]);
      const minutes = await ledger.sumUsage({ keyId: 'client-1', tenant: 'keys' }, ['agent', 'minute']);
      expect(minutes.map(({ group, calls }) => [group.agent, group.minute, calls])).toEqual([
        ['seo-strategist', '2026-11-22T14:05', 1],
        ['seo-strategist', '2026-11-22T14:06', 1],
      ]);
      expect(await ledger.sumUsage({ tenant: 'keys' }, ['keyId', 'virtualKeyId', 'hour'])).toEqual([
        {
          group: { keyId: 'client-1', virtualKeyId: 'vk', hour: '2026-11-22T14' },
          calls: 2,
          inputTokens: 20,
          outputTokens: 10,
          cachedTokens: 8,
          cacheWriteTokens: 6,
          reasoningTokens: 4,
          costMicros: 6,
        },
        expect.objectContaining({ group: { keyId: 'studio-1', virtualKeyId: null, hour: '2026-11-22T14' }, calls: 1 }),
      ]);
      const lost = await ledger.sumUsage({ tenant: 'keys' }, ['outcome', 'taskType']);
      expect(lost.map(({ group, calls }) => [group.outcome, group.taskType, calls])).toEqual([
        ['lost', null, 1],
        ['ok', null, 1],
        ['ok', 'audit', 1],
      ]);
      expect(await ledger.usageRows({ virtualKeyId: 'vk', taskType: 'audit', model: 'extractive' })).toHaveLength(1);
    });

    test('chains audit records without gaps, gives back those that are there already, and verifies', async () => {
      const [first, second] = await ledger.appendAudit([entry('chain-1'), entry('chain-2')]);
      const again = await ledger.appendAudit([entry('chain-2', { actor: 'someone else' }), entry('chain-3')]);
      expect(second!.sequence).toBe(first!.sequence + 1);
      expect(second!.previousHash).toBe(first!.hash);
      expect(again[0]).toEqual(second);
      expect(again[1]!.sequence).toBe(second!.sequence + 1);
      const verified = await ledger.verifyAudit();
      expect(verified).toMatchObject({ ok: true, checked: again[1]!.sequence, head: again[1]!.hash });
    });

    test('appends an id once even when it stands twice in one call', async () => {
      const [a, b] = await ledger.appendAudit([entry('same-call'), entry('same-call')]);
      expect(a).toEqual(b);
    });

    test('gives back the exact detail whose hash it keeps: numbers, key order, control characters', async () => {
      const detail = { z: 1e21, a: -0.1, tiny: 5e-324, 'key "quoted"': 'tab\t zero-width\u200b', e: 1.0, big: 2 ** 53 };
      await ledger.appendAudit([entry('exact', { subject: 'exact', detail })]);
      const [record] = await ledger.auditRecords({ subject: 'exact' });
      expect(record!.detail).toEqual(detail);
      expect(await ledger.verifyAudit()).toMatchObject({ ok: true });
    });

    test('finds audit records by scope, subject and actor, page by page in the order of the chain', async () => {
      await ledger.appendAudit(
        Array.from({ length: 7 }, (_, i) => entry(`find-${i}`, { scope: 'tenant:find', actor: `a${i % 2}` })),
      );
      const first = await ledger.auditRecords({ scope: 'tenant:find' }, { limit: 4 });
      const rest = await ledger.auditRecords(
        { scope: 'tenant:find' },
        { limit: 4, after: String(first.at(-1)!.sequence) },
      );
      expect([...first, ...rest].map((record) => record.id)).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `find-${i}`));
      expect(await ledger.auditRecords({ scope: 'tenant:find', actor: 'a1' })).toHaveLength(3);
      expect(await ledger.auditRecords({ scope: "tenant:find' or true" })).toEqual([]);
    });

    test('keeps one chain when many append at once, some of them the same entries', async () => {
      const calls = Array.from({ length: 40 }, (_, i) =>
        ledger.appendAudit([entry(`race-${i}`), entry('race-shared')]),
      );
      const records = (await Promise.all(calls)).flat();
      expect(new Set(records.filter((r) => r.id === 'race-shared').map((r) => r.sequence)).size).toBe(1);
      expect(new Set(records.map((r) => r.sequence)).size).toBe(41);
      expect(await ledger.verifyAudit()).toMatchObject({ ok: true });
    });

    test('lets nobody change or remove a row through the database', async () => {
      await ledger.recordUsage([usage('frozen')]);
      for (const change of [
        sql`update kaze.audit set actor = 'x'`,
        sql`delete from kaze.usage`,
        sql`truncate kaze.audit`,
      ]) {
        await expect(change.execute(database.kysely)).rejects.toThrow('append-only');
      }
    });

    test('stops verifying when asked to', async () => {
      await expect(ledger.verifyAudit({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    });

    test('dumps one moment while writers go on, and restores exactly that into an empty ledger', async () => {
      const lines: string[] = [];
      let more = 0;
      for await (const line of ledger.dump()) {
        lines.push(line);
        if (lines.length % 1_000 !== 1) continue;
        more += 1;
        await ledger.recordUsage([usage(`later-${more}`, { tenant: 'later' })]);
        await ledger.recordOutcomes([outcome(`later-${more}`, { taskType: 'later' })]);
        await ledger.appendAudit([entry(`later-${more}`, { scope: 'tenant:later' })]);
      }
      expect(more).toBeGreaterThan(3);
      const target = await newPlace();
      const other = await target.open();
      try {
        await other.ledger.restore(from(lines));
        expect(await collect(other.ledger.dump())).toEqual(lines);
        expect(await other.ledger.usageRows({ tenant: 'later' })).toEqual([]);
        expect(lines.filter((line) => JSON.parse(line).table === 'outcome').length).toBeGreaterThan(5);
        expect(await other.ledger.verifyAudit()).toMatchObject({ ok: true });
        const [next] = await other.ledger.appendAudit([entry('after-restore')]);
        const count = lines.filter((line) => JSON.parse(line).table === 'audit').length;
        expect(next!.sequence).toBe(count + 1);
        await expect(other.ledger.restore(from(lines))).rejects.toMatchObject({ code: 'KAZE_LEDGER_NOT_EMPTY' });
      } finally {
        await other.database.close();
        await target.dispose();
      }
    });

    test('refuses a backup that is cut short, altered or foreign, says where, and stays empty', async () => {
      const lines = await collect(ledger.dump());
      const audit = lines.findIndex((line) => JSON.parse(line).table === 'audit');
      const altered = lines.with(audit + 1, lines[audit + 1]!.replace('person-1', 'person-2'));
      const target = await newPlace();
      const other = await target.open();
      try {
        for (const broken of [lines.slice(0, -1), lines.slice(1), altered, ['{"table":"other"}'], ['not json'], []]) {
          const restore = other.ledger.restore(from(broken));
          await expect(restore).rejects.toMatchObject({ code: 'KAZE_LEDGER_BACKUP_INVALID' });
        }
        await expect(other.ledger.restore(from(altered))).rejects.toThrow(`line ${audit + 2}`);
        expect(await other.ledger.verifyAudit()).toMatchObject({ ok: true, checked: 0 });
        expect(await other.ledger.usageRows({})).toEqual([]);
      } finally {
        await other.database.close();
        await target.dispose();
      }
    });

    describe('with a chain that somebody with rights on the database has altered', () => {
      let altered: LedgerPlace;
      let open: Awaited<ReturnType<LedgerPlace['open']>>;

      beforeAll(async () => {
        altered = await newPlace();
        open = await altered.open();
        await open.ledger.appendAudit(Array.from({ length: 2_500 }, (_, i) => entry(`e${i + 1}`)));
        await sql`alter table kaze.audit disable trigger all`.execute(open.database.kysely);
      });
      afterAll(async () => {
        await open.database.close();
        await altered.dispose();
      });

      test.each([
        ['a changed actor', 1_234, sql`update kaze.audit set actor = 'other' where sequence = 1234`, /content/],
        ['a changed detail', 900, sql`update kaze.audit set detail = '{}' where sequence = 900`, /content/],
        ['a detail that is no JSON', 800, sql`update kaze.audit set detail = '{' where sequence = 800`, /read/],
        ['a record taken out', 700, sql`delete from kaze.audit where sequence = 700`, /missing/],
        ['the first record taken out', 1, sql`delete from kaze.audit where sequence = 1`, /missing/],
      ])('verify finds %s with its sequence', async (_what, sequence, tamper, reason) => {
        await tamper.execute(open.database.kysely);
        const result = await open.ledger.verifyAudit();
        expect(result).toMatchObject({ ok: false, checked: sequence - 1, broken: { sequence } });
        expect(result.broken!.reason).toMatch(reason);
      });
    });

    test('refuses to open tables made by a newer program, and leaves them as they are', async () => {
      const newer = await newPlace();
      const first = await newer.open();
      await first.ledger.recordUsage([usage('kept')]);
      await sql`insert into kaze.migrations values ('ledger', 99, 'from the future', '2030-01-01')`.execute(
        first.database.kysely,
      );
      await first.ledger.close();
      await first.database.close();
      try {
        await expect(newer.open()).rejects.toMatchObject({ code: 'KAZE_LEDGER_NEWER', fields: { found: 99 } });
      } finally {
        await newer.dispose();
      }
    });

    test('brings tables of the first version up to date, keeps their rows, and takes their backups', async () => {
      const older = await newPlace();
      const first = await older.open();
      await first.ledger.recordUsage([usage('old')]);
      const lines = await collect(first.ledger.dump());
      const added = ['virtual_key_id', 'task_type', 'call_id', 'attempt', 'cache_hit', 'cache_write_tokens'];
      for (const column of [...added, 'reasoning_tokens', 'reserved_micros']) {
        await sql`alter table kaze.usage drop column ${sql.id(column)}`.execute(first.database.kysely);
      }
      await sql`drop index kaze.usage_key`.execute(first.database.kysely);
      await sql`drop table kaze.outcomes`.execute(first.database.kysely);
      await sql`delete from kaze.migrations where component = 'ledger' and version > 1`.execute(first.database.kysely);
      await first.database.close();
      const second = await older.open();
      const target = await newPlace();
      const other = await target.open();
      try {
        expect(await second.ledger.usageRows({})).toEqual([usage('old')]);
        await second.ledger.recordUsage([usage('new', { attempt: 2 })]);
        const ofVersionOne = lines.map((line) => {
          const { virtualKeyId, taskType, callId, attempt, cacheHit, ...rest } = JSON.parse(line);
          const { cacheWriteTokens, reasoningTokens, reservedMicros, outcomes, ...row } = rest;
          return JSON.stringify(row.table === 'ledger' ? { ...row, version: 1 } : row);
        });
        await other.ledger.restore(from(ofVersionOne));
        expect(await other.ledger.usageRows({})).toEqual([usage('old')]);
      } finally {
        await second.database.close();
        await other.database.close();
        await older.dispose();
        await target.dispose();
      }
    });

    test('has every row after it was closed and opened again', async () => {
      const again = await newPlace();
      const first = await again.open();
      await first.ledger.appendAudit([entry('kept')]);
      await first.ledger.recordUsage([usage('kept')]);
      await first.ledger.close();
      await first.database.close();
      const second = await again.open();
      try {
        expect(await second.ledger.auditRecords({})).toHaveLength(1);
        expect(await second.ledger.usageRows({})).toEqual([usage('kept')]);
        expect(await second.ledger.healthy()).toBe(true);
      } finally {
        await second.database.close();
        await again.dispose();
      }
    });
  });
}
