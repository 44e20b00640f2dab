import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOutcomeFeed, LearnedChooser, parsePolicy, readChoiceReports } from '#gateway';
import { decideApproval, startAuditFeeder } from '#governance';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { type Ledger, silentLogger, systemClock } from '#platform';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { createPgliteLedger } from '#platform/adapters/ledger/pglite';
import { judgingLedger } from '../../../deploy/cell/outcome-feed.ts';
import { usage } from '../../contract/ledger/rows.ts';
import { settled } from '../../contract/runtime/expectations.ts';
import { openTestCell, type TestCell } from '../../support/agents/cell.ts';
import { facts, MODELS, PRICES, rules, seeded } from '../../unit/gateway/choice/setup.ts';

let cell: TestCell;
let ledger: Ledger;
let closeDatabase: () => Promise<void>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaze-outcomes-'));
  const database = await openPgliteDatabase({ folder: join(folder, 'ledger') });
  closeDatabase = () => database.close();
  ledger = await createPgliteLedger({ database });
  const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
  cell = await openTestCell(engine);
});
afterAll(async () => {
  await cell?.close();
  await ledger?.close();
  await closeDatabase?.();
  await rm(folder, { recursive: true, force: true });
});

it('what people decide and what criteria find reaches the ledger once, and the choice of models goes by it', async () => {
  const client = await cell.client();
  const { tenant } = client;
  const outcomes = createOutcomeFeed(ledger);
  const judging = judgingLedger({ ledger, store: cell.raw, outcomes });
  const shared = { store: cell.raw, clock: systemClock, logger: silentLogger, pollMs: 50 };
  // The first delivery ends in a crash after everything was kept: it comes again.
  let crashes = 1;
  const feeder = startAuditFeeder({
    ...shared,
    ledger: {
      async appendAudit(entries) {
        const records = await judging.appendAudit(entries);
        if (entries.some(({ action }) => action.startsWith('approval.')) && crashes-- > 0) throw new Error('crash');
        return records;
      },
    },
  });
  const runtime = await cell.worker();
  const reviewer = client.as('reviewer');
  const decide = (id: string, decision: object) => decideApproval(cell, reviewer, { id, ...decision } as never);
  const calls = async (task: string, model: string) =>
    ledger.recordUsage([
      usage(`${task}-${model}`, {
        ...{ tenant, task, taskType: 'work', provider: 'v', model },
        costMicros: model === 'mid' ? 3 : 1,
      }),
    ]);

  const careful = await Promise.all([1, 2, 3].map(async () => settled(client, await client.submit())));
  const [approved, edited, rejected] = careful.map(({ id }) => id) as [string, string, string];
  const free = await settled(client, await client.submit({ agent: 'free' }));
  client.behave(async () => ({ metrics: { score: 0 } }));
  const blocked = await settled(client, await client.submit({ agent: 'free' }));
  await decide(approved, { decision: 'approve' });
  await decide(edited, { decision: 'edit', output: { result: 'mended' } });
  await decide(rejected, { decision: 'reject', reason: 'wrong' });
  for (const task of [approved, edited, free.id]) await calls(task, 'mid');
  for (const task of [rejected, blocked.id]) await calls(task, 'cheap');
  await runtime.stop();
  await expect.poll(() => feeder.drain().then(() => crashes)).toBeLessThan(0);
  await feeder.stop();

  const none = { approved: 0, edited: 0, rejected: 0, passed: 0, failed: 0 };
  expect(await ledger.judgedUse({ tenant })).toMatchObject([
    { taskType: 'work', model: 'cheap', tasks: 2, score: 0, verdicts: { ...none, rejected: 1, failed: 1 } },
    { taskType: 'work', model: 'mid', tasks: 3, score: 2.5, verdicts: { ...none, approved: 1, edited: 1, passed: 1 } },
  ]);
  const [report] = await readChoiceReports(ledger, { tenant });
  expect(report).toMatchObject({
    ...{ taskType: 'work', choices: 5, judged: 5, quality: 0.5 },
    models: [
      { model: 'v/mid', choices: 3, judged: 3, quality: 2.5 / 3 },
      { model: 'v/cheap', choices: 2, judged: 2, quality: 0 },
    ],
    regrets: [
      { against: 'best', model: 'v/mid', quality: expect.closeTo(1 / 3), costMicros: 11 - 15 },
      { against: 'cheapest', model: 'v/cheap', quality: -0.5, costMicros: 11 - 5 },
    ],
  });

  // Two processes over one ledger, and one that starts anew, know the same.
  const chooser = async () => {
    const options = { history: ledger, prices: PRICES, clock: systemClock, logger: silentLogger, random: seeded(3) };
    const made = new LearnedChooser({ ...options, rules: { ...rules({ explore: 0, floor: 0.8 }) } });
    await made.refresh();
    return made;
  };
  const order = (made: LearnedChooser) =>
    Array.from({ length: 50 }, () => made.order(MODELS, facts({ taskType: 'work' }))[0]!.name);
  const first = order(await chooser());
  expect(order(await chooser())).toEqual(first);
  expect(first.filter((name) => name === 'mid').length).toBeGreaterThan(25);
  expect(parsePolicy({ choice: { by: 'learned' } }).choice.learned).toMatchObject({ floor: 0.8, explore: 0.05 });
});
