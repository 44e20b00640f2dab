import { scopeToken } from '#graph-schema';
import type { Bar } from './bars.ts';
import type { RetrievalCell } from './cell.ts';
import { type CorpusPassage, type CorpusQuestion, recallOf } from './corpus.ts';

type Ranker = (question: string) => Promise<readonly string[]>;

/** Kaze's ranking beside its parts alone, over the same index. */
export async function measureRanking(
  cell: RetrievalCell,
  questions: readonly CorpusQuestion[],
): Promise<{ rows: Array<[string, number, number, number, number]>; bars: Bar[] }> {
  const { index, embedder, search, principal, scope } = cell;
  const candidates = async (question: string, withVector: boolean) => {
    const [values] = withVector ? await embedder.embed([question]) : [];
    const query = { text: question, scopeTokens: [scopeToken(scope)], labels: ['Chunk'], limit: 20 };
    return index.search({ ...query, ...(values ? { vector: { model: embedder.model, values } } : {}) });
  };
  const hybrid = (expand: boolean) => async (text: string) => {
    const hits = await search.search(principal, { text, types: ['Chunk'], limit: 20, expand });
    return hits.map(({ id }) => id);
  };
  const rankers: Array<[string, Ranker]> = [
    ['BM25 alone', async (text) => (await candidates(text, false)).byText.map(({ id }) => id)],
    ['vectors alone', async (text) => (await candidates(text, true)).byVector.map(({ id }) => id)],
    ['Kaze, fused', hybrid(false)],
    ['Kaze, fused and expanded', hybrid(true)],
  ];
  const rows: Array<[string, number, number, number, number]> = [];
  for (const [name, rank] of rankers) {
    const ranked: CorpusPassage[][] = [];
    const times: number[] = [];
    for (const { question } of questions) {
      const began = performance.now();
      const ids = await rank(question);
      times.push(performance.now() - began);
      ranked.push(ids.map((id) => cell.passages.get(id)!));
    }
    const { recall5, recall20, perfect8 } = recallOf(questions, ranked);
    const [p50] = times.sort((a, b) => a - b).slice(times.length >> 1);
    rows.push([name, recall5, recall20, perfect8, p50!]);
  }
  const [text, vectors, , kaze] = rows.map(([, recall5, , perfect8]) => ({ recall5, perfect8 }));
  const bars = (['recall5', 'perfect8'] as const).flatMap((name): Bar[] => {
    const figure = name === 'recall5' ? 'recall@5' : 'perfect@8';
    return [
      { figure: `${figure}, against BM25 alone`, measured: kaze![name], bar: text![name], rule: 'above' },
      { figure: `${figure}, against vectors alone`, measured: kaze![name], bar: vectors![name], rule: 'above' },
    ];
  });
  return { rows, bars };
}
