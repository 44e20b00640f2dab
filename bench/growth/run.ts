/**
 * What a cell on embedded engines does at 500,000 nodes, 2,000,000 relationships and 200,000 passages with vectors, and
 * at a tenth of it.
 *
 *     node --import @oxc-node/core/register bench/growth/run.ts [--size small|large|both] [--work DIR] [--seed N]
 *
 * What is loaded is kept under the work folder (the system's temporary one by default) and taken from there next time.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { quantile } from '../measure.ts';
import { publishTable } from '../report.ts';
import { idOf } from './graph-data.ts';
import type { InnerOrder, InnerRow } from './inner-process.ts';
import { type Loaded, loadCell } from './load.ts';
import { questionsOf } from './questions.ts';
import { pointQuery, searchQuery, threeHopQuery } from './reads.ts';
import { rangeOf, SIZES, type Size, TENANTS, TENTH } from './sizes.ts';
import { startWholeCell, type WholeCell } from './whole-cell.ts';

/** Bars at the large size, p50 in milliseconds unless said otherwise. */
const BARS: Readonly<Record<string, number>> = {
  'restart to the first answer, s': 10,
  'restart after kill -9, s': 10,
  'point read': 3,
  '3 hops: outcome, knowledge, passages, sources': 3,
  'hybrid search in a tenth': 50,
  'hybrid search in a hundredth': 50,
  'memory of all processes, GiB': 3,
};
const ASKED = 200;
const SEARCHED = 50;

type Row = Array<string | number>;
const row = (name: string, value: number, more: { p95?: number; note?: string } = {}): Row => {
  const bar = BARS[name];
  return [
    name,
    value,
    more.p95 ?? '',
    bar ?? '',
    bar === undefined ? '' : value < bar ? 'met' : 'MISSED',
    more.note ?? '',
  ];
};

async function inner(order: InnerOrder): Promise<readonly InnerRow[]> {
  const child = fork(fileURLToPath(new URL('./inner-process.ts', import.meta.url)), {
    execArgv: ['--import', '@oxc-node/core/register'],
    env: { ...process.env, RUST_LOG: 'off' },
  });
  child.send(order);
  const [answer] = (await once(child, 'message')) as [{ rows?: InnerRow[]; error?: string }];
  if (!answer.rows) throw new Error(answer.error);
  return answer.rows;
}

async function over(cell: WholeCell, size: Size, seed: number): Promise<Row[]> {
  const tenant = TENANTS.indexOf(TENTH);
  const some = (label: string, count: number, at: number) => {
    const { from, to } = rangeOf(tenant, count);
    return { id: idOf(label, from + ((at * 7_919) % (to - from))) };
  };
  const timed = async (name: string, count: number, ask: (at: number) => Promise<unknown>) => {
    for (let at = 0; at < 10; at++) await ask(at);
    const times: number[] = [];
    for (let at = 0; at < count; at++) {
      const began = performance.now();
      await ask(at);
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    return row(name, quantile(times, 0.5), { p95: quantile(times, 0.95) });
  };
  const questions = questionsOf(size, { seed, count: SEARCHED, tenant: TENTH });
  return [
    await timed('HTTP: point read', ASKED, (at) => cell.ask(pointQuery, some('chunk', size.chunks, at))),
    await timed('HTTP: 3 hops', ASKED, (at) => cell.ask(threeHopQuery, some('outcome', size.outcomes, at))),
    await timed('HTTP: hybrid search in a tenth, the question embedded too', SEARCHED, (at) =>
      cell.ask(searchQuery, { text: questions[at % SEARCHED]!.text, tenant: TENTH }),
    ),
  ];
}

async function measure(size: Size, { seed, work }: { seed: number; work: string }): Promise<void> {
  const loaded: Loaded = await loadCell(size, { seed, work });
  const { dataFolder } = loaded;
  const first = { query: pointQuery, variables: { id: idOf('chunk', 1) } };
  const rows: Row[] = [];
  // The first start brings what every cell has (verticals, the example client); a restart finds it there.
  await (await startWholeCell(dataFolder, first)).kill();
  const killed = await startWholeCell(dataFolder, first);
  rows.push(row('restart after kill -9, s', killed.firstAnswerMs / 1_000));
  await killed.stop();
  const cell = await startWholeCell(dataFolder, first);
  try {
    rows.push(row('restart to the first answer, s', cell.firstAnswerMs / 1_000));
    const asked = await over(cell, size, seed);
    const { processes, residentBytes, proportionalBytes } = await cell.memory();
    const gib = (bytes: number) => bytes / 2 ** 30;
    const note = `${processes} processes, shared pages once; resident sets summed ${gib(residentBytes).toFixed(2)}`;
    rows.push(row('memory of all processes, GiB', gib(proportionalBytes), { note }), ...asked);
  } finally {
    await cell.stop();
  }
  for (const { name, timesMs, found } of await inner({ dataFolder, size: size.name, seed })) {
    const note = found === undefined ? '' : `own passage among ten: ${found.toFixed(2)}`;
    rows.push(row(name, quantile(timesMs, 0.5), { p95: quantile(timesMs, 0.95), note }));
  }
  const counts = `${size.nodes.toLocaleString('en')} nodes, ${size.relationships.toLocaleString('en')} relationships, ${size.chunks.toLocaleString('en')} passages`;
  const { seconds } = loaded;
  const took = seconds
    ? `loaded in ${Math.round(seconds.total)} s through the ports of graph and index (graph ${Math.round(seconds.graph)} s beside it)`
    : 'loaded by an earlier run';
  publishTable({
    title: `Growth: ${counts}`,
    about: `${took}; bars are those of the large size`,
    head: ['what', 'value (p50 ms)', 'p95 ms', 'bar', 'verdict', ''],
    rows,
  });
}

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'both' },
    seed: { type: 'string', default: '7' },
    work: { type: 'string', default: join(tmpdir(), 'kaze-bench') },
  },
  strict: false,
});
const sizes = values.size === 'both' ? (['small', 'large'] as const) : ([values.size] as Array<Size['name']>);
for (const name of sizes) {
  const size = SIZES[name];
  if (!size) throw new Error(`--size ${name}: use small, large or both`);
  await measure(size, { seed: Number(values.seed), work: String(values.work) });
}
