import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createLogger, platformErrors, silentLogger, systemClock, type UsageRow } from '#platform';
import {
  type JournalOptions,
  openJournal,
  type RecoveredAttempt,
} from '../../../../gateway/use-cases/journal/journal.ts';
import { usage } from '../../../contract/ledger/rows.ts';

/** Keeps rows by their ids, as every ledger does; away while told so. */
class RowsById {
  readonly rows = new Map<string, UsageRow>();
  away = false;
  calls = 0;
  async recordUsage(rows: readonly UsageRow[]): Promise<void> {
    this.calls += 1;
    if (this.away) throw platformErrors('KAZE_LEDGER_UNAVAILABLE', 'away');
    if (rows.some(({ agent }) => agent === 'poison')) throw platformErrors('KAZE_LEDGER_INPUT', 'no such agent');
    for (const row of rows) if (!this.rows.has(row.id)) this.rows.set(row.id, row);
  }
}

let folder: string;
let ledger: RowsById;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaze-journal-'));
  ledger = new RowsById();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (change: Partial<JournalOptions> = {}) =>
  openJournal({ folder, ledger, clock: systemClock, logger: silentLogger, batchDelayMs: 5, ...change });
const lost = (id: string) => usage(id, { outcome: 'lost', costMicros: 1_000, reservedMicros: 1_000 });

test('feeds what has ended to the ledger, in batches, and nothing of what has only begun', async () => {
  const journal = await open();
  for (let i = 0; i < 300; i += 1) {
    await journal.begin(lost(`a${i}`));
    if (i % 3 !== 0) await journal.end(usage(`a${i}`, { costMicros: i }));
  }
  expect(journal.pending({ tenant: 'acme' })).toBe(true);
  expect(journal.pending({ tenant: 'other' })).toBe(false);
  await journal.flush();
  expect(journal.pending({ tenant: 'acme' })).toBe(false);
  expect(ledger.rows.size).toBe(200);
  expect(ledger.rows.get('a1')).toEqual(usage('a1', { costMicros: 1 }));
  expect(ledger.calls).toBeLessThan(10);
  await journal.close();
});

test('gives what an earlier run left to the ledger: what ended as it ended, what did not as lost, each once', async () => {
  ledger.away = true;
  const first = await open({ segmentBytes: 2_000 });
  for (let i = 0; i < 20; i += 1) await first.begin(lost(`a${i}`));
  for (let i = 0; i < 15; i += 1) await first.end(usage(`a${i}`, { costMicros: 5 }));
  await first.close();
  ledger.away = false;
  const told: RecoveredAttempt[] = [];
  const second = await open({ onRecovered: async (attempts) => void told.push(...attempts) });
  expect(second.recovered).toEqual({ attempts: 20, lost: 5 });
  expect(told.filter((one) => one.lost).map(({ row }) => row.id)).toEqual(['a15', 'a16', 'a17', 'a18', 'a19']);
  expect([...ledger.rows.values()].filter(({ outcome }) => outcome === 'lost')).toHaveLength(5);
  expect([...ledger.rows.values()].reduce((sum, row) => sum + row.costMicros, 0)).toBe(15 * 5 + 5 * 1_000);
  await second.close();
  const third = await open();
  expect(third.recovered.attempts).toBe(0);
  await third.close();
});

test('of an earlier run a row is what it would have been in the ledger, however the attempt ended', async () => {
  const begun = (id: string) =>
    usage(id, { outcome: 'lost', taskType: 'triage', inputTokens: 900, reservedMicros: 700 });
  const given = { inputTokens: 11, outputTokens: 12, cachedTokens: 3, cacheWriteTokens: 2, reasoningTokens: 4 };
  const ends: Partial<UsageRow>[] = [
    { ...given, costMicros: 55, reservedMicros: 1_400, latencyMs: 77, firstTokenMs: 9, outcome: 'ok' },
    { outcome: 'cancelled', errorCode: 'KAZE_MODEL_CANCELLED', firstTokenMs: null, costMicros: 0 },
    { outcome: 'error', errorCode: 'KAZE_MODEL_TIMEOUT', latencyMs: 120_000 },
  ];
  const rows = ends.map((end, at) => ({ ...begun(`a${at}`), ...end }));
  ledger.away = true;
  // A file for each write: begins and ends stand in different ones.
  const first = await open({ segmentBytes: 1 });
  for (const row of rows) await first.begin(begun(row.id));
  for (const row of rows) await first.end(row);
  await first.close();
  ledger.away = false;
  const second = await open();
  expect(second.recovered).toEqual({ attempts: 3, lost: 0 });
  expect([...ledger.rows.values()]).toEqual(rows);
  await second.close();
});

test('an end whose begin was removed with its file is in the ledger already, and is not told again', async () => {
  const first = await open({ segmentBytes: 1 });
  await first.begin(lost('a'));
  await first.begin(lost('b'));
  ledger.away = true;
  await first.end(usage('a'));
  await first.end(usage('b'));
  await first.close();
  const [oldest = ''] = (await readdir(folder)).sort();
  await rm(join(folder, oldest));
  ledger.away = false;
  const second = await open();
  expect([...ledger.rows.keys()]).toEqual(['b']);
  await second.close();
});

test('leaves a torn last line out, and a damaged one, and keeps all others', async () => {
  ledger.away = true;
  const first = await open();
  for (let i = 0; i < 10; i += 1) await first.end(usage(`a${i}`));
  await first.close();
  const [name = ''] = await readdir(folder);
  const file = join(folder, name);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"id":"a4"', '"id":"a5"'));
  await truncate(file, text.length - 3);
  await appendFile(file, '\nno line at all\n');
  ledger.away = false;
  const second = await open();
  expect([...ledger.rows.keys()]).toEqual(['a0', 'a1', 'a2', 'a3', 'a5', 'a6', 'a7', 'a8']);
  await second.close();
});

test('removes its files once their rows are in the ledger, and stays small over many attempts', async () => {
  const journal = await open({ segmentBytes: 10_000 });
  for (let round = 0; round < 20; round += 1) {
    for (let i = 0; i < 50; i += 1) {
      await journal.begin(lost(`a${round}-${i}`));
      await journal.end(usage(`a${round}-${i}`));
    }
    await journal.flush();
    expect(journal.state.files).toBeLessThanOrEqual(2);
  }
  expect(ledger.rows.size).toBe(1_000);
  expect(await readdir(folder)).toHaveLength(journal.state.files);
  await journal.close();
});

test('writes what begins and ends in one turn of the event loop together, in its order', async () => {
  ledger.away = true;
  const journal = await open();
  await Promise.all([journal.begin(lost('a')), journal.begin(lost('b')), journal.end(usage('c'))]);
  const [name = ''] = await readdir(folder);
  const marks = (await readFile(join(folder, name), 'utf8')).match(/"(begin|end|whole)":\{"id":"\w"|\n/g);
  expect(marks).toEqual(['"begin":{"id":"a"', '"begin":{"id":"b"', '"whole":{"id":"c"', '\n']);
  await Promise.all([journal.end(usage('a')), journal.end(usage('b'))]);
  ledger.away = false;
  await journal.close();
  expect([...ledger.rows.keys()]).toEqual(['c', 'a', 'b']);
});

test('gathers rows while the ledger takes others, instead of writing every few by themselves', async () => {
  let free = () => {};
  const batches: number[] = [];
  const slow = {
    async recordUsage(rows: readonly UsageRow[]) {
      batches.push(rows.length);
      await new Promise<void>((resolve) => {
        free = resolve;
      });
    },
  };
  const journal = await open({ ledger: slow, batchRows: 10, batchDelayMs: 3_600_000 });
  for (let i = 0; i < 10; i += 1) await journal.end(usage(`a${i}`));
  for (let i = 0; i < 3; i += 1) await journal.end(usage(`b${i}`));
  free();
  await vi.waitFor(() => expect(journal.state.pendingRows).toBe(3));
  for (let i = 3; i < 10; i += 1) await journal.end(usage(`b${i}`));
  await vi.waitFor(() => expect(batches).toEqual([10, 10]));
  free();
  await journal.close();
});

test('keeps a file while an attempt begun in it runs, so that it is not lost twice', async () => {
  const journal = await open({ segmentBytes: 1_000 });
  await journal.begin(lost('long'));
  for (let i = 0; i < 10; i += 1) await journal.end(usage(`a${i}`));
  await journal.flush();
  expect(journal.state.files).toBeGreaterThan(2);
  await journal.end(usage('long'));
  await journal.flush();
  expect(journal.state.files).toBeLessThanOrEqual(2);
  await journal.close();
});

test('holds few rows in memory while the ledger is away, refuses at its largest size, and feeds all once it is back', async () => {
  ledger.away = true;
  const journal = await open({ segmentBytes: 20_000, maxPending: 50, maxBytes: 200_000, batchRows: 40 });
  let taken = 0;
  const fill = async () => {
    for (; taken < 10_000; taken += 1) {
      await journal.begin(lost(`a${taken}`));
      await journal.end(usage(`a${taken}`));
    }
  };
  await expect(fill()).rejects.toMatchObject({ code: 'KAZE_JOURNAL_FULL', retryable: true });
  expect(taken).toBeGreaterThan(100);
  expect(journal.state.pendingRows).toBeLessThanOrEqual(50);
  ledger.away = false;
  await journal.flush();
  expect(ledger.rows.size).toBe(taken);
  await journal.begin(lost('again'));
  await journal.end(usage('again'));
  await journal.close();
  expect(ledger.rows.has('again')).toBe(true);
});

test('does not let a row that the ledger cannot keep hold up the others', async () => {
  const journal = await open();
  for (let i = 0; i < 9; i += 1) await journal.end(usage(`a${i}`, i === 4 ? { agent: 'poison' } : {}));
  await journal.flush();
  expect(ledger.rows.size).toBe(8);
  await journal.close();
});

test('refuses an attempt that it cannot write, with a code', async () => {
  const journal = await open();
  await rm(folder, { recursive: true, force: true });
  const refused = { code: 'KAZE_JOURNAL_UNAVAILABLE' };
  const both = await Promise.allSettled([journal.begin(lost('a')), journal.begin(lost('b'))]);
  expect(both).toMatchObject([{ reason: refused }, { reason: refused }]);
  await journal.close();
});

test.each(['', 'away'])(
  'loses no attempt when its process is killed again and again in the middle of its work %s',
  {
    timeout: 60_000,
  },
  async (mode) => {
    const begun = new Set<string>();
    const ended = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const script = join(import.meta.dirname, 'attempts.ts');
      // With the ledger away only the first run gets through its start.
      const run = ['--import', '@oxc-node/core/register', script, folder, `r${round}`, round === 0 ? mode : ''];
      const child = spawn(process.execPath, run, { stdio: ['ignore', 'pipe', 'inherit'] });
      onTestFinished(() => void child.kill('SIGKILL'));
      const exited = once(child, 'exit');
      let lines = 0;
      for await (const text of createInterface({ input: child.stdout })) {
        const [what, id = ''] = text.split(' ');
        (what === 'begun' ? begun : ended).add(id);
        lines += 1;
        if (lines === 300 + round * 17) child.kill('SIGKILL');
      }
      await exited;
    }
    const journal = await open({ folder: join(folder, 'journal') });
    await journal.close();
    const stored = new Map(ledger.rows);
    const lines = (await readFile(join(folder, 'ledger'), 'utf8').catch(() => ''))
      .split('\n')
      .filter((text) => text !== '');
    for (const text of lines) {
      const row = JSON.parse(text) as UsageRow;
      // As in the database, the first row of an id stays.
      if (!stored.has(row.id) || stored.get(row.id)?.outcome === 'lost') stored.set(row.id, row);
    }
    expect([...begun].filter((id) => !stored.has(id))).toEqual([]);
    expect([...ended].filter((id) => stored.get(id)?.outcome !== 'ok')).toEqual([]);
    const neverEnded = [...stored.values()].filter(({ id, outcome }) => outcome === 'lost' && ended.has(id));
    expect(neverEnded).toEqual([]);
    expect([...stored.values()].filter(({ outcome }) => outcome === 'lost').length).toBeGreaterThan(50);
  },
);

test('keeps so many rows a minute of calls that were refused before they were sent, and tells how many more there were', async () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } });
  const journal = await open({ refusedPerMinute: 3, logger });
  const refused = (id: string, change: Partial<UsageRow> = {}) =>
    journal.end(usage(id, { outcome: 'refused', errorCode: 'KAZE_BUDGET_EXHAUSTED', at: 60_000, ...change }));
  for (let i = 0; i < 10; i += 1) await refused(`a${i}`);
  // Another cause, another caller, another minute, and a call that was sent count by themselves.
  await refused('limited', { errorCode: 'KAZE_GATEWAY_LIMITED' });
  await refused('other', { tenant: 'globex' });
  for (let i = 0; i < 9; i += 1) await refused(`named-${i}`, { virtualKeyId: 'k1', agent: `invented-${i}` });
  await journal.begin(lost('sent'));
  await refused('sent');
  for (let i = 0; i < 2; i += 1) await refused(`later-${i}`, { at: 120_000 });
  await journal.close();
  expect([...ledger.rows.keys()]).toEqual([
    ...['a0', 'a1', 'a2', 'limited', 'other', 'named-0', 'named-1', 'named-2', 'sent', 'later-0', 'later-1'],
  ]);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ tenant: 'acme', code: 'KAZE_BUDGET_EXHAUSTED', virtualKeyId: null, calls: 7 }),
    expect.objectContaining({ tenant: 'acme', virtualKeyId: 'k1', calls: 6 }),
  ]);
});
