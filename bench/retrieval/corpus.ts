import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CorpusPassage {
  readonly title: string;
  readonly text: string;
}

export interface CorpusQuestion {
  readonly question: string;
  readonly answer: string;
  readonly type: string;
  readonly gold_titles: readonly string[];
}

export interface Corpus {
  readonly passages: readonly CorpusPassage[];
  readonly questions: readonly CorpusQuestion[];
}

/** `DIR/corpus.json` and `DIR/questions_100.json`, or the same below `DIR/hotpotqa/`. */
export async function readCorpus(folder: string): Promise<Corpus> {
  const read = async (base: string) => {
    const [passages, questions] = await Promise.all(
      ['corpus.json', 'questions_100.json'].map(async (name) => JSON.parse(await readFile(join(base, name), 'utf8'))),
    );
    return { passages, questions } as Corpus;
  };
  return read(folder).catch(() => read(join(folder, 'hotpotqa')));
}

const plain = (text: string) =>
  ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;

/** Whether the answer stands in one of the passages; for yes and no, whether every gold passage is among them. */
export function holdsAnswer({ answer, gold_titles }: CorpusQuestion, passages: readonly CorpusPassage[]): boolean {
  if (/^(yes|no)$/iu.test(answer)) return gold_titles.every((gold) => passages.some(({ title }) => title === gold));
  return passages.some(({ title, text }) => plain(`${title} ${text}`).includes(plain(answer)));
}

/** Share of the gold passages among the first k, and whether all are, averaged over questions. */
export function recallOf(
  questions: readonly CorpusQuestion[],
  ranked: ReadonlyArray<readonly CorpusPassage[]>,
): { recall5: number; recall20: number; perfect8: number } {
  const share = (at: number, k: number) => {
    const titles = new Set(ranked[at]!.slice(0, k).map(({ title }) => title));
    const { gold_titles: gold } = questions[at]!;
    return gold.filter((title) => titles.has(title)).length / gold.length;
  };
  const mean = (value: (at: number) => number) =>
    questions.reduce((sum, _, at) => sum + value(at), 0) / questions.length;
  return {
    recall5: mean((at) => share(at, 5)),
    recall20: mean((at) => share(at, 20)),
    perfect8: mean((at) => (share(at, 8) === 1 ? 1 : 0)),
  };
}
