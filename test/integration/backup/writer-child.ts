/**
 * Another process of the cell that writes without a pause: each unit of work changes the same four nodes and leaves an
 * audit entry, which the ledger knows beforehand. Says `writing` once it does, and what it committed when told to end.
 */

import { createGraphStore, Knowledge, schema, systemPrincipal, Task } from '#graph-schema';
import { createNeo4jEngine } from '#graph-schema/adapters/graph-engine/neo4j';
import { newId, silentLogger, systemClock } from '#platform';
import { openPostgresDatabase } from '#platform/adapters/database/postgres';
import { createPostgresLedger } from '#platform/adapters/ledger/postgres';
import { createWriteGate } from '../../../deploy/cell/write-gate.ts';
import { KNOWLEDGE_IDS, TASK_IDS } from './nodes.ts';

const [neo4jUrl, postgresUrl] = process.argv.slice(2) as [string, string];
const common = { logger: silentLogger, clock: systemClock };
const engine = await createNeo4jEngine({ ...common, settings: { url: neo4jUrl } });
const database = openPostgresDatabase({ url: postgresUrl });
const ledger = await createPostgresLedger({ database });
const store = createGraphStore({ ...common, schema, engine: createWriteGate(engine, systemClock).engine });
const writer = systemPrincipal('cell');

let isEnding = false;
process.on('message', () => {
  isEnding = true;
});
let committed = 0;
let longestMs = 0;
while (!isEnding) {
  const attempt = newId();
  const action = 'backup.test';
  const entry = { id: attempt, at: systemClock.now(), attempt, phase: 'attempt' as const, actor: writer.id, action };
  await ledger.appendAudit([{ ...entry, subject: TASK_IDS[0], scope: 'tenant:acme', result: null, detail: {} }]);
  const began = performance.now();
  await store.transact(writer, { why: 'backup' }, async (unit) => {
    const [first] = TASK_IDS;
    await unit.updateAll(Task, TASK_IDS, (task) => ({ steps: task.steps + 1 }));
    await unit.updateAll(Knowledge, KNOWLEDGE_IDS, (fact) => ({ text: `${Number(fact.text) + 1}` }));
    unit.audit({ action, subject: first, subjectType: 'Task', scope: 'tenant:acme', attempt });
  });
  longestMs = Math.max(longestMs, performance.now() - began);
  if (committed++ === 0) process.send?.('writing');
}
process.send?.({ committed, longestMs });
process.disconnect();
await engine.close();
await ledger.close();
