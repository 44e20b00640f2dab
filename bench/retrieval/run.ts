/**
 * How well passages are found, and how `ask` answers from them, on a multi-hop question set.
 *
 *     node --import @oxc-node/core/register bench/retrieval/run.ts --data DIR [--vectors FILE] [--depths 8,12]
 *
 * DIR holds `corpus.json` ([{title, text}]) and `questions_100.json` ([{question, answer, type, gold_titles}]), as
 * HotpotQA samples of the HippoRAG repository do. Everything of one table is measured in one run, over one index.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publishTable, skip } from '../report.ts';
import { measureAnswers } from './answers.ts';
import { BAR_HEAD, barRows } from './bars.ts';
import { openRetrievalCell } from './cell.ts';
import { readCorpus } from './corpus.ts';
import { loadHandbook, measureHandbook } from './handbook.ts';
import { measureRanking } from './ranking.ts';

type Rows = ReadonlyArray<ReadonlyArray<string | number>>;

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.KAZE_BENCH_DATA },
    vectors: { type: 'string' },
    depths: { type: 'string', default: '8,12' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'kaze-bench-'));
/** Computing vectors takes most of the time, and both cells hold the same passages. */
const vectors = values.vectors ?? join(folder, 'vectors.json');
const seconds = (ms: number) => (ms / 1_000).toFixed(1);

async function multiHop(data: string, entities: boolean): Promise<void> {
  const corpus = await readCorpus(data);
  const cell = await openRetrievalCell({ passages: corpus.passages, entities, vectors });
  try {
    const { questions, passages } = corpus;
    const over = `${questions.length} questions, ${passages.length} passages, ${entities ? 'with' : 'without'} entities`;
    const publish = (what: string, head: readonly string[], rows: Rows, about?: string) =>
      publishTable({ title: `Retrieval: ${what}, ${over}`, head, rows, about });
    const ranking = await measureRanking(cell, questions);
    publish('ranking', ['ranking', 'recall@5', 'recall@20', 'perfect@8', 'p50 ms'], ranking.rows);
    const answers = await measureAnswers(cell, questions, values.depths.split(',').map(Number));
    publish('answers', answers.head, answers.rows);
    const curve = 'at the depth of `ask`: gold in the graph (false) / gold taken away (right)';
    publish('refusal by threshold', ['threshold', 'false refusals', 'rightly refused'], answers.curve, curve);
    publish('bars', BAR_HEAD, barRows([...ranking.bars, ...answers.bars]));
    console.log(`words searchable after ${seconds(cell.textMs)} s, vectors after ${seconds(cell.vectorsMs)} s\n`);
  } finally {
    await cell.close();
  }
}

async function handbook(): Promise<void> {
  const cell = await openRetrievalCell({ passages: [], entities: false, load: loadHandbook });
  try {
    const { found, answered } = await measureHandbook(cell);
    const over = 'the example handbook, ingested by Kaze: 60 questions it answers, 30 it does not';
    publishTable({
      title: `Retrieval: passages found in ${over}`,
      head: ['passage among the first 1 / 5 / 8', 'in its words', 'in other words'],
      rows: found,
    });
    publishTable({
      title: `Retrieval: answers from ${over}`,
      head: ['questions', 'answered rightly, its file cited', 'refused'],
      rows: answered,
    });
  } finally {
    await cell.close();
  }
}

try {
  if (values.data) for (const entities of [false, true]) await multiHop(values.data, entities);
  else skip('Retrieval: multi-hop questions', 'they need --data DIR or KAZE_BENCH_DATA (a folder with hotpotqa/)');
  await handbook();
} finally {
  await rm(folder, { recursive: true, force: true });
}
