/**
 * One export in a process of its own: time, peak memory, and how long the thread is held at a time. The last is measured
 * by the clock (event-loop delay, which other programs lengthen too) and by the processor time that this process used
 * between two ticks of 5 ms (which they do not).
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { analyse } from '../../agents/skills/keyword-research/analyse.ts';
import { rankFindings } from '../../agents/skills/keyword-research/ranking.ts';
import { readInputText } from '../../agents/skills/read-input.ts';
import { understandContext } from '../../agents/skills/search-analysis/business-context.ts';
import { readRankings } from '../../agents/skills/search-analysis/read-rankings.ts';
import { quantile } from '../../agents/skills/search-analysis/statistics.ts';
import { exportOf } from './exports.ts';

const BUSINESS =
  'We sell rota software and a shift planner with a time clock to restaurants, hotels, care homes and retail. Staff see their schedule on their phones, and managers plan holidays.';
const size = Number(process.argv[2]);
const context = understandContext(await readInputText('business_context', { kind: 'text', text: BUSINESS }));
// The first run of a function is slower than all others.
await analyse(await readRankings({ kind: 'text', text: exportOf(1_500) }), { context });

const text = exportOf(size);
const delay = monitorEventLoopDelay({ resolution: 5 });
// The monitor counts from its first tick.
await new Promise((resolve) => setTimeout(resolve, 20));
const stretches: number[] = [];
let last = process.cpuUsage();
const ticks = setInterval(() => {
  stretches.push(process.cpuUsage(last).user / 1_000);
  last = process.cpuUsage();
}, 5);
const before = process.cpuUsage();
const began = performance.now();
delay.enable();
const read = await readRankings({ kind: 'text', text });
const readSeconds = (performance.now() - began) / 1_000;
const found = rankFindings(await analyse(read, { context }));
const seconds = (performance.now() - began) / 1_000;
const cpuSeconds = process.cpuUsage(before).user / 1e6;
delay.disable();
clearInterval(ticks);
stretches.sort((left, right) => left - right);

process.send?.({
  size,
  queries: read.queries.length,
  findings: found.length,
  readSeconds,
  seconds,
  cpuSeconds,
  peakMegabytes: process.resourceUsage().maxRSS / 1_000,
  delayP99Ms: delay.percentile(99) / 1e6,
  heldP99Ms: quantile(stretches, 0.99),
  heldMostMs: stretches.at(-1) ?? 0,
});
