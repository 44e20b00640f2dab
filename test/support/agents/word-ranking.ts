import { LANGUAGES, wordsOf } from '#platform';

export interface Ranked {
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

const K1 = 1.2;
const B = 0.75;
const { stem, stopWords } = LANGUAGES.en;
const stemsOf = (text: string): string[] =>
  wordsOf(text)
    .filter((word) => !stopWords.has(word))
    .map(stem);

/** BM25 (Robertson and Zaragoza 2009) over path, title and text, by English stems alone: no vectors, no index. */
export function wordRanking(items: readonly Ranked[]): (question: string) => string[] {
  const documents = items.map(({ path, title, text }) => {
    const words = stemsOf(`${path.split('/').slice(1).join(' ').replaceAll('-', ' ')} ${title} ${text}`);
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return { path, counts, length: words.length };
  });
  const meanLength = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
  const rarity = (word: string): number => {
    const holding = documents.filter(({ counts }) => counts.has(word)).length;
    return Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5));
  };
  return (question) => {
    const wanted = [...new Set(stemsOf(question))].map((word) => [word, rarity(word)] as const);
    return documents
      .map(({ path, counts, length }) => ({
        path,
        score: wanted.reduce((sum, [word, weight]) => {
          const count = counts.get(word) ?? 0;
          return sum + (weight * count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / meanLength));
        }, 0),
      }))
      .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
      .map(({ path }) => path);
  };
}
