import { createGateway } from '#gateway';
import { createOfflineProvider, REFUSAL_THRESHOLD } from '#gateway/adapters/provider/offline';
import type { KnowledgeSearch } from '#graph-schema';
import { silentLogger as logger, systemClock } from '#platform';
import { createAnswering, DEFAULT_DEPTH } from '../../agents/answering/index.ts';
import type { Bar } from './bars.ts';
import type { RetrievalCell } from './cell.ts';
import { type CorpusQuestion, holdsAnswer } from './corpus.ts';

const THRESHOLDS = [0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8];
const percent = (share: number) => `${Math.round(share * 1_000) / 10} %`;

export interface AnswerFigures {
  readonly head: readonly string[];
  readonly rows: ReadonlyArray<ReadonlyArray<string | number>>;
  readonly curve: ReadonlyArray<ReadonlyArray<string | number>>;
  /** At the depth that `ask` has by default; none when it was not measured. */
  readonly bars: readonly Bar[];
}

/** `ask` itself, through the gateway and the offline model, with the gold passages there and taken away. */
export async function measureAnswers(
  cell: RetrievalCell,
  questions: readonly CorpusQuestion[],
  depths: readonly number[],
): Promise<AnswerFigures> {
  const rows: Array<Array<string | number>> = [];
  const bars: Bar[] = [];
  let curve: Array<[number, string, string]> = [];
  for (const depth of depths) {
    const present = await askAll(cell, questions, { depth });
    const absent = await askAll(cell, questions, { depth, hideGold: true });
    const share = (list: readonly Asked[], test: (one: Asked) => boolean) => list.filter(test).length / list.length;
    rows.push([
      depth,
      percent(share(present, ({ holds }) => holds)),
      percent(share(present, ({ known, holds }) => known && holds)),
      present.reduce((sum, { cited }) => sum + cited, 0) / present.length,
      percent(share(present, ({ known }) => !known)),
      percent(share(absent, ({ known }) => !known)),
    ]);
    if (depth !== DEFAULT_DEPTH) continue;
    curve = refusalCurve(present, absent);
    const given = share(present, ({ known, holds }) => known && holds);
    const refused = share(present, ({ known }) => !known);
    bars.push({
      figure: 'answer in the cited passages, and not refused',
      measured: given,
      bar: 0.75,
      rule: 'at least',
    });
    bars.push({ figure: 'false refusals', measured: refused, bar: 0.1, rule: 'at most' });
  }
  return { head: HEAD, rows, curve, bars };
}

const HEAD = [
  'passages given',
  'answer in the cited passages (nothing refused)',
  'and not refused',
  'passages cited',
  'false refusals',
  'refused, gold taken away',
];

interface Asked {
  /** Whether the answer was given at the model's own threshold. */
  readonly known: boolean;
  /** Whether the answer stands in what would be cited. */
  readonly holds: boolean;
  readonly cited: number;
  readonly confidence: number;
}

interface AskOptions {
  readonly depth: number;
  readonly hideGold?: boolean;
}

async function askAll(
  cell: RetrievalCell,
  questions: readonly CorpusQuestion[],
  { depth, hideGold = false }: AskOptions,
): Promise<Asked[]> {
  let confidence = 0;
  // Never refuses, and tells how sure it is: the threshold is applied here, so that one run gives the whole curve.
  const provider = createOfflineProvider({ refusalThreshold: 0 });
  const ledger = { recordUsage: async () => {} };
  const inner = createGateway({ providers: [provider], ledger, clock: systemClock, logger });
  const gateway: Pick<typeof inner, 'complete'> = {
    async complete(request, options) {
      const completion = await inner.complete(request, options);
      confidence = completion.metadata.confidence ?? 0;
      return completion;
    },
  };
  const asked: Asked[] = [];
  for (const question of questions) {
    const gold = new Set(hideGold ? question.gold_titles : []);
    const search: Pick<KnowledgeSearch, 'search'> = {
      async search(principal, query) {
        const hits = await cell.search.search(principal, { ...query, limit: depth + gold.size });
        return hits.filter(({ id }) => !gold.has(cell.passages.get(id)!.title)).slice(0, depth);
      },
    };
    const answering = createAnswering({ store: cell.store, search, gateway, clock: systemClock, logger });
    const answer = await answering.ask(cell.principal, { text: question.question, limit: depth });
    const cited = [...new Set(answer.citations.map(({ chunk }) => chunk))].map((id) => cell.passages.get(id)!);
    const holds = holdsAnswer(question, cited);
    asked.push({ known: confidence >= REFUSAL_THRESHOLD, holds, cited: cited.length, confidence });
  }
  await inner.close();
  return asked;
}

function refusalCurve(present: readonly Asked[], absent: readonly Asked[]): Array<[number, string, string]> {
  const refused = (list: readonly Asked[], threshold: number) =>
    percent(list.filter(({ confidence }) => confidence < threshold).length / list.length);
  return THRESHOLDS.map((threshold) => [threshold, refused(present, threshold), refused(absent, threshold)]);
}
