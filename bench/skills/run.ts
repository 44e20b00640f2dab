/**
 * Keyword research over exports of growing size, without embedding: seconds, memory, and how long it holds up whatever
 * else runs in the process (event-loop delay, sampled every 5 ms).
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { analyse } from '../../agents/skills/keyword-research/analyse.ts';
import { understandContext } from '../../agents/skills/keyword-research/business-context.ts';
import { rankFindings } from '../../agents/skills/keyword-research/ranking.ts';
import { readRankings } from '../../agents/skills/keyword-research/read-rankings.ts';
import { readInputText } from '../../agents/skills/read-input.ts';
import { table } from '../measure.ts';
import { exportOf } from './exports.ts';

const BUSINESS =
  'We sell rota software and a shift planner with a time clock to restaurants, hotels, care homes and retail. Staff see their schedule on their phones, and managers plan holidays.';
const ROWS = [1_500, 15_000, 50_000];
/** Of the issue: at most 5 s and 300 MB for 50,000 rows, 50 ms of delay at the 99th percentile. */
const MOST = { seconds: 5, megabytes: 300, delayMs: 50 };

const context = understandContext(await readInputText('business_context', { kind: 'text', text: BUSINESS }));
await analyse(await readRankings({ kind: 'text', text: exportOf(500) }), { context });

const rows: Array<Array<string | number>> = [];
const findings: unknown[] = [];
for (const size of ROWS) {
  const text = exportOf(size);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  // The monitor counts from its first tick.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = process.cpuUsage();
  const began = performance.now();
  delay.enable();
  const read = await readRankings({ kind: 'text', text });
  const readMs = performance.now() - began;
  const found = rankFindings(await analyse(read, { context }));
  const seconds = (performance.now() - began) / 1_000;
  await new Promise((resolve) => setImmediate(resolve));
  delay.disable();
  const cpuSeconds = process.cpuUsage(before).user / 1e6;
  const [p99, most] = [delay.percentile(99) / 1e6, delay.max / 1e6];
  const megabytes = process.memoryUsage().rss / 1e6;
  const met = size < 50_000 || (seconds <= MOST.seconds && megabytes <= MOST.megabytes);
  const verdict = met && p99 <= MOST.delayMs ? 'met' : 'MISSED';
  rows.push([
    size,
    read.queries.length,
    found.length,
    readMs / 1_000,
    seconds,
    cpuSeconds,
    megabytes,
    p99,
    most,
    verdict,
  ]);
  findings.push({ size, queries: read.queries.length, seconds, cpuSeconds, megabytes, delayP99Ms: p99, verdict });
}
const title = 'Keyword research without embedding';
const head = [
  'rows',
  'queries',
  'findings',
  'read s',
  'all s',
  'CPU s',
  'RSS MB',
  'delay p99 ms',
  'delay max ms',
  'verdict',
];
console.log(`\n## ${title}\n\n${table(head, rows)}`);
process.send?.({ title, findings });
await import('./internal-ops.ts');
await import('./lead-scoring.ts');
