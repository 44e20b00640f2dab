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
import { table } from '../measure.ts';
import { measureAnswers } from './answers.ts';
import { BAR_HEAD, barRows } from './bars.ts';
import { openRetrievalCell } from './cell.ts';
import { readCorpus } from './corpus.ts';
import { loadHandbook, measureHandbook } from './handbook.ts';
import { measureRanking } from './ranking.ts';

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
    console.log(
      `### ${questions.length} questions, ${passages.length} passages, ${entities ? 'with' : 'without'} entities\n`,
    );
    const ranking = await measureRanking(cell, questions);
    console.log(table(['ranking', 'recall@5', 'recall@20', 'perfect@8', 'p50 ms'], ranking.rows));
    const answers = await measureAnswers(cell, questions, values.depths.split(',').map(Number));
    console.log(table(answers.head, answers.rows));
    console.log('Refusal by threshold at the depth of `ask`: gold in the graph (false) / gold taken away (right)\n');
    console.log(table(['threshold', 'false refusals', 'rightly refused'], answers.curve));
    console.log(table(BAR_HEAD, barRows([...ranking.bars, ...answers.bars])));
    console.log(`words searchable after ${seconds(cell.textMs)} s, vectors after ${seconds(cell.vectorsMs)} s\n`);
  } finally {
    await cell.close();
  }
}

async function handbook(): Promise<void> {
  const cell = await openRetrievalCell({ passages: [], entities: false, load: loadHandbook });
  try {
    console.log('### The example handbook, ingested by Kaze: 60 questions it answers, 30 it does not\n');
    const { found, answered } = await measureHandbook(cell);
    console.log(table(['passage among the first 1 / 5 / 8', 'in its words', 'in other words'], found));
    console.log(table(['questions', 'answered rightly, its file cited', 'refused'], answered));
  } finally {
    await cell.close();
  }
}

console.log('\n## Retrieval\n');
try {
  if (values.data) for (const entities of [false, true]) await multiHop(values.data, entities);
  else console.log('multi-hop rows skipped: they need --data DIR or KAZE_BENCH_DATA (a folder with hotpotqa/)\n');
  await handbook();
} finally {
  await rm(folder, { recursive: true, force: true });
}
