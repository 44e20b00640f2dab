/**
 * What the gateway costs, each figure beside its neighbours of the same run: straight to the model server, a proxy that
 * does nothing, and Portkey's gateway. `--requests N` is the length of the run whose memory is watched, `--long N` that
 * of a longer one (off by default), `--part NAME,...` measures those parts alone.
 */
import { parseArgs } from 'node:util';
import { publish } from '../report.ts';
import { addedLatency, anthropicPath, firstToken, throughput } from './calls.ts';
import { caps } from './caps.ts';
import { crowdOfOneKey } from './crowd.ts';
import { type Field, openField, warmUp } from './field.ts';
import { leavers } from './leavers.ts';
import { longRun, memory } from './memory.ts';

const MEMORY_CALLS = 30_000;

const { values } = parseArgs({
  strict: false,
  options: { requests: { type: 'string' }, long: { type: 'string' }, part: { type: 'string' } },
});
const calls = Number(values.requests) || MEMORY_CALLS;
const long = Number(values.long) || 0;

const PARTS: Readonly<Record<string, (field: Field) => Promise<void>>> = {
  throughput,
  latency: addedLatency,
  stream: firstToken,
  anthropic: anthropicPath,
  // Before the crowd, of which a process keeps some of its memory.
  memory: (field) => memory(field, calls),
  crowd: async (field) =>
    publish({ title: 'Gateway: 1,000 calls at once on one key', findings: await crowdOfOneKey(field) }),
  leavers,
  caps,
  ...(long > 0 ? { long: (field: Field) => longRun(field, long) } : {}),
};
/** Parts whose figures are of servers that were asked before. */
const WARM = ['throughput', 'latency', 'stream', 'anthropic'];

const wanted = typeof values.part === 'string' ? values.part.split(',') : Object.keys(PARTS);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')} (long with --long N)`);
  process.exit(2);
}
const field = await openField();
if (wanted.some((name) => WARM.includes(name))) {
  await warmUp(field, wanted.includes('anthropic') ? ['openai', 'anthropic'] : ['openai']);
}
for (const name of wanted) await PARTS[name]!(field);
await field.close();
