/**
 * Passages a second with and without vectors, and how memory grows over a corpus ten times as large.
 *
 *     node --import @oxc-node/core/register bench/ingestion/run.ts [--quick]
 *
 * Each row runs in a process of its own with a JavaScript heap of at most 256 MiB, over generated files: reading and
 * cutting alone up to 200 MB a file, into a graph on disk up to 10 MB a file, with vectors until the last passage has one.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { publishTable } from '../report.ts';
import type { IngestAnswer, IngestOrder } from './ingest-process.ts';

const HEAP_MIB = 256;
/** Most that memory may grow over ten times as much. */
const FLAT = 1.5;
const MB = 1_000_000;

interface Pair {
  readonly name: string;
  readonly order: Omit<IngestOrder, 'files' | 'bytesPerFile'>;
  /** Files and their bytes, the second ten times as much in all. */
  readonly sizes: ReadonlyArray<readonly [files: number, bytesPerFile: number]>;
}

const quick = process.argv.includes('--quick');
const part = quick ? 0.1 : 1;
const PAIRS: readonly Pair[] = [
  ...(['text', 'markdown', 'csv'] as const).map((kind) => ({
    name: `read and cut one ${kind} file`,
    order: { what: 'cut' as const, kind },
    sizes: [[1, 20 * MB * part] as const, [1, 200 * MB * part] as const],
  })),
  {
    name: 'into the graph: Markdown files of 20 kB',
    order: { what: 'graph', kind: 'markdown' },
    sizes: [
      [Math.ceil(15 * part), 20_000],
      [150 * part, 20_000],
    ],
  },
  {
    name: 'into the graph: one csv file',
    order: { what: 'graph', kind: 'csv' },
    sizes: [
      [1, MB * part],
      [1, 10 * MB * part],
    ],
  },
  {
    name: 'into the graph: one text file, every passage read for names',
    order: { what: 'graph', kind: 'text' },
    sizes: [
      [1, 0.4 * MB * part],
      [1, 4 * MB * part],
    ],
  },
  {
    name: 'into graph and index, with vectors: Markdown files of 20 kB',
    order: { what: 'vectors', kind: 'markdown' },
    sizes: [
      [Math.ceil(3 * part), 20_000],
      [30 * part, 20_000],
    ],
  },
];

async function run(order: IngestOrder): Promise<IngestAnswer> {
  const child = fork(fileURLToPath(new URL('./ingest-process.ts', import.meta.url)), {
    execArgv: [`--max-old-space-size=${HEAP_MIB}`, '--import', '@oxc-node/core/register'],
    env: { ...process.env, RUST_LOG: 'off' },
  });
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`ended (${signal ?? code}) without an answer`);
  });
  ended.catch(() => {});
  child.send(order);
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [
    { answer?: IngestAnswer; error?: string },
  ];
  if (!message.answer) throw new Error(message.error);
  return message.answer;
}

const mib = (bytes: number) => bytes / 2 ** 20;
const rows: Array<Array<string | number>> = [];
for (const { name, order, sizes } of PAIRS) {
  let before: IngestAnswer | undefined;
  for (const [files, bytesPerFile] of sizes) {
    const answer = await run({ ...order, files, bytesPerFile });
    const ratio = before ? answer.peakBytes / before.peakBytes : undefined;
    rows.push([
      ...[name, (files * bytesPerFile) / MB, answer.passages, answer.passages / answer.seconds],
      ...[mib(answer.peakBytes), ratio ?? '', ratio === undefined ? '' : FLAT],
      ...[ratio === undefined ? '' : ratio <= FLAT ? 'met' : 'MISSED'],
      answer.graphPeakBytes ? mib(answer.graphPeakBytes) : '',
    ]);
    process.stderr.write(`${name}: ${answer.passages} passages in ${answer.seconds.toFixed(1)} s\n`);
    before = answer;
  }
}
publishTable({
  title: `Ingestion, JavaScript heap of at most ${HEAP_MIB} MiB`,
  head: [
    'what',
    'MB',
    'passages',
    'passages/s',
    'peak MiB',
    'x of a tenth',
    'bar',
    'verdict',
    'graph process, peak MiB',
  ],
  rows,
});
