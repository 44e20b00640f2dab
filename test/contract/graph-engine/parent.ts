// Opens the graph in the folder of its first argument, writes one node, starts a query that never ends, and waits for
// its own death.
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { insert, RUNAWAY } from './harness.ts';

const engine = await createGrafeoEngine({ logger: silentLogger, clock: systemClock, folder: process.argv[2]! });
await insert(engine, { id: 'of-parent' });
engine.read(RUNAWAY, {}, { timeoutMs: 600_000 }).catch(() => undefined);
await engine.read('RETURN 1 AS one');
process.send?.({ pid: engine.pid });
