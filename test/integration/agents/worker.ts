/**
 * A cell's worker as a process of its own, for tests that kill it: opens the graph in a folder, loads one skill, and
 * works. What the skill does is written to a log file, line by line, before it goes on.
 *
 *     node --import @oxc-node/core/register worker.ts <folder> <log>
 */
import { appendFileSync } from 'node:fs';
import { systemPrincipal, Task } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { openTestCell } from '../../support/agents/cell.ts';

const [folder, log] = process.argv.slice(2) as [string, string];
const note = (line: string) => appendFileSync(log, `${line}\n`);

const engine = await createGrafeoEngine({ folder, logger: silentLogger, clock: systemClock });
const cell = await openTestCell(engine);
cell.behaveByDefault(async ({ step, task }) => {
  for (const name of ['one', 'two', 'three', 'four']) {
    await step(name, async () => {
      note(`${task.id} ${name} attempt ${task.attempt}`);
      return name;
    });
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  note(`${task.id} end`);
  return { outputs: { result: 'done' } };
});
const request = process.argv[4];
if (request) {
  const client = await cell.client();
  for (let at = 0; at < Number(request); at += 1) {
    const agent = (['careful', 'sampled', 'free'] as const)[at % 3];
    const id = await client.submit({ agent });
    note(`acknowledged ${id}`);
  }
}
await cell.worker({ soleProcess: true, leaseMs: 30_000 });
const open = () => cell.raw.count(systemPrincipal('runtime'), Task, { state: { in: ['queued', 'running'] } });
while ((await open()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
note('settled');
