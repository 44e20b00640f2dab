/**
 * Prints how well the offline model answers and refuses over HotpotQA, at several numbers of passages and thresholds:
 * `node --import @oxc-node/core/register test/support/answer-curve.ts FOLDER`, FOLDER holding corpus.json and
 * questions_100.json. Candidates come from a plain BM25 of this file; "with gold" puts the gold passages in place of the
 * last candidates where BM25 missed them, "without" leaves them out.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerFrom } from '../../gateway/adapters/provider/offline/answer/index.ts';
import { wordsOf } from '../../gateway/adapters/provider/offline/answer/words.ts';

interface Passage {
  readonly title: string;
  readonly text: string;
}

interface Question {
  readonly question: string;
  readonly answer: string;
  readonly gold_titles: readonly string[];
}

const folder = process.argv[2];
if (!folder) throw new Error('usage: answer-curve.ts FOLDER (with corpus.json and questions_100.json)');
const read = <T>(name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
const corpus = read<readonly Passage[]>('corpus.json');
const questions = read<readonly Question[]>('questions_100.json');

const stems = (text: string) => wordsOf(text, 'en').flatMap(({ stem, stop }) => (stop ? [] : [stem]));
const documents = corpus.map(({ title, text }) => stems(`${title} ${text}`));
const mean = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
const frequencies = documents.map((words) => tally(words));
const having = tally(documents.flatMap((words) => [...new Set(words)]));

function tally(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Places of all passages, best first by BM25 (k1 1.2, b .75). */
function ranked(question: string): number[] {
  const terms = [...new Set(stems(question))];
  const scores = documents.map((words, at) =>
    terms.reduce((sum, term) => {
      const count = frequencies[at]!.get(term) ?? 0;
      const n = having.get(term) ?? 0;
      const idf = Math.log(1 + (corpus.length - n + 0.5) / (n + 0.5));
      return sum + (idf * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * words.length) / mean));
    }, 0),
  );
  return scores.map((_, at) => at).sort((a, b) => scores[b]! - scores[a]!);
}

const plain = (text: string) =>
  ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
const share = (values: readonly boolean[]) => (values.filter(Boolean).length / values.length).toFixed(2);

for (const size of [5, 8, 12, 20]) {
  const outcomes: { cited: boolean; shown: boolean; withGold: number; withoutGold: number }[] = [];
  for (const { question, answer, gold_titles } of questions) {
    const order = ranked(question);
    const gold = order.filter((at) => gold_titles.includes(corpus[at]!.title));
    const others = order.filter((at) => !gold.includes(at));
    const kept = order.slice(0, size).filter((at) => gold.includes(at) || others.indexOf(at) < size - gold.length);
    const given = [...kept, ...gold.filter((at) => !kept.includes(at))].map((at) => corpus[at]!);
    const found = await answerFrom(question, given, { threshold: 0 });
    const cited = [...new Set(found.sentences.map(({ passage }) => given[passage]!))];
    const shown = found.sentences.map(({ passage, start, end }) => given[passage]!.text.slice(start, end)).join(' ');
    // A yes or no stands in no passage: there both gold passages must be cited.
    const isCited = /^(yes|no)$/i.test(answer)
      ? gold_titles.every((title) => cited.some((passage) => passage.title === title))
      : cited.some(({ title, text }) => plain(`${title} ${text}`).includes(plain(answer)));
    const away = others.slice(0, size).map((at) => corpus[at]!);
    outcomes.push({
      cited: isCited,
      shown: plain(shown).includes(plain(answer)),
      withGold: found.confidence,
      withoutGold: (await answerFrom(question, away, { threshold: 0 })).confidence,
    });
  }
  const refused = (threshold: number) =>
    `${share(outcomes.map(({ withGold }) => withGold < threshold))} | ${share(outcomes.map(({ withoutGold }) => withoutGold < threshold))}`;
  console.log(
    `| ${size} | ${share(outcomes.map(({ cited }) => cited))} | ${share(outcomes.map(({ shown }) => shown))} | ${refused(0.5)} |`,
  );
  if (size !== 8) continue;
  for (const threshold of [0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7])
    console.log(`  | ${threshold} | ${refused(threshold)} |`);
}
