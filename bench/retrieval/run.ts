/**
 * How well passages are found, and how `ask` answers from them, on a multi-hop question set.
 *
 *     node --import @oxc-node/core/register bench/retrieval/run.ts --data DIR [--vectors FILE] [--depths 5,8,12]
 *
 * DIR holds `corpus.json` ([{title, text}]) and `questions_100.json` ([{question, answer, type, gold_titles}]), as
 * HotpotQA samples of the HippoRAG repository do. Everything of one table is measured in one run, over one index.
 */
import { parseArgs } from 'node:util';
import { table } from '../measure.ts';
import { measureAnswers } from './answers.ts';
import { openRetrievalCell } from './cell.ts';
import { readCorpus } from './corpus.ts';
import { measureRanking } from './ranking.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.KAZE_BENCH_DATA },
    vectors: { type: 'string' },
    depths: { type: 'string', default: '5,8,12,20' },
  },
});
if (!values.data) {
  console.log('retrieval: skipped, it needs --data DIR or KAZE_BENCH_DATA (a folder with hotpotqa/)');
  process.exit(0);
}
const corpus = await readCorpus(values.data);
console.log(`\n## Retrieval: ${corpus.questions.length} questions, ${corpus.passages.length} passages\n`);
for (const entities of [false, true]) {
  const cell = await openRetrievalCell({ passages: corpus.passages, entities, vectors: values.vectors });
  try {
    console.log(`### ${entities ? 'With' : 'Without'} entities\n`);
    const { rows } = await measureRanking(cell, corpus.questions);
    console.log(table(['ranking', 'recall@5', 'recall@20', 'perfect@8', 'p50 ms'], rows));
    const depths = values.depths.split(',').map(Number);
    const answers = await measureAnswers(cell, corpus.questions, depths);
    console.log(table(answers.head, answers.rows));
    console.log(`\nRefusal by threshold, depth 8: false refusals (gold in the graph) / refusals (gold taken away)\n`);
    console.log(table(['threshold', 'false refusals', 'rightly refused'], answers.curve));
    const seconds = (ms: number) => (ms / 1_000).toFixed(1);
    console.log(`words searchable after ${seconds(cell.textMs)} s, vectors after ${seconds(cell.vectorsMs)} s\n`);
  } finally {
    await cell.close();
  }
}
