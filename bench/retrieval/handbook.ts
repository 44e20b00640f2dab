/**
 * A second question set, of another kind: the example client's handbook through Kaze's own ingestion, with 30 questions in
 * its words, 30 in other words (no content word in common) and 30 that it does not answer.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createGateway } from '#gateway';
import { createOfflineProvider } from '#gateway/adapters/provider/offline';
import { Chunk, scopeToken } from '#graph-schema';
import { createIngestion } from '#ingestion';
import { systemClock as clock, contentHash, silentLogger as logger } from '#platform';
import { createAnswering, DEFAULT_DEPTH } from '../../agents/answering/index.ts';
import type { RetrievalCell } from './cell.ts';

interface Asked {
  readonly question: string;
  readonly kind: string;
  readonly file?: string;
  readonly passage?: string;
  readonly answers?: readonly string[];
}

const HANDBOOK = new URL('../../examples/acme/handbook/', import.meta.url);
const QUESTIONS = new URL('../../test/fixtures/handbook/questions.json', import.meta.url);

/** Takes the handbook into the cell's client; to be called before anything is searched. */
export async function loadHandbook({ store, curator }: Pick<RetrievalCell, 'store' | 'curator'>): Promise<void> {
  const ingestion = createIngestion({ store, clock, logger });
  for (const name of await readdir(HANDBOOK)) {
    const bytes = await readFile(new URL(name, HANDBOOK));
    const content = {
      open: async function* () {
        yield bytes;
      },
      bytes: bytes.byteLength,
      sha256: contentHash(bytes),
    };
    await ingestion.ingest(curator, { tenant: 'bench', root: 'handbook', name, content });
  }
}

export interface HandbookFigures {
  readonly found: ReadonlyArray<readonly [string, ...string[]]>;
  readonly answered: ReadonlyArray<readonly [string, string, string]>;
}

/** How many passages are found among the first 1, 5 and 8, and how `ask` answers. */
export async function measureHandbook(cell: RetrievalCell): Promise<HandbookFigures> {
  const { answerable, unanswerable } = JSON.parse(await readFile(QUESTIONS, 'utf8')) as Record<
    'answerable' | 'unanswerable',
    readonly Asked[]
  >;
  const chunks = await cell.store.list(cell.principal, Chunk, { limit: 10_000 });
  const holding = (passage: string) =>
    new Set(chunks.filter(({ text }) => letters(text).includes(letters(passage))).map(({ id }) => id));
  const kinds = [...new Set(answerable.map(({ kind }) => kind))];
  const found = await Promise.all(
    rankersOf(cell).map(async ([name, rank]) => {
      const cells: string[] = [];
      for (const kind of kinds) {
        const asked = answerable.filter((one) => one.kind === kind);
        const places: number[] = [];
        for (const { question, passage } of asked) {
          const wanted = holding(passage!);
          places.push((await rank(question)).findIndex((id) => wanted.has(id)));
        }
        cells.push([1, 5, 8].map((k) => places.filter((place) => place >= 0 && place < k).length).join(' / '));
      }
      return [name, ...cells] as const;
    }),
  );
  return { found, answered: await answers(cell, [...answerable, ...unanswerable]) };
}

function rankersOf({ index, embedder, search, principal, scope }: RetrievalCell) {
  const candidates = async (text: string, withVector: boolean) => {
    const [values] = withVector ? await embedder.embed([text]) : [];
    const vector = values ? { vector: { model: embedder.model, values } } : {};
    return index.search({ text, ...vector, scopeTokens: [scopeToken(scope)], labels: ['Chunk'], limit: 20 });
  };
  return [
    ['BM25 alone', async (text: string) => (await candidates(text, false)).byText.map(({ id }) => id)],
    ['vectors alone', async (text: string) => (await candidates(text, true)).byVector.map(({ id }) => id)],
    [
      'Kaze',
      async (text: string) =>
        (await search.search(principal, { text, types: ['Chunk'], limit: 20 })).map(({ id }) => id),
    ],
  ] as const;
}

async function answers(
  { store, search, principal, embedder }: RetrievalCell,
  questions: readonly Asked[],
): Promise<Array<readonly [string, string, string]>> {
  const ledger = { recordUsage: async () => {} };
  const gateway = createGateway({ providers: [createOfflineProvider()], ledger, clock, logger });
  const answering = createAnswering({ store, search, gateway, clock, logger, embedder });
  const given = new Map<string, { right: number; refused: number; of: number }>();
  for (const { question, kind, answers: accepted = [], file } of questions) {
    const answer = await answering.ask(principal, { text: question, limit: DEFAULT_DEPTH });
    const said = letters(answer.answer);
    const cited = answer.sources.some(({ name }) => file !== undefined && name.includes(file));
    const right = answer.known && cited && accepted.some((one) => said.includes(letters(one)));
    const sum = given.get(kind) ?? { right: 0, refused: 0, of: 0 };
    given.set(kind, {
      right: sum.right + (right ? 1 : 0),
      refused: sum.refused + (answer.known ? 0 : 1),
      of: sum.of + 1,
    });
  }
  await gateway.close();
  return [...given].map(([kind, { right, refused, of }]) => [kind, `${right} of ${of}`, `${refused} of ${of}`]);
}

/** Words alone, between spaces: bars of tables and runs of white space tell nothing. */
function letters(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
}
